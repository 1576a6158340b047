"""Building Small-ImageNet: from a copy of ImageNet to one checked file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from glorot_sweep.data.small_imagenet.area import SIDE
from glorot_sweep.data.small_imagenet.assemble import drawn_images, split, twins_in_training
from glorot_sweep.data.small_imagenet.chunk import RECIPE
from glorot_sweep.data.small_imagenet.classes import classes_of_synsets
from glorot_sweep.data.small_imagenet.fill import Draws, fill, list_sources
from glorot_sweep.data.small_imagenet.finished import finished, identity, write_set
from glorot_sweep.data.small_imagenet.grey_square import decoder_version
from glorot_sweep.data.small_imagenet.progress import phase
from glorot_sweep.data.small_imagenet.request import BuildRequest, Plan, checked
from glorot_sweep.data.small_imagenet.sources import Census, find_sources, take_census
from glorot_sweep.data.small_imagenet.summary import closing_lines, closing_table, synset_note
from glorot_sweep.data.small_imagenet.whole_files import work_folder
from glorot_sweep.data.small_imagenet.wordnet import VERSION, Nouns, read_nouns
from glorot_sweep.data.small_imagenet.workers import Workers, workers
from glorot_sweep.host.stop import StopSignal

BYTES_PER_IMAGE = 2 * SIDE**2 + 500  # in the work folder and in the file; names and listings


def build(request: BuildRequest, console: Console) -> Path:
    """Build the set, or say that it is there.

    The images read are kept beside the target until all is done: after a stop, a kill or a full
    disk the same request goes on from there. The outcome depends on the source's contents, the
    classes, their size and the seed, not on workers, interruptions or the order of files.

    Returns:
        The file, for `data.small_imagenet.load_small_imagenet`.

    Raises:
        UserError: something asked for, the source, WordNet or the disk does not allow it.
        StopRequested: a signal came.
    """
    plan = checked(request)
    if plan.target.exists():
        _show(finished(plan, request), plan, console, "is there: nothing to do")
        return plan.target
    nouns = read_nouns(request.wordnet)
    found = find_sources(request.source)
    census = take_census(found, plan.classes, classes_of_synsets(nouns))
    stop = StopSignal()
    stop.install()
    needed = BYTES_PER_IMAGE * len(plan.classes) * request.per_class
    with work_folder(plan.work, plan.name, needed), workers(plan.workers, stop) as pool:
        draws = _draw(request, plan, census, pool, console)
        manifest = _write(request, plan, census, nouns, draws)
    _show(manifest, plan, console, "is built")
    return plan.target


def _draw(
    request: BuildRequest, plan: Plan, census: Census, pool: Workers, console: Console
) -> Draws:
    draws: Draws = {name: [] for name in plan.classes}
    n_synsets, n_images = census.n_wanted, len(plan.classes) * request.per_class
    start = f"{n_synsets:,} synsets in {request.source}; workers: {plan.workers}"
    console.print(start, highlight=False, markup=False)
    with phase("synsets listed", n_synsets, console) as shown:
        for draw in list_sources(census.wanted, plan.work, pool):
            draws[draw.class_name].append(draw)
            shown.advance(1)
    for of_class in draws.values():
        of_class.sort(key=lambda draw: draw.source.wnid)
    kept = 0
    with phase("images read", n_images, console) as shown:
        for chunk in fill(draws, request.per_class, request.seed, plan.work, pool):
            shown.advance(chunk.readable)
            kept += chunk.readable if chunk.kept else 0
    if kept:
        console.print(
            f"{kept:,} of {n_images:,} images were kept from an earlier run", markup=False
        )
    return draws


def _write(
    request: BuildRequest, plan: Plan, census: Census, nouns: Nouns, draws: Draws
) -> dict[str, Any]:
    drawn, sizes = split(drawn_images(draws), request.per_class, request.seed)
    manifest = {
        **identity(plan, request),
        "split_sizes": sizes._asdict(),
        "wordnet": {"version": VERSION, "sha256": nouns.sha256},
        "recipe": RECIPE,
        "decoder": decoder_version(),
        "synsets": [synset_note(draw) for of_class in draws.values() for draw in of_class],
        "synsets_left_out": {
            "in_two_classes": list(census.ambiguous),
            "in_no_class_asked_for": census.elsewhere,
        },
        "test_images_in_training": twins_in_training(drawn, sizes),
        "images": drawn.names,
    }
    write_set(plan, drawn, sizes, manifest)
    return manifest


def _show(manifest: Mapping[str, Any], plan: Plan, console: Console, state: str) -> None:
    console.print(closing_table(manifest))
    for line in closing_lines(manifest):
        console.print(line, highlight=False, markup=False)
    console.print(f"{plan.target} {state}", highlight=False, markup=False, soft_wrap=True)
