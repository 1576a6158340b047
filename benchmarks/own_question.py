"""How long the README's own question takes: its sweep file on four classes of 400 photographs.

Run from the repository: `python benchmarks/own_question.py`. The photographs are drawn for it,
JPEGs of 60 to 200 pixels a side, in each class blobs of another size; what counts is their number
and size. The clock runs from the start of `glorot-sweep sweep` to its last line: images, searches,
replicates, models and report.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from workload import surroundings

from glorot_sweep.engine.native.library import why_unavailable

README = Path(__file__).parents[1] / "README.md"
LIMIT_SECONDS = 300.0
CLASSES = {"fine": 12, "medium": 8, "coarse": 5, "broad": 3}  # blobs along a side
SIDES = (60, 200)  # pixels, shortest and longest


def question() -> str:
    """Return the sweep file that the README has."""
    found = re.search(r"```yaml\n(name: photos\n.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def draw_photographs(folder: Path, count: int, seed: int) -> None:
    """Write a folder with a folder of JPEGs for each class."""
    random = np.random.default_rng(seed)
    for name, blobs in CLASSES.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            small = random.integers(0, 256, (blobs, blobs, 3), dtype=np.uint8)
            width, height = random.integers(*SIDES, 2, endpoint=True)
            size = (int(width), int(height))
            image = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
            image.save(folder / name / f"{number:04d}.jpg", quality=92)


def main() -> None:
    """Measure once; print; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--per-class", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write what was measured")
    arguments = parser.parse_args()
    if reason := why_unavailable():
        print(f"without the native engine: {reason}")
    around = surroundings()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "photos.yaml").write_text(question(), encoding="utf-8")
        draw_photographs(folder / "photos", arguments.per_class, arguments.seed)
        command = [sys.executable, "-m", "glorot_sweep", "sweep", "photos.yaml", "--output", "page"]
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True)
        seconds = time.perf_counter() - started
    verdict = "at most" if seconds <= LIMIT_SECONDS else "NOT at most"
    print(f"the README's question: {seconds:.0f} s, {verdict} {LIMIT_SECONDS:.0f} s")
    if arguments.json:
        result = {**around, "limit": LIMIT_SECONDS, "seconds": seconds}
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
