"""The command `import`: a sweep out of a file, in any stores an ordinary one."""

import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console

from glorot_sweep.carry.archive import unpack
from glorot_sweep.carry.content import Content, content_in, has_same_sweep, read_content
from glorot_sweep.carry.gathering import Source, gather_sweep, manifest_of
from glorot_sweep.carry.invocation import end_invocation
from glorot_sweep.carry.models import refuse_taken_models
from glorot_sweep.carry.placing import Target, put
from glorot_sweep.errors import UserError
from glorot_sweep.sweep.deletion import belongings_of, delete_belongings
from glorot_sweep.sweep.execution.checkpoint_folder import checkpoint_root
from glorot_sweep.sweep.records.one_driver import one_driver
from glorot_sweep.sweep.records.own_runs import look_at_lease
from glorot_sweep.sweep.storage.database import storage_uri
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.sweep.storage.same import refuse_other_storage
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.belonging import several
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.schema.names import Tag
from glorot_sweep.tracking.schema.runs import SweepRun
from glorot_sweep.tracking.sweeps import find_sweep, refuse_partial


def import_sweep(
    file: Path,
    uri: str | None,
    experiment: str | None,
    storage: str | None,
    console: Console,
    digest: str | None = None,
) -> Place:
    """Make the sweep of a file an ordinary one; the same command ends what was killed.

    Args:
        file: that `export` has written.
        uri: of the tracking store where its runs go; None: the default.
        experiment: the experiment there; None: the default.
        storage: URI of Optuna's database; None: the default.
        console: where to print.
        digest: that the file must have; None: any.

    Returns:
        Where the sweep is.

    Raises:
        UserError: the file is damaged, of a newer format or another than asked for, nothing was
            created; or the experiment has another sweep of that name.
        SweepHeldError: a process works on the sweep of that name.
    """
    with tempfile.TemporaryDirectory() as temporary:
        manifest, found = unpack(file, Path(temporary))
        if digest is not None and digest != found:
            raise UserError(
                f"{file} has the digest {found}, not {digest}: it is another file. Nothing was "
                "created."
            )
        content = read_content(manifest, found, Path(temporary), file)
        database = storage_uri(storage, tracking_uri(uri))
        place = open_place(uri, experiment, create=True)
        is_there = _is_there(content, place, database)
        if not is_there:
            _import(content, place, database)
    name = content.manifest.sweep
    end_invocation(place, find_sweep(place, name), "import")
    where = f"experiment {place.experiment!r} in {place.shown_uri}"
    if is_there:
        said = f"the sweep {name!r} of this file is in {where} already: nothing to do"
    else:
        said = f"the sweep {name!r} is in {where}: {_counted(content)}"
    shows = f"glorot-sweep report {name}{place_options(place)}"
    for line in (said, f"digest {content.digest}", f"`{shows}` shows it"):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return place


def _counted(content: Content) -> str:
    kinds = Counter(run.tags[Tag.KIND] for run in (*content.runs, *content.beside))
    runs = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"runs: {runs}; Optuna's studies: {len(content.studies)}"


def _import(content: Content, place: Place, database: str) -> None:
    name = content.manifest.sweep
    with Lease(name) as lease, hold(database, name, scope=place.scope):
        if look_at_lease(place, name, lease):
            raise UserError(f"the sweep {name!r} was begun meanwhile. Nothing was imported.")
        refuse_taken_models(content, place)
        put(content, Target(place, database, lease))


def _is_there(content: Content, place: Place, database: str) -> bool:
    """Return whether the experiment has the sweep of the file whole; what is partial is deleted.

    Raises:
        UserError: it has another sweep of that name, or one beside the partial one.
        SweepHeldError: a process works on that.
    """
    name = content.manifest.sweep
    with Lease(name) as lease:
        found = look_at_lease(place, name, lease)
    if not found:
        return False
    partial = [run.run_id for run in found if run.importing == content.digest]
    if partial and len(partial) < len(found):
        raise several(found)
    if partial:
        with one_driver(place, name, database, is_other=True) as lease:
            root = checkpoint_root(None, database)
            left = belongings_of(place, name, database, root, named_alone=True)
            lease.check()
            delete_belongings(place, left, database)
        return False
    for run in found:
        refuse_partial(place, run)
    refuse_other_storage(place, name, database)
    if not _is_same(content, place, database, found[0]):
        raise UserError(
            f"the experiment has a sweep {name!r} (run {found[0].run_id}) of other content than "
            f"the file of digest {content.digest}. Nothing was changed. Import into another "
            f"experiment (--experiment), or `glorot-sweep delete {name}{place_options(place)}` "
            "first."
        )
    return True


def _is_same(content: Content, place: Place, database: str, sweep: SweepRun) -> bool:
    """Return whether a sweep would be exported as what the file holds, whatever stands beside."""
    source = Source(place, database, sweep, content.manifest.weights)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        gather_sweep(source, folder)
        here = content_in(folder, manifest_of(source, folder), content.digest)
    return has_same_sweep(here, content)
