"""From the tracking server to the evidence for figures and claims."""

from collections.abc import Iterable
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from glorot_sweep.report.belief import Curves
from glorot_sweep.report.collect import Collected, collect
from glorot_sweep.report.evidence import (
    CostSurfaces,
    Evidence,
    InitStudy,
    LookedAtRun,
    Problem,
    understood,
)
from glorot_sweep.report.svms import find_svms
from glorot_sweep.tracking.layer_table import layer_frame, read_layers
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import is_store_failure
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import (
    ArtifactError,
    experiment_ids,
    find_runs,
    read_arrays,
    read_curve,
)
from glorot_sweep.tracking.schema.beside import InitStudyRun
from glorot_sweep.tracking.schema.fields import shortened
from glorot_sweep.tracking.schema.names import Artifact, Curve, Kind
from glorot_sweep.tracking.schema.runs import read
from glorot_sweep.tracking.schema.trained import MonitoredRun, ReplicateRun, TrainedRun

CURVES = {
    "train_loss": Curve.TRAIN_LOSS,
    "validation_loss": Curve.VALIDATION_LOSS,
    "validation_error": Curve.VALIDATION_ERROR,
    "test_error": Curve.TEST_ERROR,
}


def collect_evidence(
    place: Place, name: str | None, size: tuple[int, int] | None = None
) -> Evidence:
    """Read a finished sweep, and beside it initialization studies and the SVMs on its data.

    A run whose statistics are missing or unreadable is named among the problems.

    Args:
        place: store and experiment.
        name: of the sweep; None: the initialization studies alone.
        size: units and hidden layers of the initialization study that is preferred.

    Raises:
        UserError: see `collect`.
    """
    beside = _beside_sweeps(place, size)
    return beside if name is None else with_sweep(place, collect(place, name), beside)


def collect_several(
    place: Place, names: Iterable[str], size: tuple[int, int] | None = None
) -> list[Evidence]:
    """Read several sweeps, and once what stands beside them; without names that alone.

    Raises:
        UserError: see `collect`.
    """
    beside = _beside_sweeps(place, size)
    return [with_sweep(place, collect(place, name), beside) for name in names] or [beside]


def _beside_sweeps(place: Place, size: tuple[int, int] | None) -> Evidence:
    problems: list[Problem] = []
    init_studies = _init_studies(place, problems, size)
    return Evidence(None, (), init_studies, tuple(problems))


def with_sweep(place: Place, sweep: Collected, beside: Evidence) -> Evidence:
    """Return evidence with a sweep that has been read; an unfinished one as far as it is.

    Args:
        place: its store and experiment.
        sweep: at one value of its factor, if it has one.
        beside: without any sweep, what has been read already.
    """
    problems = list(beside.problems)
    expected = sweep.config.statistics.cost != "none"
    trained: list[ReplicateRun | MonitoredRun] = [*sweep.replicates, *sweep.monitored]
    doubted = {doubt.run_id: doubt for doubt in sweep.doubts if not doubt.is_left_out}
    problems += [
        Problem(run.run_id, run.name, run.kind, doubted[run.run_id].what)
        for run in trained
        if run.run_id in doubted
    ]
    records = [run for run in trained if run.state.is_measured and run.run_id not in doubted]
    runs = []
    for record in records:
        statistics = _statistics(place, record, problems) if expected else None
        if statistics is not None or record.kind is Kind.REPLICATE:
            curves = sweep.curves.get(record.run_id, {})
            label = sweep.config.rows[record.variant].label
            runs.append(_run(place, record, label, statistics, curves))
    unfinished = [r for r in sweep.monitored if not r.state.is_measured]
    problems += [Problem(r.run_id, r.name, r.kind, f"it is {r.state.word}") for r in unfinished]
    svms = find_svms(place, sweep.digests, problems)
    return replace(beside, sweep=sweep, runs=tuple(runs), problems=tuple(problems), svms=svms)


def _init_studies(
    place: Place, problems: list[Problem], size: tuple[int, int] | None
) -> dict[str, InitStudy]:
    """Return the newest readable one of each data set: of that size, else the widest.

    What a network looks like at initialization depends on no sweep, so studies of all experiments
    count; of equals one of the place's own. Those of other variants or inputs say nothing of the
    paper's.
    """
    runs = find_runs(
        place.client, experiment_ids(place.client), kind=Kind.INIT_STUDY, state=State.COMPLETE
    )
    own = {run.run_id for run in runs if run.experiment_id == place.experiment_id}
    ours: list[Problem] = []
    studies = understood(runs, Kind.INIT_STUDY, partial(read, InitStudyRun), ours)
    papers = (study for study in studies if study.variants is None and study.input_scaling is None)
    found = sorted(papers, key=partial(_nearness, size, own))
    init_studies: dict[str, InitStudy] = {}
    for record in found:
        try:
            init_studies[record.dataset] = read_init_study(place, record)
        except ArtifactError as error:
            ours.append(Problem(record.run_id, record.name, record.kind, str(error)))
        except Exception as error:
            if record.run_id in own or not is_store_failure(error):
                raise
    # What is amiss in another experiment is no matter of this one.
    problems += [problem for problem in ours if problem.run_id in own]
    return init_studies


def _nearness(
    size: tuple[int, int] | None, own: set[str], record: InitStudyRun
) -> tuple[bool, int, bool, int]:
    fits = (record.width, record.depth) == size
    return fits, record.width, record.run_id in own, record.started


def read_init_study(place: Place, record: InitStudyRun) -> InitStudy:
    """Read an initialization study.

    Raises:
        ArtifactError: its table or its surfaces are missing or unreadable.
    """
    path = Artifact.COST_SURFACES
    arrays = read_arrays(place.client, record.run_id, path, record.sha256.get(path))
    if reason := _no_surfaces(arrays):
        raise ArtifactError(f"{path} of the run {record.run_id} {reason}")
    layers = record.sha256.get(Artifact.LAYERS)
    return InitStudy(
        record.run_id,
        record.name,
        record.dataset,
        n_inputs=record.n_inputs,
        n_classes=record.n_classes,
        width=record.width,
        depth=record.depth,
        statistics=read_layers(place.client, record.run_id, layers),
        surfaces=CostSurfaces(**arrays),
    )


def _no_surfaces(arrays: dict[str, NDArray[Any]]) -> str:
    """Return why arrays are not the surfaces of costs; nothing if they are."""
    names = [field.name for field in fields(CostSurfaces)]
    if set(arrays) != set(names):
        return f"holds {shortened(', '.join(sorted(arrays)))}, not {', '.join(names)}"
    grid, seeds = len(arrays["axis"]), len(arrays["quadratic"])
    shapes = {"axis": (grid,), "log_likelihood": (seeds, grid, grid),
              "quadratic": (seeds, grid, grid)}  # fmt: skip
    if any(arrays[name].shape != shapes.get(name, (seeds,)) for name in names):
        return "holds arrays whose shapes do not fit each other"
    return ""


def _statistics(
    place: Place, record: ReplicateRun | MonitoredRun, problems: list[Problem]
) -> pd.DataFrame | None:
    try:
        return read_layers(place.client, record.run_id, record.sha256.get(Artifact.LAYERS))
    except ArtifactError as error:
        problems.append(Problem(record.run_id, record.name, record.kind, str(error)))
        return None


def _run(
    place: Place,
    record: ReplicateRun | MonitoredRun,
    label: str,
    statistics: pd.DataFrame | None,
    curves: Curves,
) -> LookedAtRun:
    return LookedAtRun(
        run_id=record.run_id,
        name=record.name,
        kind=record.kind,
        role=record.role if isinstance(record, ReplicateRun) else "",
        dataset=record.dataset,
        variant=record.variant,
        label=label,
        depth=record.depth,
        width=record.width,
        learning_rate=record.learning_rate,
        updates=record.updates,
        seed=record.seed,
        diverged=record.state is State.DIVERGED,
        curve=curve_frame(place, record, curves),
        statistics=layer_frame([]) if statistics is None else statistics,
        widths=record.unequal_widths,
        pretraining_updates=record.pretraining_updates,
    )


def curve_frame(place: Place, record: TrainedRun, read: Curves) -> pd.DataFrame:
    """Return a run's curves, a row for each evaluation: `update` and the columns of `CURVES`.

    Args:
        place: of its store.
        record: the run.
        read: curves of it that have been read: they are not asked for again.
    """
    points = {
        column: read[key] if key in read else read_curve(place.client, record.run_id, key)
        for column, key in CURVES.items()
    }
    columns = {column: pd.Series(found, dtype="float64") for column, found in points.items()}
    table = pd.DataFrame(columns).sort_index()
    return table.rename_axis("update").reset_index().astype({"update": "int64"})
