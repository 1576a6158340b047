"""Where a benchmark runs: which devices there are, waiting for one, its free memory."""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch


def available() -> list[str]:
    """Return the devices of this machine."""
    return ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def add_device_option(parser: argparse.ArgumentParser) -> None:
    """Add `--device`; `check_device` refuses what is not there."""
    parser.add_argument("--device", default="cpu", help="cpu or cuda")


def check_device(parser: argparse.ArgumentParser, device: str) -> None:
    """End the program with exit code 2 if this machine has no such device."""
    if device not in available():
        parser.error(f"unknown device {device!r}; this machine has: {', '.join(available())}")


def synchronizer(device: str) -> Callable[[], None]:
    """Return what waits until the device has done all that it was given."""
    return torch.cuda.synchronize if device == "cuda" else lambda: None


def free_bytes(device: str) -> int:
    """Return the memory that a program could have now."""
    if device == "cuda":
        return torch.cuda.mem_get_info()[0]
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    free = next(line for line in lines if line.startswith("MemAvailable:"))
    return 1024 * int(free.split()[1])
