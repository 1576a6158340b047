"""From the tracking server to the evidence for figures and claims."""

import pandas as pd

from glorot_sweep.report.collect import MEASURED, collect
from glorot_sweep.report.evidence import CostSurfaces, Evidence, InitStudy, LookedAtRun, Problem
from glorot_sweep.report.machines import find_machines
from glorot_sweep.tracking.layer_table import layer_frame, read_layers
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import (
    ArtifactError,
    RunRecord,
    find_runs,
    read_arrays,
    read_curve,
)

SURFACES = "statistics/cost_surfaces.npz"
PAPER_SIZE = (1000, 5)  # units, hidden layers
CURVES = {
    "train_loss": "train/loss",
    "validation_loss": "validation/loss",
    "validation_error": "validation/error_percent",
    "test_error": "test/error_percent",
}


def gather(place: Place, name: str | None) -> Evidence:
    """Read a finished sweep, and what its experiment has of studies and support vector machines.

    A run whose statistics are missing or unreadable is named among the problems.

    Args:
        place: store and experiment.
        name: of the sweep; None: the initialization studies alone.

    Raises:
        UserError: see `collect`.
    """
    problems: list[Problem] = []
    studies = _studies(place, problems)
    machines = find_machines(place)
    if name is None:
        return Evidence(None, (), studies, tuple(problems), machines)
    sweep = collect(place, name)
    expected = sweep.config.statistics.cost != "none"
    records = [r for r in [*sweep.replicates, *sweep.monitored] if r.tags["state"] in MEASURED]
    runs = []
    for record in records:
        statistics = _statistics(place, record, problems) if expected else None
        if statistics is not None or record.tags["kind"] == "replicate":
            runs.append(_run(place, record, statistics))
    unfinished = [r for r in sweep.monitored if r.tags["state"] not in MEASURED]
    problems += [Problem(r.run_id, r.name, f"it is {r.tags['state']}") for r in unfinished]
    return Evidence(sweep, tuple(runs), studies, tuple(problems), machines)


def _studies(place: Place, problems: list[Problem]) -> dict[str, InitStudy]:
    """Return the newest readable study of each data set: of the paper's size, else the widest."""
    found = find_runs(place.client, [place.experiment_id], kind="init_study", state="complete")
    found.sort(key=_nearness)
    studies: dict[str, InitStudy] = {}
    for record in found:
        try:
            studies[record.tags["dataset"]] = read_study(place, record)
        except ArtifactError as error:
            problems.append(Problem(record.run_id, record.name, str(error)))
    return studies


def _nearness(record: RunRecord) -> tuple[bool, int, int]:
    width, depth = int(record.params["width"]), int(record.params["depth"])
    return (width, depth) == PAPER_SIZE, width, record.started


def read_study(place: Place, record: RunRecord) -> InitStudy:
    """Read an initialization study.

    Raises:
        ArtifactError: its table or its surfaces are missing or unreadable.
    """
    arrays = read_arrays(place.client, record.run_id, SURFACES)
    return InitStudy(
        record.run_id,
        record.name,
        record.tags["dataset"],
        n_inputs=int(record.params["n_inputs"]),
        n_classes=int(record.params["n_classes"]),
        width=int(record.params["width"]),
        depth=int(record.params["depth"]),
        statistics=read_layers(place.client, record.run_id),
        surfaces=CostSurfaces(**arrays),
    )


def _statistics(place: Place, record: RunRecord, problems: list[Problem]) -> pd.DataFrame | None:
    try:
        return read_layers(place.client, record.run_id)
    except ArtifactError as error:
        problems.append(Problem(record.run_id, record.name, str(error)))
        return None


def _run(place: Place, record: RunRecord, statistics: pd.DataFrame | None) -> LookedAtRun:
    return LookedAtRun(
        run_id=record.run_id,
        name=record.name,
        kind=record.tags["kind"],
        role=record.tags.get("role", ""),
        dataset=record.tags["dataset"],
        variant=record.tags["variant"],
        depth=int(record.params["depth"]),
        width=int(record.params["width"]),
        learning_rate=float(record.params["learning_rate"]),
        updates=int(record.params["updates"]),
        seed=int(record.tags["seed"]),
        diverged=record.tags["state"] == "diverged",
        curve=_curve(place, record),
        statistics=layer_frame([]) if statistics is None else statistics,
        widths=_widths(record),
        pretraining_updates=int(record.params.get("pretraining_updates", 0)),
    )


def _widths(record: RunRecord) -> tuple[int, ...]:
    """Units of each hidden layer where they differ; runs of older versions do not say."""
    widths = tuple(map(int, filter(None, record.params.get("layer_widths", "").split("-"))))
    return widths if len(set(widths)) > 1 else ()


def _curve(place: Place, record: RunRecord) -> pd.DataFrame:
    columns = {
        column: pd.Series(read_curve(place.client, record.run_id, key), dtype="float64")
        for column, key in CURVES.items()
    }
    table = pd.DataFrame(columns).sort_index()
    return table.rename_axis("update").reset_index().astype({"update": "int64"})
