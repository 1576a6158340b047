"""The folders in which a sweep's packs were saved, remembered on its own run until it has ended."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from glorot_sweep.host.process import host_name
from glorot_sweep.sweep.execution.checkpoint_folder import CheckpointFolder
from glorot_sweep.tracking.address import where_it_is
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.tracking.schema.driving import SavedIn
from glorot_sweep.tracking.schema.fields import read_fields
from glorot_sweep.tracking.schema.names import TagFamily


def saved_in(folder: CheckpointFolder, uri: str) -> SavedIn:
    """Return what remembers that packs may be saved in a folder of this machine.

    Args:
        folder: of the packs.
        uri: of the tracking store.
    """
    place = f"{host_name()}:{folder.path}"
    return SavedIn(saved_in={_key(place, uri): place})


def folders_here(places: Mapping[str, str], run_id: str, uri: str) -> dict[str, CheckpointFolder]:
    """Return those of the folders that are a sweep's own and on this machine, by their keys.

    What a store remembers from before it was copied or moved is not its own: the original may
    need it.

    Args:
        places: as `SavedIn` has them.
        run_id: of the sweep's own run, whose beginning is the name of each of its folders.
        uri: of the tracking store.
    """
    parts = {key: place.partition(":") for key, place in places.items() if key == _key(place, uri)}
    return {
        key: CheckpointFolder(Path(path))
        for key, (host, _, path) in parts.items()
        if host == host_name() and Path(path).is_absolute() and Path(path).name == run_id[:8]
    }


def _key(place: str, uri: str) -> str:
    """Return what a place is remembered by in a store, and in no copy of it."""
    return hashlib.sha256(f"{place} {where_it_is(uri)}".encode()).hexdigest()[:8]


def clear_saved(sweep: RunWriter) -> list[str]:
    """Delete the checkpoints of all starts of a sweep that has ended.

    A start may have named another folder with --checkpoints, or have been on another machine.

    Args:
        sweep: its own run; what is gone is forgotten there.

    Returns:
        A line about each folder that is left.
    """
    record = get_run(sweep.client, sweep.run_id)
    places: Mapping[str, str] = {} if record is None else read_fields(SavedIn, record)["saved_in"]
    uri = sweep.client.tracking_uri
    here, left = folders_here(places, sweep.run_id, uri), []
    for key, place in places.items():
        if _is_gone(place) or (key in here and here[key].clear()):
            sweep.forget(f"{TagFamily.SAVED_IN}{key}")
        else:
            left.append(_left_behind(place, is_copied=key != _key(place, uri)))
    return left


def _is_gone(place: str) -> bool:
    """Whether a folder was on this machine and is no more: deleted, or moved with its store."""
    host, _, path = place.partition(":")
    return host == host_name() and Path(path).is_absolute() and not Path(path).exists()


def _left_behind(place: str, *, is_copied: bool) -> str:
    host, _, path = place.partition(":")
    still = ", unless the store that this one was copied from still needs it" if is_copied else ""
    return (
        f"an earlier start has saved packs in {path} on {host}, which cannot be cleared from "
        f"here. They are not needed any more: delete that folder{still}."
    )
