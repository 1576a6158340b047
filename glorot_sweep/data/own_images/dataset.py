"""Images of one's own as a data set: prepared at once, or prepared before."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.array_cache import Arrays, Unkept, kept_or_made
from glorot_sweep.data.dataset import Examples, content_digest
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.data.own_images.location import layout_at
from glorot_sweep.data.own_images.manifest import VERSION, Manifest
from glorot_sweep.data.own_images.photograph import preparation_of
from glorot_sweep.data.own_images.preparation import prepared
from glorot_sweep.data.own_images.prepared_file import is_zip, manifest_in, read_prepared
from glorot_sweep.data.own_images.source import looked_at
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import at_home

CACHE_ENDING = ".pixels.npz"


class OwnImages(FiniteDataset):
    """A data set of one's own images.

    Args:
        name: as in sweep files.
        arrays: see `preparation.prepared`.
        unkept: see `FiniteDataset`.

    Attributes:
        manifest: what was found and done.
    """

    def __init__(self, name: str, arrays: Arrays, unkept: Unkept | None = None) -> None:
        images = torch.from_numpy(arrays["images"])
        labels = torch.from_numpy(arrays["labels"])
        sizes = arrays["split_sizes"].tolist()
        pairs = zip(torch.split(images, sizes), torch.split(labels, sizes), strict=True)
        height, width, channels = arrays["image_shape"].tolist()
        class_names = tuple(arrays["class_names"].tolist())
        train, validation, test = (Examples(*pair) for pair in pairs)
        shape = (height, width, channels)
        super().__init__(name, train, validation, test, class_names, shape, unkept)
        self.manifest: Manifest = manifest_in(dict(arrays))
        self.preparation = preparation_of(self.manifest)

    def digest(self) -> str:
        """Return a digest of all images and labels, the classes and the shape of an image."""
        return content_digest(
            super().digest(), json.dumps([list(self.class_names), self.image_shape])
        )


def load_own_images(path: Path, name: str, rules: ImageRules) -> OwnImages:
    """Prepare the images of a folder or a tar, or read a file that holds prepared ones.

    `OwnImages.keep` keeps what was prepared beside the folder or tar, in a file of its name, a
    digest of the rules and `.pixels.npz`; it is used as long as content, names, rules and decoder
    stay the same.

    Args:
        path: of the folder, tar or prepared file.
        name: of the data set.
        rules: what the images become. Those of a prepared file are its own.

    Raises:
        UserError: it is missing or something else, or its images break a rule; see `prepared`.
    """
    path = at_home(path).absolute()
    if is_zip(path):
        arrays = read_prepared(path)
        _refuse_other_rules(path, manifest_in(arrays), rules)
        return OwnImages(name, arrays)
    source = looked_at(layout_at(path))
    mark = hashlib.sha256(rules.model_dump_json().encode()).hexdigest()[:8]
    cache = path.with_name(f"{path.name}.{mark}{CACHE_ENDING}")
    key = f"{source.key(rules)} {VERSION}"
    return OwnImages(name, *kept_or_made(cache, key, lambda: prepared(source, rules)))


def _refuse_other_rules(path: Path, manifest: Mapping[str, Any], rules: ImageRules) -> None:
    """Refuse rules beside a prepared file, unless they are the ones that it was prepared by."""
    asked, had = rules.model_dump(mode="json"), manifest["rules"]
    other = [key for key in asked if asked[key] != had.get(key)]
    if rules != ImageRules() and other:
        raise UserError(
            f"{path} was prepared with "
            f"{', '.join(f'{key} {had.get(key)}' for key in other)}, the sweep file says "
            f"{', '.join(f'{key} {asked[key]}' for key in other)}. Leave the rules out, or prepare "
            "the images again."
        )
