"""What was found and what was taken, as tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from glorot_sweep.data.small_imagenet.classes import MIN_CLASSES
from glorot_sweep.data.small_imagenet.draw import PARTS
from glorot_sweep.data.small_imagenet.synset_draw import SynsetDraw
from glorot_sweep.errors import UserError
from glorot_sweep.host.tables import narrow_table


def check_enough(draws: Mapping[str, Sequence[SynsetDraw]], per_class: int) -> None:
    """Make sure that each class has images enough.

    Raises:
        UserError: one has not; the message is a table of what was found.
    """
    found = {name: sum(draw.available for draw in some) for name, some in draws.items()}
    if min(found.values()) >= per_class:
        return
    lines = [f"  {'class':20} {'synsets':>8} {'images':>10} {'needed':>8}"]
    for name, some in draws.items():
        mark = "" if found[name] >= per_class else "  too few"
        lines.append(f"  {name:20} {len(some):8,} {found[name]:10,} {per_class:8,}{mark}")
    raise UserError(
        "every class of Small-ImageNet needs the same number of images, and some have too few:\n"
        + "\n".join([*lines, *_advice(found, per_class)])
    )


def _advice(found: Mapping[str, int], per_class: int) -> Iterator[str]:
    """Say which smaller sets this copy of ImageNet allows."""
    least = min(found.values())
    enough = [name for name, count in found.items() if count >= per_class]
    if least >= PARTS:
        yield f"All of these classes have {least:,}: use --per-class {least} or less."
    if len(enough) >= MIN_CLASSES:
        yield f"With {per_class:,} of each: --classes {','.join(enough)!r}."
    yield "Or name a copy of ImageNet with more synsets."


def closing_table(manifest: Mapping[str, Any]) -> Table:
    """Return a row for each class: what was there and what has become of it."""
    rows = list[tuple[str, ...]]()
    for name in manifest["classes"]:
        synsets = [synset for synset in manifest["synsets"] if synset["class"] == name]
        counts = [
            len(synsets),
            sum(synset["images"] for synset in synsets),
            sum(synset["used"] for synset in synsets),
            sum(len(synset["unreadable"]) for synset in synsets),
        ]
        rows.append((name, *(f"{count:,}" for count in counts)))
    headings = ("synsets", "images available", "used", "skipped unreadable")
    return narrow_table(("class",), headings, rows, f"{manifest['name']}, seed {manifest['seed']}")


def closing_lines(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Say how it was split, what was left out, and what is there twice."""
    sizes = manifest["split_sizes"]
    parts = ", ".join(f"{sizes[part]:,} {part}" for part in ("training", "validation", "test"))
    yield f"images: {parts}"
    left_out = manifest["synsets_left_out"]
    yield (
        f"synsets left out: {len(left_out['in_two_classes'])} under two classes, "
        f"{left_out['in_no_class_asked_for']} under none that was asked for"
    )
    if empty := [synset["wnid"] for synset in manifest["synsets"] if not synset["images"]]:
        yield f"synsets without any image: {len(empty)}, for example {empty[0]}"
    pairs = manifest["test_images_in_training"]
    example = f", for example {pairs[0][0]} = {pairs[0][1]}" if pairs else ""
    yield f"test images that are also training images, pixel for pixel: {len(pairs)}{example}"


def synset_note(draw: SynsetDraw) -> dict[str, Any]:
    """Return what the manifest says of a synset."""
    return {
        "wnid": draw.source.wnid,
        "class": draw.class_name,
        "source": draw.source.path.name,
        "bytes": draw.n_bytes,
        "sha256": draw.sha256,
        "images": draw.listed,
        "used": draw.used,
        "unreadable": [list(image) for image in draw.unreadable],
    }
