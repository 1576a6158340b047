"""Preparing images as a job: from a folder to one checked file, and what a person is told."""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.config.names import DATASET_NAME
from glorot_sweep.config.yaml_text import read_yaml
from glorot_sweep.data.own_images.header import DECODER
from glorot_sweep.data.own_images.location import layout_at
from glorot_sweep.data.own_images.manifest import lines
from glorot_sweep.data.own_images.preparation import prepared
from glorot_sweep.data.own_images.prepared_file import manifest_in, read_prepared, write_prepared
from glorot_sweep.data.own_images.source import AHEAD, Check, Source, looked_at
from glorot_sweep.data.small_imagenet.progress import phase
from glorot_sweep.data.split_names import SPLITS
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import refuse_as_file
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.host.tables import narrow_table

ENDING = ".npz"


def target_of(folder: Path, named: Path | None) -> Path:
    """Return the file that is to be written.

    Raises:
        UserError: nothing can be written there.
    """
    name = folder.absolute().name.split(".")[0] or "images"
    path = named or Path(f"{name}{ENDING}")
    refuse_as_file(path, "the file")
    return path


def write_set(folder: Path, target: Path, rules: ImageRules, console: Console) -> None:
    """Prepare images and write them, or say that this was done before.

    Nothing is written before all is done; after a stop the same command begins again. The same
    images, rules and decoder give the same bytes.

    Args:
        folder: of the images, or a tar.
        target: the file.
        rules: what the images become.
        console: where to write.

    Raises:
        UserError: the images break a rule, or the file is there and holds something else.
        StopRequested: a signal came.
    """
    stop = StopSignal()
    stop.install()
    layout = layout_at(folder.absolute())
    n_images = len(layout.images)
    with _counted("images looked at", n_images, stop, console) as check:
        source = looked_at(layout, check)
    if target.exists():
        manifest, state = _finished(target, source, rules), "is there: nothing to do"
    else:
        with _counted("images prepared", n_images, stop, console) as check:
            arrays = prepared(source, rules, check)
        stop.check()
        write_prepared(target, arrays)
        manifest, state = manifest_in(arrays), "is written"
    _show(target, manifest, console, state)


@contextmanager
def _counted(name: str, n_images: int, stop: StopSignal, console: Console) -> Iterator[Check]:
    """Show how far one pass over the images is; give what it asks before each part of them."""
    with phase(name, n_images, console) as shown:
        counts = itertools.chain([0], itertools.repeat(AHEAD))

        def check() -> None:
            stop.check()
            shown.advance(next(counts))

        yield check


def _finished(target: Path, source: Source, rules: ImageRules) -> dict[str, Any]:
    """Return the manifest of the file that is there, if it is the one that would be written."""
    manifest = manifest_in(read_prepared(target))
    asked = {  # files beside the images may have come or gone, this one among them
        "images": source.digest(manifest["passed_over"]),
        "rules": rules.model_dump(mode="json"),
        "decoder": DECODER,
    }
    have = {
        "images": manifest["source_sha256"], "rules": manifest["rules"],
        "decoder": manifest["decoder"],
    }  # fmt: skip
    if other := [key for key in asked if asked[key] != have[key]]:
        raise UserError(
            f"{target} is there and was made of other {', '.join(other)}. Delete it, or name "
            "another file with --output."
        )
    return manifest


def _show(target: Path, manifest: Mapping[str, Any], console: Console, state: str) -> None:
    console.print(_table(manifest))
    for line in _closing(target, manifest, state):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _table(manifest: Mapping[str, Any]) -> Table:
    """Return a row for each class, a column for each split."""
    rows = (
        (name, *(f"{counts[split]:,}" for split in SPLITS))
        for name, counts in manifest["images"].items()
    )
    return narrow_table(("class",), SPLITS, rows)


def _closing(target: Path, manifest: Mapping[str, Any], state: str) -> Iterator[str]:
    yield from lines(target.stem, manifest)
    yield f"{target} {state}"
    name = target.stem if re.fullmatch(DATASET_NAME, target.stem) else "mine"
    if read_yaml(name).values != name:  # a number, or true
        name = json.dumps(name)
    yield "in a sweep file beside it:"
    yield f"  datasets: [{name}]"
    path = json.dumps(target.name, ensure_ascii=False)  # a comma or a brace would end it
    yield f"  image_folders: {{{name}: {{path: {path}}}}}"
