"""What a search, a network or a window takes over from other keys of its file."""

from typing import Any

from glorot_sweep.config.before_groups import filled_file, is_old_way
from glorot_sweep.config.factors import with_table_value
from glorot_sweep.config.limits import MOST_SEEDS, MOST_UPDATES
from glorot_sweep.config.replicates import ReplicatesConfig
from glorot_sweep.config.window import default_window


def with_search_as_replicates(values: Any) -> Any:
    """Return a file's values with a search's updates and groups and a window, if left out.

    Mistakes are left to be told later, but for what contradicts a factor.

    Raises:
        ValueError: the file has a factor and gives what contradicts it.
    """
    if not isinstance(values, dict) or not isinstance(values.get("search"), dict):
        return values
    if is_old_way(values):
        values = filled_file(values)
    values = with_table_value(values)
    found = values.get("replicates")
    replicates = found if isinstance(found, dict) else {}
    taken = {"updates": _number(replicates.get("updates"), MOST_UPDATES)}
    if not is_old_way(values):
        seeds = replicates.get("seeds", ReplicatesConfig.model_fields["seeds"].default)
        taken["groups"] = _number(seeds, MOST_SEEDS)
    search = {**taken, **values["search"]}
    if isinstance(found, dict):
        updates = (_number(part.get("updates"), MOST_UPDATES) for part in (search, replicates))
        values = {**values, "replicates": {"window": default_window(min(updates)), **found}}
    return {**values, "search": search}


def _number(value: Any, most: int) -> int:
    """Return a number that a rule can be tried on, whatever a file gives."""
    return value if type(value) is int and 1 <= value <= most else most
