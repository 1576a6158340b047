"""Images per second of the whole build of Small-ImageNet, from tars, on all cores.

Run from the repository: `python benchmarks/small_imagenet.py`. For each size of the sources it
writes a small copy of ImageNet, two tars of JPEGs (quality 90) for each of the ten classes, and
builds a set from all its images: reading WordNet, starting the processes, checksums, decoding,
splitting and writing included. The pictures are noise with the spectrum of photographs; a few
hundred different ones are repeated, which costs the builder as much as different ones would.
WordNet 3.0 must be installed. The best of several rounds counts, since others use the machine too.
"""

import argparse
import io
import json
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rich.console import Console

# Nothing here may import torch at the top: every worker process imports this file first.

SIZES = ((500, 375), (256, 192), (64, 64))
TARS_PER_CLASS = 2
DIFFERENT = 300
LIMIT = 1500.0  # images/s on two cores


def picture(width: int, height: int, random: np.random.Generator) -> bytes:
    """Return a JPEG of noise whose amplitude falls as 1 / frequency, as in photographs."""
    across, down = np.meshgrid(np.fft.rfftfreq(width), np.fft.fftfreq(height))
    amplitude = 1 / np.maximum(np.hypot(across, down), 1 / max(width, height))
    layers = []
    for _ in range(3):
        phase = np.exp(2j * np.pi * random.random(amplitude.shape))
        layer = np.fft.irfft2(amplitude * phase, (height, width))
        layers.append(layer / layer.std())
    grey, *tints = layers  # photographs vary in brightness more than in colour
    colours = np.stack([grey + 0.3 * tints[0], grey, grey + 0.3 * tints[1]], -1)
    pixels = np.clip(128 + 50 * colours, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def write_copy(folder: Path, size: tuple[int, int], per_class: int) -> int:
    """Write the tars; return the mean size of an image, bytes."""
    from glorot_sweep.data.small_imagenet.classes import ROOTS, classes_of_synsets
    from glorot_sweep.data.small_imagenet.wordnet import read_nouns

    random = np.random.default_rng(0)
    pictures = [picture(*size, random) for _ in range(DIFFERENT)]
    classes_of = classes_of_synsets(read_nouns())
    for name in ROOTS:
        wnids = sorted(wnid for wnid, names in classes_of.items() if names == (name,))
        for wnid in wnids[:TARS_PER_CLASS]:
            with tarfile.open(folder / f"{wnid}.tar", "w") as tar:
                for number in range(per_class // TARS_PER_CLASS):
                    member = tarfile.TarInfo(f"{wnid}_{number}.JPEG")
                    content = pictures[random.integers(DIFFERENT)]
                    member.size = len(content)
                    tar.addfile(member, io.BytesIO(content))
    return sum(map(len, pictures)) // DIFFERENT


def measure(size: tuple[int, int], per_class: int, rounds: int, workers: int) -> dict[str, Any]:
    """Build a set from sources of one size, several times; keep the best time."""
    from glorot_sweep.data.small_imagenet.job import build
    from glorot_sweep.data.small_imagenet.request import BuildRequest

    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "imagenet"
        source.mkdir()
        image_bytes = write_copy(source, size, per_class)
        for number in range(rounds):
            request = BuildRequest(source, Path(folder) / str(number), per_class, workers=workers)
            start = time.perf_counter()
            build(request, Console(quiet=True))
            seconds.append(time.perf_counter() - start)
    n_images = 10 * per_class
    return {
        "width": size[0],
        "height": size[1],
        "image_bytes": image_bytes,
        "images": n_images,
        "workers": workers,
        "seconds": seconds,
        "per_second": n_images / min(seconds),
    }


def main() -> None:
    """Measure each size; print a line for each; write the JSON file."""
    from workload import surroundings

    from glorot_sweep.host.limits import usable_processors

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--per-class", type=int, default=1000, help="images of each of the ten")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=usable_processors())
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    around = surroundings()
    sizes = []
    for size in SIZES:
        one = measure(size, arguments.per_class, arguments.rounds, arguments.workers)
        sizes.append(one)
        print(
            f"{one['width']} x {one['height']}, {one['image_bytes'] / 1000:.1f} kB: "
            f"{one['images']:,} images in {min(one['seconds']):.1f} s, "
            f"{one['per_second']:,.0f} images/s with {one['workers']} workers"
        )
    if arguments.json:
        measured = {**around, "limit": LIMIT, "sizes": sizes}
        arguments.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
