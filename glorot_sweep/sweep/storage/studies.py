"""The studies that a storage holds, by name: `<sweep>/<scope>/<data set>/<variant>`."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial

import optuna

from glorot_sweep.sweep.storage.database import Storage, is_empty, opened_storage
from glorot_sweep.sweep.storage.patience import Patience
from glorot_sweep.tracking.address import database_file, is_sqlite


def study_names(storage: str) -> set[str]:
    """Return the names of all studies in a storage; neither file nor tables are made for it.

    Args:
        storage: URI of Optuna's database.
    """
    if is_sqlite(storage) and not database_file(storage).exists():
        return set()
    if is_empty(storage):
        return set()
    with opened_storage(storage) as opened:
        return names_in(opened)


def names_in(storage: Storage) -> set[str]:
    """Return the names of all studies in an open storage."""
    return set(optuna.get_all_study_names(storage))


def of_sweep(names: Iterable[str], sweep: str, scopes: Iterable[str]) -> list[str]:
    """Return the names of a sweep's studies, whatever other sweeps are called.

    Args:
        names: of studies.
        sweep: its name.
        scopes: the first eight characters of its runs' ids.

    Example:
        >>> of_sweep(["tiny/1234abcd/d/v", "tiny-2/1234abcd/d/v"], "tiny", ["1234abcd"])
        ['tiny/1234abcd/d/v']
    """
    beginnings = tuple(f"{sweep}/{scope}/" for scope in scopes)
    return sorted(name for name in names if name.startswith(beginnings))


def delete_studies(storage: str, names: Iterable[str]) -> None:
    """Delete studies with their trials; one that is gone already is no error.

    Raises:
        ServiceLostError: the storage was away for too long.
    """
    names, patience = list(names), Patience()
    if not names:  # a storage that is not there is not made
        return
    with opened_storage(storage) as opened:
        for name in names:
            patience(partial(_delete, opened, name))


def _delete(storage: Storage, name: str) -> None:
    with suppress(KeyError):
        optuna.delete_study(study_name=name, storage=storage)
