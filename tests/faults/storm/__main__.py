"""Break a sweep at random for some minutes: `python -m tests.faults.storm --minutes N`.

Each round takes a sweep of its own, breaks it several times, starts it once more, and demands what
`wholeness.py` does: the same trials, runs, points and table, to the last bit, as without a fault.
The seed and the number of a round decide which faults come, in which order and how long after a
start; what they meet there is up to the machine.
"""

import argparse
import contextlib
import io
import itertools
import random
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # as pytest's rootdir does

from faults.conftest import train_undisturbed
from faults.leavings import files_beside
from faults.storm.round import Round
from faults.sweep_process import Sweep


def main() -> int:
    """Run rounds until the time is over; return 1 at the first that is not whole."""
    options = _options()
    root = Path(tempfile.mkdtemp(prefix="storm-"))
    print(f"seed {options.seed}; everything is in {root}", flush=True)
    began = time.monotonic()
    undisturbed, files = _undisturbed(_folder(root, "undisturbed"))
    length = time.monotonic() - began
    numbers = itertools.count() if options.only is None else [options.only]
    for number in numbers:
        if options.only is None and time.monotonic() - began >= 60 * options.minutes:
            break
        folder = _folder(root, f"round-{number}")
        chance = random.Random(f"{options.seed} {number}")
        one, broken = Round(folder, chance, length), folder / "kept"
        try:
            one.run(undisturbed, files)
            broken = None
        except BaseException:
            print(f"round {number} is not whole; --seed {options.seed} --only {number}", flush=True)
            raise
        finally:
            print(f"round {number}: {'; '.join(one.story)}", flush=True)
            one.end(broken)
        shutil.rmtree(folder)
    print(f"whole after {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
    shutil.rmtree(root)
    return 0


def _undisturbed(folder):
    """Return what a sweep leaves that nothing disturbs, and the files beside it."""
    with contextlib.redirect_stdout(io.StringIO()):
        return train_undisturbed(folder), files_beside(Sweep(folder))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.storm")
    parser.add_argument("--minutes", type=float, default=1.0, help="no round begins later")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--only", type=int, help="number of the one round to run")
    return parser.parse_args()


def _folder(root: Path, name: str) -> Path:
    folder = root / name
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
