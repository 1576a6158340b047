"""The finished file: written at once, recognized later."""

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

from glorot_sweep.data.small_imagenet.assemble import Drawn
from glorot_sweep.data.small_imagenet.dataset import CHECKSUM, Arrays, content_sha256, read_arrays
from glorot_sweep.data.small_imagenet.dataset import read_manifest as manifest_in
from glorot_sweep.data.small_imagenet.draw import SplitSizes
from glorot_sweep.data.small_imagenet.request import BuildRequest, Plan
from glorot_sweep.data.small_imagenet.whole_files import is_of_others, work_folder, write_whole
from glorot_sweep.errors import UserError

Manifest = dict[str, Any]


def identity(plan: Plan, request: BuildRequest) -> Manifest:
    """Return what was asked for, as the manifest begins."""
    return {
        "name": plan.name,
        "classes": list(plan.classes),
        "per_class": request.per_class,
        "seed": request.seed,
    }


def write_set(plan: Plan, drawn: Drawn, sizes: SplitSizes, manifest: Mapping[str, Any]) -> None:
    """Write the file that `data.small_imagenet.load_small_imagenet` reads.

    Raises:
        UserError: it cannot be written.
    """
    arrays: Arrays = {
        "images": drawn.images,
        "labels": drawn.labels,
        "class_names": np.array(plan.classes),
        "split_sizes": np.array(sizes, np.int64),
        "manifest": np.frombuffer(json.dumps(manifest).encode(), np.uint8),
    }
    checksum = np.frombuffer(content_sha256(arrays), np.uint8)

    def write(file: BinaryIO) -> None:
        np.savez(file, allow_pickle=False, **arrays, **{CHECKSUM: checksum})

    write_whole(plan.target, plan.work, write)


def finished(plan: Plan, request: BuildRequest) -> Manifest:
    """Return the manifest of the file that is there already.

    Raises:
        UserError: it is damaged, or was built for other classes or another seed.
    """
    manifest = manifest_in(read_arrays(plan.target))
    asked = identity(plan, request)
    have = {key: manifest[key] for key in asked}
    if have != asked:
        different = ", ".join(
            f"{key} {have[key]!r} instead of {asked[key]!r}"
            for key in asked
            if have[key] != asked[key]
        )
        raise UserError(
            f"{plan.target} is another set: it has {different}. Delete it to build this one, or "
            "name another folder with --data-folder."
        )
    # Left by a build that was killed between its last two steps.
    if plan.work.exists() and not is_of_others(plan.work, plan.name):
        with work_folder(plan.work, plan.name, needed=0):
            pass
    return manifest
