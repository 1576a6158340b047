"""Control groups of both versions limit memory and processors, wherever they are mounted."""

import os

import pytest

from glorot_sweep.host import limits
from glorot_sweep.host.limits import memory_left, memory_limit, usable_processors

NONE = str(2**63 - 4096)  # what version 1 says where there is no limit


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """An empty tree of groups; `put` writes a file of it."""

    def put(path, text):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")

    monkeypatch.setattr(limits, "GROUPS", tmp_path / "groups")
    monkeypatch.setattr(limits, "OWN_GROUPS", tmp_path / "own")
    monkeypatch.setattr(limits, "MEMORY_INFORMATION", tmp_path / "meminfo")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    return put


def test_without_groups_the_machine_counts(groups):
    assert (
        memory_limit() == memory_left() == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    )
    assert usable_processors() == 8
    groups("meminfo", "MemTotal:  9000 kB\nMemAvailable:    5000 kB")
    assert memory_left() == 5000 * 1024


@pytest.mark.parametrize("place", ["", "outer", "outer/inner"])
def test_version_2_limits_from_any_group_around(groups, place):
    groups("own", "0::/outer/inner")
    for folder in ("", "outer", "outer/inner"):
        groups(f"groups/{folder}/memory.max", "max")
        groups(f"groups/{folder}/cpu.max", "max 100000")
    assert usable_processors() == 8
    groups(f"groups/{place}/memory.max", 3_000_000)
    groups(f"groups/{place}/memory.current", 1_000_000)
    groups(f"groups/{place}/cpu.max", "150000 100000")
    assert (memory_limit(), memory_left(), usable_processors()) == (3_000_000, 2_000_000, 2)
    groups(f"groups/{place}/memory.current", 4_000_000)
    assert memory_left() == 0


@pytest.mark.parametrize(
    ("own", "files", "mark"),
    [
        ("0::/", ("memory.max", "memory.current", "memory.stat"), ""),
        (
            "4:memory:/",
            [f"memory/memory.{name}" for name in ("limit_in_bytes", "usage_in_bytes", "stat")],
            "total_",
        ),
    ],
    ids=["version 2", "version 1"],
)
def test_files_that_are_only_cached_take_no_memory(groups, own, files, mark):
    groups("own", own)
    stat = f"anon 9\n{mark}active_file 300000\n{mark}inactive_file 500000"
    for file, text in zip(files, (3_000_000, 1_000_000, stat), strict=True):
        groups(f"groups/{file}", text)
    assert (memory_limit(), memory_left()) == (3_000_000, 2_800_000)


@pytest.mark.parametrize("place", ["", "docker/1234"])
def test_version_1_limits_too_in_a_container_as_well(groups, place):
    groups("own", "4:memory:/docker/1234\n3:cpu,cpuacct:/docker/1234\n1:name=systemd:/x\n0::/")
    groups("groups/memory/memory.limit_in_bytes", NONE)
    groups("groups/cpu,cpuacct/cpu.cfs_quota_us", -1)
    assert (memory_limit() > 10**8, usable_processors()) == (True, 8)
    groups(f"groups/memory/{place}/memory.limit_in_bytes", 3_000_000)
    groups(f"groups/memory/{place}/memory.usage_in_bytes", 1_000_000)
    groups(f"groups/cpu,cpuacct/{place}/cpu.cfs_quota_us", 50000)
    groups(f"groups/cpu,cpuacct/{place}/cpu.cfs_period_us", 100000)
    assert (memory_limit(), memory_left(), usable_processors()) == (3_000_000, 2_000_000, 1)
