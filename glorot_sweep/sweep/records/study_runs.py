"""The run of each study: parent of its trials and replicates, summary of its outcome."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from glorot_sweep.config.factors import table_value
from glorot_sweep.keys import run_name
from glorot_sweep.sweep.contents.replicates import Candidate, Winner
from glorot_sweep.sweep.contents.trials import marked_value, study_key
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.search.winners import range_edges
from glorot_sweep.tracking.belonging import runs_of
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.runs import Point, RunWriter
from glorot_sweep.tracking.schema.fields import Part, metrics_of, params_of, tags_of
from glorot_sweep.tracking.schema.names import Kind, Tag, TagFamily
from glorot_sweep.tracking.schema.runs import MadeBy, Mark, standing
from glorot_sweep.tracking.schema.studies import Best, BestAtTableDepth, RangeEdges, StudyMark


def open_study_runs(
    sweep: OpenSweep, studies: Iterable[Study], notes: Mapping[str, DatasetNote]
) -> Iterator[tuple[str, RunWriter]]:
    """Open the runs of a sweep's studies one by one, all groups of a study in one; with its key."""
    opened: set[str] = set()
    for study in studies:
        if study.run_key not in opened:
            opened.add(study.run_key)
            yield study.run_key, open_study_run(sweep, study, notes[study.dataset])


def finish_study_runs(
    runs: Mapping[str, RunWriter],
    studies: Sequence[Study],
    winners: Sequence[Winner],
    growths: int = 0,
) -> Iterator[RunWriter]:
    """Finish the runs of a sweep's studies one by one; it has grown so often."""
    edges = range_edges(studies)
    for key, run in runs.items():
        own = [winner for winner in winners if _key_of(winner) == key]
        finish_study_run(run, own, edges[key], growths)
        yield run


def _key_of(winner: Winner) -> str:
    return study_key(winner.dataset, winner.variant, winner.value)


def open_study_run(sweep: OpenSweep, study: Study, note: DatasetNote) -> RunWriter:
    """Create the run of a study, or re-open it; that of the first group stands for all."""
    key = study.run_key
    mark = Mark(kind=Kind.STUDY, key=key)
    which = StudyMark(
        dataset=study.dataset, variant=study.variant, study=key, optuna_study=study.name
    )
    made_by = MadeBy(engine=sweep.engines[study.variant].engine)
    own = tags_of(mark, which, marked_value(study.value), made_by, standing(State.RUNNING))
    tags = {**sweep.tags_for(study.variant), **own}
    existing, params = sweep.existing.get(key), params_of(which)
    if existing is not None:
        writer = sweep.runs.reopen(existing.run_id, tags, params, run_name(key))
    else:
        writer = sweep.runs.create(run_name(key), tags, params)
        _take_in(sweep, study, writer)
    writer.inputs(note)  # again, if an attempt before came so far: MLflow keeps one
    return writer


def _take_in(sweep: OpenSweep, study: Study, writer: RunWriter) -> None:
    """Put what was trained for a study whose run was deleted by hand below its new run."""
    client = sweep.place.client
    at_table = study.value == table_value(sweep.config)
    for run in runs_of(client, sweep.place.experiment_id, sweep.own):
        of_study = run.tags.get(Tag.DATASET), run.tags.get(Tag.VARIANT)
        keys = {study.run_key, None} if at_table else {study.run_key}  # monitored runs name none
        is_its = study.value is None or run.tags.get(Tag.STUDY) in keys
        if Tag.PARENT in run.tags and of_study == (study.dataset, study.variant) and is_its:
            RunWriter(client, run.run_id, run.started).tag({Tag.PARENT: writer.run_id})


def finish_study_run(
    writer: RunWriter, winners: Sequence[Winner], edges: RangeEdges, growths: int = 0
) -> None:
    """Write the winners into the study's run, of several groups the best, and finish it.

    Args:
        writer: of the run.
        winners: the study's own.
        edges: which of them lie at the edge of their range.
        growths: of the sweep: the step of these metrics, of which MLflow shows the last.
    """
    parts: list[Part] = []
    if overall := [winner.candidate for winner in winners if winner.is_overall]:
        best = min(overall, key=_error)
        parts.append(
            Best(
                best_validation_error=best.validation_error,
                best_learning_rate=best.chosen.learning_rate,
                best_depth=best.chosen.depth,
            )
        )
    if at_depth := [winner.candidate for winner in winners if winner.at_table_depth]:
        best = min(at_depth, key=_error)
        parts.append(
            BestAtTableDepth(
                table_depth_validation_error=best.validation_error,
                table_depth_learning_rate=best.chosen.learning_rate,
                table_depth_depth=best.chosen.depth,
            )
        )
    writer.add(Point(name, value, growths) for name, value in metrics_of(*parts).items())
    tags = tags_of(edges)
    for stale in _said_of_edges(writer) - tags.keys() if growths else ():
        writer.forget(stale)
    writer.tag(tags)
    writer.finish(State.COMPLETE)


def _said_of_edges(writer: RunWriter) -> set[str]:
    """Return the tags by which a study's run says which winners lie at an edge."""
    tags = writer.client.get_run(writer.run_id).data.tags
    names = {Tag.RANGE_EDGES, Tag.BEST_RANGE_EDGES}
    families = (TagFamily.RANGE_EDGE, TagFamily.BEST_RANGE_EDGE)
    return {one for one in tags if one in names or one.startswith(families)}


def _error(candidate: Candidate) -> float:
    return candidate.validation_error
