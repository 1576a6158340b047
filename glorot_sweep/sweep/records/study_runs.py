"""The run of each study: parent of its trials and replicates, summary of its outcome."""

from collections.abc import Iterable

from glorot_sweep.sweep.contents.replicates import Winner
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.tracking.runs import DatasetNote, Point, RunWriter


def open_study_run(sweep: OpenSweep, study: Study, note: DatasetNote) -> RunWriter:
    """Create the study's run, or re-open it."""
    key = f"{study.variant}-{study.dataset}"
    tags = {
        **sweep.tags,
        "kind": "study",
        "key": key,
        "dataset": study.dataset,
        "variant": study.variant,
        "study": key,
        "optuna_study": study.name,
        "state": "running",
    }
    existing = sweep.existing.get(key)
    params = {"dataset": study.dataset, "variant": study.variant}
    if existing is not None:
        writer = sweep.runs.reopen(existing.run_id, tags, params)
    else:
        writer = sweep.runs.create(key, tags, params)
    writer.inputs(note)  # again, if an attempt before came so far: MLflow keeps one
    return writer


def finish_study_run(writer: RunWriter, study: Study, winners: Iterable[Winner]) -> None:
    """Write the winners into the study's run and finish it."""
    for winner in winners:
        if (winner.dataset, winner.variant) != (study.dataset, study.variant):
            continue
        best = winner.candidate
        places = [
            name
            for name, fits in (("best", winner.is_overall), ("table_depth", winner.at_table_depth))
            if fits
        ]
        for place in places:
            writer.add(
                [
                    Point(f"{place}/validation_error_percent", best.validation_error, 0),
                    Point(f"{place}/learning_rate", best.chosen.learning_rate, 0),
                    Point(f"{place}/depth", float(best.chosen.depth), 0),
                ]
            )
    writer.finish("FINISHED", {"state": "complete"})
