"""What a search leaves open: winners at the edge of its range, and other sweeps with its seed."""

from collections.abc import Iterator, Mapping

from glorot_sweep.report.collect import Collected
from glorot_sweep.report.labels import label
from glorot_sweep.tracking.same_seed import same_seed_sentence
from glorot_sweep.tracking.schema.studies import StudyRun

ENDS = {"low": "lowest", "high": "highest"}


def cautions(collected: Collected) -> list[str]:
    """Return sentences on each study with winners at the edge, and one on a shared seed."""
    config = collected.config
    studies = {(run.dataset, run.variant): run for run in collected.studies}
    wanted = [(dataset, variant) for dataset in config.datasets for variant in config.variants]
    found = [studies[key] for key in wanted if key in studies]
    edges = [
        sentence
        for run in found
        for sentence in _of_study(
            run,
            config.rows[run.variant].label,
            collected.reached.groups(config, run.dataset, run.variant),
        )
    ]
    others = collected.same_seed
    return [*edges, same_seed_sentence(config.seed, others)] if others else edges


def _of_study(run: StudyRun, name: str, groups: int) -> Iterator[str]:
    """Yield what is to be said of the winners at the table's depth, and of those at any depth."""
    widen = f"widen search.learning_rates.{run.variant}"
    if run.range_edge:
        yield _caution(run, name, run.range_edge, groups, "", f"{widen}, or set search.extend")
    if run.best_range_edge:
        yield _caution(run, name, run.best_range_edge, groups, " at its best depth", widen)


def _caution(
    run: StudyRun, name: str, range_edge: Mapping[str, str], groups: int, which: str, remedy: str
) -> str:
    edges = list(range_edge.values())
    ends = [end for end in ENDS if end in edges]
    if groups == 1:
        where = f"the winner{which} lies in the {ENDS[ends[0]]} tenth"
    else:
        counts = " and ".join(f"{edges.count(end)} in the {ENDS[end]}" for end in ends)
        where = f"of {groups} winners{which} {counts} tenth"
    half = groups > 1 and 2 * len(edges) >= groups
    last = f" That is half of them or more: {remedy}." if half else ""
    return (
        f"{label(run.dataset)}, {name}: {where} of the range of learning "
        f"rates; a better rate may lie beyond.{last}"
    )
