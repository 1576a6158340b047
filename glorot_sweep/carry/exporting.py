"""The command `export`: a sweep as one file."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from glorot_sweep.carry.archive import pack
from glorot_sweep.carry.gathering import Source, gather
from glorot_sweep.carry.invocation import end_invocation
from glorot_sweep.carry.names import ARTIFACTS
from glorot_sweep.errors import ServiceLostError, SweepHeldError, UserError
from glorot_sweep.host.folders import refuse_as_file
from glorot_sweep.sweep.records.own_runs import look_at_lease
from glorot_sweep.sweep.storage.database import storage_uri
from glorot_sweep.sweep.storage.lock import holder
from glorot_sweep.sweep.storage.same import refuse_other_storage
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.belonging import runs_digest
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.schema.runs import SweepRun
from glorot_sweep.tracking.sweeps import find_sweep, refuse_partial


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Attributes:
        file: its path.
        digest: by which it is known; see docs/export.md.
        bytes: its size.
    """

    file: Path
    digest: str
    bytes: int


def export_sweep(
    name: str,
    file: Path,
    place: Place,
    storage: str | None,
    console: Console,
    size: tuple[int, int] | None = None,
    *,
    weights: bool = False,
) -> Exported:
    """Write a sweep into a file; nothing is written to its stores.

    Args:
        name: of the sweep.
        file: where to.
        place: where its runs are.
        storage: URI of Optuna's database; None: the default.
        console: where to print.
        size: units and hidden layers of the initialization study that its report prefers.
        weights: take weights and registered models along.

    Raises:
        UserError: there is no such sweep, it is partly deleted or imported, the storage is not
            the one that it was begun with, or the file cannot be written or is there.
        SweepHeldError: a process drives it: what it is then would be of no use.
        ServiceLostError: it was changed meanwhile; no file was written.
    """
    _refuse_file(file)
    database = storage_uri(storage, tracking_uri(place.uri), write=False)
    sweep = find_sweep(place, name)
    refuse_partial(place, sweep)
    _refuse_driven(place, name, database)
    refuse_other_storage(place, name, database)
    before = _state(place, sweep)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        manifest = gather(Source(place, database, sweep, weights), folder, size)
        _refuse_driven(place, name, database)
        if _state(place, find_sweep(place, name)) != before:
            raise ServiceLostError(
                f"the sweep {name!r} was changed while it was exported. No file was written; the "
                "same command exports it as it is then."
            )
        digest = pack(folder, manifest, file)
    end_invocation(place, sweep, "export")
    made = Exported(file, digest, file.stat().st_size)
    runs = len({path.split("/")[1] for path in _artifacts(manifest.members)})
    for line in (
        f"sweep {name!r}: {len(manifest.members)} members, artifacts of {runs} runs, "
        f"{made.bytes:,} bytes in {file}{'' if weights else ', without weights (see --weights)'}",
        f"digest {digest}",
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return made


def _artifacts(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if path.startswith(f"{ARTIFACTS}/")]


def _refuse_file(file: Path) -> None:
    refuse_as_file(file, "the file")
    if file.exists():
        raise UserError(f"{file} exists, and nothing is written over. Name another file.")


def _refuse_driven(place: Place, name: str, database: str) -> None:
    """Refuse a sweep that somebody works on; nothing is written for it."""
    with Lease(name) as lease:
        look_at_lease(place, name, lease)
    if (whose := holder(database, name, place.scope)) is not None:
        raise SweepHeldError(
            f"the sweep {name!r} is being driven by {whose}. Export it when that has ended."
        )


def _state(place: Place, sweep: SweepRun) -> tuple[str, str, str]:
    return sweep.run_id, sweep.state.word, runs_digest(place, sweep)
