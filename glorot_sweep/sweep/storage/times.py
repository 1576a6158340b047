"""When a trial was trained, as Optuna's timeline shows it.

Optuna notes by itself when a trial was asked and when it was told. Trials are asked and told in
generations and trained in packs in between, so those times are of no trial's training.
"""

from datetime import datetime

import sqlalchemy
from optuna.storages import BaseStorage, RDBStorage
from optuna.storages._cached_storage import _CachedStorage
from optuna.storages._rdb.models import TrialModel


def set_times(storage: BaseStorage, trial_id: int, began: float, ended: float) -> None:
    """Set start and end of a trial that has been told; a storage in memory keeps its own.

    Nothing in Optuna's interface does that. Done again it changes nothing.

    Args:
        storage: Optuna's.
        trial_id: Optuna's.
        began: of its training, seconds since 1970.
        ended: likewise.
    """
    database = storage._backend if isinstance(storage, _CachedStorage) else storage
    if not isinstance(database, RDBStorage):
        return
    with database.engine.begin() as connection:
        connection.execute(
            sqlalchemy.update(TrialModel)
            .where(TrialModel.trial_id == trial_id)
            .values(
                datetime_start=datetime.fromtimestamp(began),
                datetime_complete=datetime.fromtimestamp(max(began, ended)),
            )
        )
