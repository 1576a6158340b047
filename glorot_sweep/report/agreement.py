"""Whether the runs behind a number were made by the same things; those that were not are named.

A sweep goes on with other code, parts, data, libraries or on another processor only if a person has
accepted that. Replicates of two kinds are still not averaged.
"""

from collections.abc import Iterable, Sequence

from glorot_sweep.config.own_variants import Rows
from glorot_sweep.engine.choice import same_on_every_cpu
from glorot_sweep.tracking.schema.trained import ReplicateRun, TrainedRun, TrialRun

PROCESSOR, SCHEDULE, WEIGHT_DECAY, CONSTANT = "processor", "schedule", "weight decay", "constant"
MADE_BY = {  # in words, attribute of a run
    "activation": "activation",
    "initialization": "initialization",
    "step rule": "step_rule",
    SCHEDULE: "schedule",
    WEIGHT_DECAY: "weight_decay",
    "engine": "engine",
    "code": "code_hash",
    "libraries": "libraries",
    PROCESSOR: "device_type",
    "accepted change": "accepted_change",
}
HEADING = "Runs that were not made by the same things"
LISTED = 3  # runs of one value that are named


def disagreements(runs: Iterable[TrainedRun]) -> tuple[str, ...]:
    """Return what runs differ in, and which of them have which value; nothing if they agree.

    What a run of an earlier version does not say is unknown, and unlike anything that is said.
    Where processors of every type give the same bits, theirs is no difference.
    """
    runs, found = list(runs), []
    portable = all(
        same_on_every_cpu(run.engine, run.initialization, run.schedule or CONSTANT) for run in runs
    )
    for words, attribute in MADE_BY.items():
        if words == PROCESSOR and portable:
            continue
        by_value: dict[object, list[str]] = {}
        for run in runs:
            by_value.setdefault(getattr(run, attribute), []).append(run.name)
        if len(by_value) > 1:
            each = (f"{_said(words, value)} ({_listed(who)})" for value, who in by_value.items())
            found.append(f"{words}: {', '.join(each)}")
    return tuple(found)


def disagreement_sentences(
    trials: Sequence[TrialRun], replicates: Sequence[ReplicateRun], rows: Rows
) -> list[str]:
    """Return a sentence for each data set and variant whose runs disagree.

    Args:
        trials: of a whole sweep.
        replicates: likewise.
        rows: its variants.
    """
    sentences = []
    for dataset, variant in dict.fromkeys((run.dataset, run.variant) for run in replicates):
        trained = [r for r in replicates if (r.dataset, r.variant) == (dataset, variant)]
        searched = [t for t in trials if (t.dataset, t.variant) == (dataset, variant)]
        name = f"{rows[variant].label if variant in rows else variant} on {dataset}"
        if found := disagreements(trained):
            sentences.append(
                f"{name}: the replicates were not made by the same things and are not averaged. "
                + "; ".join(found)
            )
        elif found := disagreements([*searched, *trained]):
            sentences.append(
                f"{name}: the replicates agree, but not with the trials that chose their learning "
                "rate. " + "; ".join(found)
            )
    return sentences


_ABSENT = {"accepted change": "none", SCHEDULE: CONSTANT, WEIGHT_DECAY: "none"}
"""What it means that a run does not say a thing; of others it is unknown."""


def _said(words: str, value: object) -> str:
    return _ABSENT.get(words, "unknown") if value in (None, "") else str(value)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
