"""What this process may use of its machine: memory and processors, under control groups too."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
MEMORY_INFORMATION = Path("/proc/meminfo")

# The limit and the use of memory, and how its use for a group and all within is marked in
# `memory.stat`, by the version of control groups.
MEMORY = {
    1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
    2: ("memory.max", "memory.current", ""),
}
CACHED = ("active_file", "inactive_file")  # contents of files, given up when memory is asked for


def memory_limit() -> int:
    """Return the bytes that this process and its neighbours in a container may have."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *(limit for limit, _ in _memory_groups())])


def memory_left() -> int:
    """Return the bytes that this machine, or this container, has left; cached files take none."""
    left = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if MEMORY_INFORMATION.exists():
        lines = dict(line.split(":") for line in MEMORY_INFORMATION.read_text().splitlines())
        if "MemAvailable" in lines:
            left = int(lines["MemAvailable"].split()[0]) * 1024
    return max(0, min([left, *(limit - used for limit, used in _memory_groups())]))


def usable_processors() -> int:
    """Return how many processors this process may keep busy, 1 or more."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min([count, *(math.ceil(share) for share in _processor_shares())]))


def _memory_groups() -> Iterator[tuple[int, int]]:
    """Yield limit and use of each group around this process that has a limit, without its cache."""
    for version, folder in _own_groups("memory"):
        limit_file, use_file, mark = MEMORY[version]
        limit, used = _number(folder / limit_file), _number(folder / use_file)
        if limit is not None:
            yield limit, max(0, (used or 0) - _cached(folder, mark))


def _processor_shares() -> Iterator[float]:
    """Yield the processors that each group around this process may use, where that is limited."""
    for version, folder in _own_groups("cpu"):
        if version == 2:
            quota, _, period = _text(folder / "cpu.max").partition(" ")
        else:
            quota, period = (_text(folder / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
        if quota.isdigit() and period.isdigit() and int(period):
            yield int(quota) / int(period)


def _own_groups(controller: str) -> Iterator[tuple[int, Path]]:
    """Yield the version and the folder of each control group around this process, inner first.

    A container may see the tree from its own group down, under the names of the whole machine:
    the root of what is mounted is looked at in any case.

    Args:
        controller: of version 1; version 2 has one tree for all.
    """
    for line in _text(OWN_GROUPS).splitlines() or ["0::/"]:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield from ((2, folder) for folder in _upwards(GROUPS, path))
        elif controller in controllers.split(","):
            root = next((GROUPS / name for name in (controllers, controller)
                         if (GROUPS / name).is_dir()), None)  # fmt: skip
            if root is not None:
                yield from ((1, folder) for folder in _upwards(root, path))


def _upwards(root: Path, path: str) -> Iterator[Path]:
    inner = Path(path.strip("/"))
    yield from (root / folder for folder in (inner, *inner.parents) if ".." not in folder.parts)


def _cached(folder: Path, mark: str) -> int:
    kinds = {f"{mark}{kind}" for kind in CACHED}
    lines = (line.split() for line in _text(folder / "memory.stat").splitlines())
    return sum(int(n_bytes) for kind, n_bytes in lines if kind in kinds)


def _number(file: Path) -> int | None:
    text = _text(file)
    return int(text) if text.isdigit() else None


def _text(file: Path) -> str:
    """Return what a file of the kernel says; nothing if it is not there or is not shown."""
    try:
        return file.read_text().strip()
    except OSError:
        return ""
