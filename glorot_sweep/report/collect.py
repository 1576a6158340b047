"""From the tracking server to the cells of the tables; whatever does not fit is refused by name."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import (
    ArtifactError,
    RunRecord,
    find_runs,
    read_arrays,
)
from glorot_sweep.tracking.sweeps import find_sweep, read_config

ROLES = ("table_depth", "best_depth")
MEASURED = {"complete", "diverged"}


@dataclass(frozen=True)
class Cell:
    """One cell of a table: the replicates of one winner.

    Attributes:
        dataset, variant: column and row.
        depth, learning_rate: the winner's.
        errors: test errors [seeds], percent.
        wrong: whether each test example is misclassified [seeds, examples].
        labels: of the test examples [examples].
        diverged: replicates that diverged and count at the majority class's error.
        failed: replicates that failed for good; a cell with any is shown as failed.
        runs: ids of the replicates, in the order of their seeds.
    """

    dataset: str
    variant: str
    depth: int
    learning_rate: float
    errors: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    labels: NDArray[np.uint8]
    diverged: int
    failed: int
    runs: tuple[str, ...]


@dataclass(frozen=True)
class Collected:
    """A finished sweep as the report sees it.

    Attributes:
        config: its configuration, without the part that changes no number.
        sweep: its own run.
        cells: by role (`table_depth`, `best_depth`), data set and variant.
        trials: the runs of all trials.
        replicates: the runs of all replicates.
        monitored: the runs of all monitored runs.
    """

    config: SweepConfig
    sweep: RunRecord
    cells: dict[tuple[str, str, str], Cell]
    trials: list[RunRecord]
    replicates: list[RunRecord]
    monitored: list[RunRecord] = field(default_factory=list)

    @property
    def runs(self) -> list[RunRecord]:
        """Every run that a report is made from."""
        return [self.sweep, *self.trials, *self.replicates, *self.monitored]


def collect(place: Place, name: str) -> Collected:
    """Read a sweep.

    Raises:
        UserError: there is no such sweep, it is unfinished, its configuration is missing, its runs
            have different ones, two replicates of a cell share a seed, or a cell is missing.
    """
    sweep = find_sweep(place, name)
    _refuse_unfinished(sweep)
    config = read_config(place, sweep)
    members = find_runs(place.client, [place.experiment_id], sweep=name)
    trials = [run for run in members if run.tags["kind"] == "trial"]
    replicates = [run for run in members if run.tags["kind"] == "replicate"]
    monitored = [run for run in members if run.tags["kind"] == "monitored"]
    _refuse_mixed(sweep, [*trials, *replicates, *monitored])
    cells = {}
    for role in ROLES:
        for dataset in config.datasets:
            for variant in config.variants:
                runs = [r for r in replicates if _belongs(r, role, dataset, variant)]
                _refuse_duplicates(runs, role, dataset, variant)
                _refuse_missing(runs, config.replicates.seeds, role, dataset, variant)
                cells[role, dataset, variant] = _cell(place, runs)
    return Collected(config, sweep, cells, trials, replicates, monitored)


def _refuse_unfinished(sweep: RunRecord) -> None:
    if sweep.tags.get("state") != "complete":
        raise UserError(
            f"the sweep {sweep.tags['sweep']!r} is unfinished (state: {sweep.tags.get('state')}). "
            "Continue it with the command that started it, then report."
        )


def _belongs(run: RunRecord, role: str, dataset: str, variant: str) -> bool:
    return (
        role in run.tags["role"].split("+")
        and run.tags["dataset"] == dataset
        and run.tags["variant"] == variant
    )


def _refuse_mixed(sweep: RunRecord, runs: list[RunRecord]) -> None:
    expected = sweep.tags["config_hash"]
    strangers = [run for run in runs if run.tags.get("config_hash") != expected]
    if strangers:
        names = ", ".join(f"{run.name} ({run.run_id})" for run in strangers[:5])
        raise UserError(
            f"the sweep {sweep.tags['sweep']!r} has configuration {expected}, but "
            f"{len(strangers)} of its runs have another: {names}. Delete those runs, or report "
            "them as a sweep of their own."
        )


def _refuse_duplicates(runs: list[RunRecord], role: str, dataset: str, variant: str) -> None:
    for what in ("seed", "weight_seed"):
        values = Counter((r.tags if what == "seed" else r.params).get(what) for r in runs)
        repeated = [value for value, count in values.items() if count > 1]
        if repeated:
            names = ", ".join(
                f"{r.name} ({r.run_id})"
                for r in runs
                if (r.tags if what == "seed" else r.params).get(what) in repeated
            )
            raise UserError(
                f"{variant} on {dataset} ({role}) has the {what} {repeated[0]} more than once: "
                f"{names}. Replicates must be independent; delete one of them."
            )


def _refuse_missing(
    runs: list[RunRecord], seeds: int, role: str, dataset: str, variant: str
) -> None:
    ended = {r.tags["seed"] for r in runs if r.tags.get("state") in MEASURED | {"failed"}}
    missing = sorted({str(seed) for seed in range(seeds)} - ended, key=int)
    if missing:
        raise UserError(
            f"{variant} on {dataset} ({role}) lacks the replicates with seed "
            f"{', '.join(missing)}. Continue the sweep with the command that started it."
        )


def _predictions(place: Place, run: RunRecord) -> dict[str, NDArray[np.uint8]]:
    try:
        return read_arrays(place.client, run.run_id, "predictions/test.npz")
    except ArtifactError as error:
        raise UserError(
            f"{run.name} ({run.run_id}) has no test predictions: {error}. Delete that run and "
            "continue the sweep."
        ) from None


def _cell(place: Place, runs: list[RunRecord]) -> Cell:
    runs = sorted(runs, key=lambda run: int(run.tags["seed"]))
    measured = [run for run in runs if run.tags["state"] in MEASURED]
    arrays = [_predictions(place, run) for run in measured]
    labels = arrays[0]["labels"] if arrays else np.zeros(0, np.uint8)
    for run, content in zip(measured, arrays, strict=True):
        if not np.array_equal(content["labels"], labels):
            raise UserError(
                f"{run.name} ({run.run_id}) was tested on other examples than the rest of its "
                "cell; the paired test needs the same ones. Delete that run and continue the "
                "sweep."
            )
    return Cell(
        dataset=runs[0].tags["dataset"],
        variant=runs[0].tags["variant"],
        depth=int(runs[0].params["depth"]),
        learning_rate=float(runs[0].params["learning_rate"]),
        errors=np.array([run.metrics["final/test_error_percent"] for run in measured]),
        wrong=np.array([content["predictions"] != labels for content in arrays], dtype=bool),
        labels=labels,
        diverged=sum(run.tags["state"] == "diverged" for run in runs),
        failed=len(runs) - len(measured),
        runs=tuple(run.run_id for run in runs),
    )
