"""A sweep lives in one tracking store and one Optuna storage; another storage is a mistake."""

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.storage.studies import study_names
from glorot_sweep.tracking.belonging import own_run, runs_of, sweep_runs
from glorot_sweep.tracking.hiding import shown_uri
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import read
from glorot_sweep.tracking.schema.studies import StudyRun


def refuse_other_storage(place: Place, sweep: str, storage: str) -> None:
    """Refuse a storage without the studies that a sweep has runs of; nothing is created.

    A default storage lies in the current folder, so in another folder it is another one. All
    trials would be asked for again, beside a driver that may be at work on them.

    Args:
        place: where the sweep's runs are.
        sweep: its name.
        storage: URI of Optuna's database.

    Raises:
        UserError: names the storage.
    """
    begun = [
        run
        for own in sweep_runs(place.client, place.experiment_id, sweep)
        for run in runs_of(place.client, place.experiment_id, own_run(own), kind=Kind.STUDY)
    ]
    wanted = {read(StudyRun, run).optuna_study for run in begun}  # each is made before its run
    if wanted and not wanted <= study_names(storage):
        raise UserError(
            f"the sweep {sweep!r} was begun with another Optuna storage: {shown_uri(storage)} does "
            "not have its studies. Name the one that has with --storage (the default is optuna.db "
            f"in the current folder); if that is lost, give the sweep another name, or take "
            f"this one out with `glorot-sweep delete {sweep} --lost-storage{place_options(place)}`."
        )
