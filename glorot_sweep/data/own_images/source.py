"""Images as they lie there, looked at but not decoded: digests, and what their headers say."""

import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.own_images.header import DECODER, Header, UnreadableImageError, header_of
from glorot_sweep.data.own_images.layout import NAMED, Layout
from glorot_sweep.errors import UserError
from glorot_sweep.host.limits import usable_processors

MOST_THREADS = 8  # each holds an image as it was taken
AHEAD = 64  # images at once: a stop has little to wait for

Result = TypeVar("Result")
Check = Callable[[], None]
"""Asked now and then whether to go on; raises what ends the work."""


def go_on() -> None:
    """Let nothing end the work."""


@dataclass(frozen=True)
class Source:
    """Images as they lie there.

    Attributes:
        layout: of them.
        digests: SHA-256 of each file, hexadecimal.
        headers: of each.
    """

    layout: Layout
    digests: tuple[str, ...]
    headers: tuple[Header, ...]

    def digest(self, passed_over: Mapping[str, int] | None = None) -> str:
        """Return the SHA-256 of all names and contents, and of what was passed over.

        Args:
            passed_over: files by kind, in place of those that are passed over now.
        """
        skipped = self.layout.skipped if passed_over is None else passed_over
        names = self.layout.class_names
        digest = hashlib.sha256(json.dumps([names, sorted(skipped.items())]).encode())
        for image, content in zip(self.layout.images, self.digests, strict=True):
            entry = f"{image.split}/{image.label}/{image.name}/{content}\n"
            digest.update(entry.encode(errors="surrogateescape"))  # as the system decoded names
        return digest.hexdigest()

    def key(self, rules: ImageRules) -> str:
        """Return what changes whenever the data set might: source, rules, decoder."""
        return f"{self.digest()} {json.dumps(rules.model_dump(mode='json'))} {DECODER}"


def looked_at(layout: Layout, check: Check = go_on) -> Source:
    """Return digests and headers of all images.

    Args:
        layout: of them.
        check: asked now and then.

    Raises:
        UserError: some cannot be read; counts and names them.
    """

    def look(row: int) -> tuple[str, Header | str]:
        content = layout.images[row].read()
        digest = hashlib.sha256(content).hexdigest()
        try:
            return digest, header_of(content)
        except UnreadableImageError as error:
            return digest, f"{layout.images[row].name} {error}"

    found = each(len(layout.images), look, check)
    refuse_unusable(layout.path, [said for _, said in found if isinstance(said, str)])
    headers = tuple(header for _, header in found if isinstance(header, Header))
    return Source(layout, tuple(digest for digest, _ in found), headers)


def each(n_images: int, function: Callable[[int], Result], check: Check) -> list[Result]:
    """Return what a function gives for every image, by threads; Pillow leaves them side by side."""
    results: list[Result] = []
    with quiet(), ThreadPoolExecutor(min(usable_processors(), MOST_THREADS)) as threads:
        for start in range(0, n_images, AHEAD):
            check()
            results += threads.map(function, range(start, min(start + AHEAD, n_images)))
    return results


def refuse_unusable(path: Path, unusable: list[str]) -> None:
    """Refuse images that cannot be used.

    Args:
        path: of the data set.
        unusable: name of each, and why, in words.

    Raises:
        UserError: there are some.
    """
    if not unusable:
        return
    said = "\n  ".join(unusable[:NAMED])
    more = f"\n  and {len(unusable) - NAMED:,} more" if len(unusable) > NAMED else ""
    images, them = ("image", "it") if len(unusable) == 1 else ("images", "them")
    raise UserError(
        f"{path}: {len(unusable):,} {images} cannot be used:\n  {said}{more}\n"
        f"Replace {them}, or move {them} away."
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Leave unsaid what Pillow says of EXIF that it cannot read, and of what it takes instead."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\..*")
        yield
