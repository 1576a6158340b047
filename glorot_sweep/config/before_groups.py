"""Keys that came with groups, and later: what a configuration of before there were any means.

A stored configuration leaves out each of them that has the value it then had, so it has the hash
that it always had; what is read from a store gets that value back. A sweep file gets it if it
asks for the old way by `table_depth_share`, and today's default otherwise.
"""

import copy
from collections.abc import Mapping
from typing import Any, Final

OLD_WAY: Final = "table_depth_share"
"""The key of `search` that every configuration of that time has, and no later one."""

SHARE: Final = 0.5  # its default, while it had one

VALUES: Final[dict[tuple[str, ...], Any]] = {
    ("preregistered",): None,
    ("own_variants",): {},
    ("search", OLD_WAY): None,
    ("search", "groups"): 1,
    ("search", "depth_trials"): 0,
    ("search", "learning_rates"): {},
    ("search", "extend"): False,
    ("search", "pruner", "start"): 0.0,
    ("search", "pruner", "least_complete"): 0,
    ("replicates", "window"): 1,
    ("replicates", "until_decided"): None,
    ("comparisons",): [],
    ("base",): None,
    ("significance", "equivalence"): None,
    ("search", "grown_from"): [],
    ("replicates", "depths"): [],
    ("replicates", "widths"): [],
}
"""Each key that came with groups or later, and what its absence in a store means."""

DEFAULTS: Final[dict[tuple[str, ...], Any]] = {
    ("search", "sampler"): "tpe",
    ("significance", "test"): "welch",
}
"""What a file of that time meant by leaving out a key that has another default today."""

GIVEN_BY_THE_SEARCH: Final = {"groups", "depth_trials"}
"""Keys that contradict the old way if a file gives them beside it; see `SearchConfig`."""


def is_old_way(values: Mapping[str, Any]) -> bool:
    """Return whether a configuration, as plain data, asks for the old way."""
    search = values.get("search")
    return isinstance(search, Mapping) and search.get(OLD_WAY) is not None


def filled(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored configuration with what it leaves out."""
    return _with(stored, VALUES)


def filled_file(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file of the old way says, with what it left out when it was written."""
    return _with(values, VALUES | DEFAULTS)


def as_file_of_before(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file says, with the share that it meant if it is of before groups."""
    return _with(values, {("search", OLD_WAY): SHARE})


def without_values_of_before(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration as it is stored."""
    content = copy.deepcopy(dict(config))
    for path, value in VALUES.items():
        *parents, key = path
        part = content
        for parent in parents:
            part = part[parent]
        if key in part and part[key] == value:
            del part[key]
    return content


def _with(values: Mapping[str, Any], absent: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return plain data with a value for each key that is absent; mistakes are left to be told."""
    content = copy.deepcopy(dict(values))
    for path, value in absent.items():
        *parents, key = path
        if is_old_way(content) and key in GIVEN_BY_THE_SEARCH:
            continue
        part: Any = content
        for parent in parents:
            part = part.setdefault(parent, {}) if isinstance(part, dict) else None
        if isinstance(part, dict):
            part.setdefault(key, copy.deepcopy(value))
    return content
