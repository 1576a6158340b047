"""The run of each study: parent of its trials and replicates, summary of its outcome."""

from collections.abc import Iterable

from glorot_sweep.keys import run_name
from glorot_sweep.sweep.contents.replicates import Winner
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.tracking.belonging import runs_of
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.runs import DatasetNote, Point, RunWriter
from glorot_sweep.tracking.schema.fields import Part, metrics_of, params_of, tags_of
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.runs import MadeBy, Mark, standing
from glorot_sweep.tracking.schema.trained import Best, BestAtTableDepth, StudyMark


def open_study_run(sweep: OpenSweep, study: Study, note: DatasetNote) -> RunWriter:
    """Create the study's run, or re-open it."""
    key = study.key
    mark = Mark(kind=Kind.STUDY, key=key)
    which = StudyMark(
        dataset=study.dataset, variant=study.variant, study=key, optuna_study=study.name
    )
    made_by = MadeBy(engine=sweep.engines[study.variant].engine)
    own = tags_of(mark, which, made_by, standing(State.RUNNING))
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
    for run in runs_of(client, sweep.place.experiment_id, sweep.own):
        of_study = run.tags.get(Tag.DATASET), run.tags.get(Tag.VARIANT)
        if Tag.PARENT in run.tags and of_study == (study.dataset, study.variant):
            RunWriter(client, run.run_id, run.started).tag({Tag.PARENT: writer.run_id})


def finish_study_run(writer: RunWriter, study: Study, winners: Iterable[Winner]) -> None:
    """Write the winners into the study's run and finish it."""
    for winner in winners:
        if (winner.dataset, winner.variant) != (study.dataset, study.variant):
            continue
        error, chosen = winner.candidate.validation_error, winner.candidate.chosen
        parts: list[Part] = []
        if winner.is_overall:
            parts.append(
                Best(
                    best_validation_error=error,
                    best_learning_rate=chosen.learning_rate,
                    best_depth=chosen.depth,
                )
            )
        if winner.at_table_depth:
            parts.append(
                BestAtTableDepth(
                    table_depth_validation_error=error,
                    table_depth_learning_rate=chosen.learning_rate,
                    table_depth_depth=chosen.depth,
                )
            )
        writer.add(Point(name, value, 0) for name, value in metrics_of(*parts).items())
    writer.finish(State.COMPLETE)
