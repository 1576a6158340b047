"""Which runs that the evidence had to leave out would have been in a figure."""

from dataclasses import dataclass
from typing import Literal

from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.initial_networks import first_init_study
from glorot_sweep.tracking.schema.runs import StoredRun
from glorot_sweep.tracking.schema.trained import TrainedRun

Kind = Literal["monitored", "replicate", "trial", "init_study"]


@dataclass(frozen=True)
class Sources:
    """What a figure is drawn from.

    Attributes:
        kinds: of its runs.
        fallback: kinds that it is drawn from where there is no initialization study.
        variants: of its monitored runs and replicates; empty: all.
        datasets: of its runs; empty: all.
    """

    kinds: tuple[Kind, ...]
    fallback: tuple[Kind, ...] = ()
    variants: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()


def left_out(evidence: Evidence, sources: Sources) -> tuple[str, ...]:
    """Say which runs were left out that a figure with these sources would have used.

    A run whose statistics alone are missing is still among the evidence's runs, with its curve.
    What is no run of the sweep is an initialization study; figures from such studies mention it.
    """
    present = {run.run_id for run in evidence.runs}
    members = {} if evidence.sweep is None else {r.run_id: r for r in evidence.sweep.runs}
    kinds = sources.kinds if first_init_study(evidence) else (*sources.kinds, *sources.fallback)
    return tuple(
        f"run {problem.name} left out: {problem.what}"
        for problem in evidence.problems
        if problem.run_id not in present and _is_used(members.get(problem.run_id), kinds, sources)
    )


def _is_used(run: StoredRun | None, kinds: tuple[Kind, ...], sources: Sources) -> bool:
    if run is None:
        return "init_study" in kinds
    return (
        isinstance(run, TrainedRun)
        and run.kind in kinds
        and (not sources.variants or run.variant in sources.variants)
        and (not sources.datasets or run.dataset in sources.datasets)
    )
