"""How much memory a pack takes: what its process grows by, in a process of its own.

`python benchmarks/scaling_memory.py 1024-1000x5-9 8` prints the bytes; `scaling.py` runs it for
some numbers of trials. Counted is the largest growth while the pack is made and trained for a
chunk of updates, on a GPU the largest amount allocated.
"""

import argparse
import logging
import subprocess
import sys
import warnings
from pathlib import Path

import torch
from devices import add_device_option, check_device
from lightning_peers import Packed
from workload import Pool, Size, pack_trials

UPDATES = 20


def pack_memory(size: Size, trials: int, device: str) -> int:
    """Return the bytes that a pack takes, from a process of its own."""
    command = [sys.executable, __file__, str(size), str(trials), "--device", device]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_here(size: Size, trials: int, device: str) -> int:
    """Return the growth of this process while it makes a pack and trains it."""
    pool = Pool(size, device)
    # What a process loads once (Lightning's hooks, libraries) does not belong to a pack.
    _train(pool, Size(size.inputs, 16, 1, size.classes), 1)
    if device == "cuda":
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        _train(pool, size, trials)
        return torch.cuda.max_memory_allocated() - before
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
    before = _status("VmRSS")
    _train(pool, size, trials)
    return _status("VmHWM") - before


def _train(pool: Pool, size: Size, trials: int) -> None:
    Packed("", pool, pack_trials(size, trials, mixed=False)).train_each(UPDATES)


def _status(key: str) -> int:
    """Return bytes from what the kernel says of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(f"{key}:")).split()[1])


def main() -> None:
    """Print the bytes, and nothing else."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("size", type=Size.parse)
    parser.add_argument("trials", type=int)
    add_device_option(parser)
    arguments = parser.parse_args()
    check_device(parser, arguments.device)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    print(measure_here(arguments.size, arguments.trials, arguments.device))


if __name__ == "__main__":
    main()
