"""Which runs that the evidence had to leave out would have been in a figure."""

from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.figure import Sources
from glorot_sweep.tracking.schema.runs import StoredRun
from glorot_sweep.tracking.schema.trained import TrainedRun


def left_out(evidence: Evidence, sources: Sources) -> tuple[str, ...]:
    """Say which runs were left out that a figure with these sources would have used.

    A run whose statistics alone are missing is still among the evidence's runs, with its curve.
    """
    present = {run.run_id for run in evidence.runs}
    members = {} if evidence.sweep is None else {r.run_id: r for r in evidence.sweep.runs}
    kinds = sources.kinds if evidence.first_init_study else (*sources.kinds, *sources.fallback)
    return tuple(
        f"run {problem.name} left out: {problem.what}"
        for problem in evidence.problems
        if problem.run_id not in present
        and problem.kind in kinds
        and _is_used(members.get(problem.run_id), sources)
    )


def _is_used(run: StoredRun | None, sources: Sources) -> bool:
    if run is None:  # no run of the sweep
        return True
    return (
        isinstance(run, TrainedRun)
        and (not sources.variants or run.variant in sources.variants)
        and (not sources.datasets or run.dataset in sources.datasets)
    )
