"""What no report is made of: each raises a UserError that names the runs, and what to do."""

from collections import Counter

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.schema.names import Param, Role, Tag
from glorot_sweep.tracking.schema.runs import SweepRun
from glorot_sweep.tracking.schema.trained import ReplicateRun, TrainedRun


def refuse_unfinished(place: Place, sweep: SweepRun) -> None:
    """Refuse a sweep that has not ended."""
    if sweep.state is not State.COMPLETE:
        raise UserError(
            f"the sweep {sweep.sweep!r} is unfinished (state: {sweep.state.word}). "
            f"Report it once it has ended; if nothing drives it (`glorot-sweep status "
            f"{sweep.sweep}{place_options(place)}` says so), continue it with the command that "
            "started it."
        )


def refuse_mixed(sweep: SweepRun, runs: list[TrainedRun]) -> None:
    """Refuse runs of another configuration than the sweep's, today or before it grew."""
    expected = sweep.config_hash
    known = {expected, *sweep.earlier_hashes}
    strangers = [run for run in runs if run.config_hash not in known]
    if strangers:
        names = ", ".join(f"{run.name} ({run.run_id})" for run in strangers[:5])
        raise UserError(
            f"the sweep {sweep.sweep!r} has configuration {expected}, but "
            f"{len(strangers)} of its runs have another: {names}. Delete those runs, or report "
            "them as a sweep of their own."
        )


def refuse_duplicates(runs: list[ReplicateRun], role: Role, dataset: str, variant: str) -> None:
    """Refuse replicates of a cell that share a seed."""
    for what, seeds in (
        (Tag.SEED, {run.run_id: run.seed for run in runs}),
        (Param.WEIGHT_SEED, {run.run_id: run.weight_seed for run in runs}),
    ):
        values = Counter(seeds.values())
        repeated = [value for value, count in values.items() if count > 1]
        if repeated:
            names = ", ".join(
                f"{run.name} ({run.run_id})" for run in runs if seeds[run.run_id] in repeated
            )
            raise UserError(
                f"{variant} on {dataset} ({role}) has the {what} {repeated[0]} more than once: "
                f"{names}. Replicates must be independent; delete one of them."
            )


def refuse_missing(
    runs: list[ReplicateRun], seeds: int, role: Role, dataset: str, variant: str
) -> None:
    """Refuse a cell without one of its replicates."""
    has_failed = {State.FAILED, State.GIVEN_UP}
    ended = {run.seed for run in runs if run.state.is_measured or run.state in has_failed}
    missing = sorted(set(range(seeds)) - ended)
    if missing:
        raise UserError(
            f"{variant} on {dataset} ({role}) lacks the replicates with seed "
            f"{', '.join(map(str, missing))}. Continue the sweep with the command that started it."
        )
