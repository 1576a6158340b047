"""What was found, what was done to it, and what is there twice: for a person, and for MLflow."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.area import Pixels
from glorot_sweep.data.own_images.draw import TEST, TRAIN, VALIDATION
from glorot_sweep.data.own_images.header import DECODER, Color
from glorot_sweep.data.own_images.source import Source
from glorot_sweep.data.own_images.twins import thumbnails, twins
from glorot_sweep.data.split_names import SPLITS

VERSION = 3  # 2: images in two classes by name; 3: nearly the same pictures by colour too
COMPARED = ((TEST, TRAIN), (VALIDATION, TRAIN), (TEST, VALIDATION))
NAMED = 3  # sets of images in two classes that are named
KINDS = {"bytes": "byte for byte", "pixels": "pixel for pixel", "picture": "nearly"}

Manifest = Mapping[str, Any]


def manifest_of(
    source: Source,
    rules: ImageRules,
    color: Color,
    images: Pixels,
    sizes: Sequence[int],
    order: Sequence[int],
) -> dict[str, Any]:
    """Return what is noted about a data set, as plain data.

    Args:
        source: its images.
        rules: what they have become.
        color: likewise.
        images: as they have become, [n, channels, height, width], in the order of the rows.
        sizes: of train, validation and test.
        order: image of each row.
    """
    layout = source.layout
    labels = [layout.images[row].label for row in order]
    pairs = pairwise(accumulate(sizes, initial=0))
    ends: dict[str, tuple[int, int]] = dict(zip(SPLITS, pairs, strict=True))
    changes = Counter(change for header in source.headers for change in header.changes)
    changes["enlarged"] = sum(_is_enlarged(one.height, one.width, rules) for one in source.headers)
    pixels = [hashlib.blake2b(image.data, digest_size=16).digest() for image in images]
    names = [_text(layout.images[row].name) for row in order]
    same = _in_two_classes(pixels, labels, names)
    return {
        "version": VERSION,
        "rules": rules.model_dump(mode="json"),
        "color": color,
        "decoder": DECODER,
        "source_sha256": source.digest(),
        "images": {
            name: {split: labels[start:stop].count(label) for split, (start, stop) in ends.items()}
            for label, name in enumerate(layout.class_names)
        },
        "sizes": len({(header.height, header.width) for header in source.headers}),
        "passed_over": dict(sorted(layout.skipped.items())),
        "changed": {change: count for change, count in sorted(changes.items()) if count},
        "twins": _twins(source, images, pixels, ends, order),
        "in_two_classes": sum(map(len, same)),
        "same_in_two_classes": same,
        "names": names,
    }


def lines(name: str, manifest: Manifest) -> Iterator[str]:
    """Yield what a person should know of a data set, a line each.

    Args:
        name: of the data set.
        manifest: of it.
    """
    if said := _listed(manifest["passed_over"]):
        yield f"{name}: files passed over: {said}"
    if said := _listed(manifest["changed"]):
        yield f"{name}: images {said}"
    for one in manifest["twins"]:
        if total := sum(one[kind] for kind in KINDS):
            pairs = ", ".join(" = ".join(pair[:2]) for pair in one["pairs"][:2])
            yield (
                f"{name}: {total:,} {one['of']} images are in {one['among']} too: "
                f"{_counts(one)}; {pairs}"
            )
    if count := manifest["in_two_classes"]:
        same = manifest.get("same_in_two_classes", [])  # of version 1 the number alone
        named = "".join(f"; {' = '.join(names[:NAMED])}" for names in same[:NAMED])
        rest = f"; {len(same) - NAMED:,} more such sets in its manifest" * (len(same) > NAMED)
        yield f"{name}: {count:,} images are in two classes, pixel for pixel{named}{rest}"


def overlaps(manifest: Manifest) -> dict[str, str]:
    """Return how many images occur in two splits, in words, by these splits."""
    return {f"{one['of']} in {one['among']}": _counts(one) for one in manifest["twins"]}


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items())


def _counts(one: Mapping[str, Any]) -> str:
    return ", ".join(f"{one[kind]:,} {words}" for kind, words in KINDS.items())


def _twins(
    source: Source,
    images: Pixels,
    pixels: Sequence[bytes],
    ends: Mapping[str, tuple[int, int]],
    order: Sequence[int],
) -> list[dict[str, Any]]:
    digests = [source.digests[image] for image in order]
    names = [_text(source.layout.images[image].name) for image in order]
    seen, found = thumbnails(images), []
    for of, among in COMPARED:
        there = twins(range(*ends[of]), range(*ends[among]), digests, pixels, seen)
        counts = dict(zip(KINDS, (there.same_bytes, there.same_pixels, there.alike), strict=True))
        pairs = [[names[row], names[other], KINDS[what]] for row, other, what in there.pairs]
        found.append({"of": of, "among": among, **counts, "pairs": pairs})
    return found


def _in_two_classes(
    pixels: Sequence[bytes], labels: Sequence[int], names: Sequence[str]
) -> list[list[str]]:
    """Return the names of images that occur under another label too, those of same pixels together.

    The first two of each are of different classes.
    """
    found: dict[bytes, dict[int, list[str]]] = {}
    for image, label, name in zip(pixels, labels, names, strict=True):
        found.setdefault(image, {}).setdefault(label, []).append(name)
    several = [[*of.values()] for of in found.values() if len(of) > 1]
    return [
        [*(first for first, *_ in of), *(name for _, *rest in of for name in rest)]
        for of in several
    ]


def _is_enlarged(height: int, width: int, rules: ImageRules) -> bool:
    return rules.resize is not None and (height < rules.resize[0] or width < rules.resize[1])


def _text(name: str) -> str:
    """Return a name as text, also where the system could not decode it."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")
