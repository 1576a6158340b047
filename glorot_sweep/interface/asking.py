"""A question in any of its forms: a sweep file, a dictionary of the same content, a checked one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glorot_sweep.config.before_groups import GIVEN_BY_THE_SEARCH, is_old_way
from glorot_sweep.config.file import SweepFile, read_sweep_file, sweep_file_of
from glorot_sweep.config.image_folders import PreparedFolder
from glorot_sweep.config.network import NetworkConfig
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import at_home

Question = str | Path | Mapping[str, Any] | SweepConfig
"""Path of a sweep file, its content as a dictionary, or that content checked."""


def sweep_file(question: Question) -> SweepFile:
    """Return a question as the sweep file that asks it; whichever form it has, it is the same.

    Raises:
        UserError: it is none of these, or breaks a rule of a sweep file.

    Example:
        >>> search = {"trials": 4, "generation": 4, "learning_rate": {"low": 0.01, "high": 0.1}}
        >>> values = {"name": "mine", "datasets": ["shapeset"], "search": search,
        ...     "replicates": {"updates": 100}}
        >>> asked = sweep_file(values)
        >>> sweep_file(asked.config).config.hash() == asked.config.hash()
        True
    """
    if isinstance(question, SweepConfig):
        return _of_config(question)
    if isinstance(question, Mapping):
        return sweep_file_of(question)
    if isinstance(question, str | Path):
        return read_sweep_file(at_home(Path(question)))
    raise UserError(
        "a question is the path of a sweep file, a dictionary of its keys or a SweepConfig, got "
        f"{type(question).__name__}"
    )


def _of_config(config: SweepConfig) -> SweepFile:
    """Return a configuration with a text that reads as it: what was set, else every value.

    It is checked again: a copy with changes has not been.
    """
    asked = sweep_file_of(_values(config, only_set=True), config.plugins)
    if asked.config == config:
        return asked
    return sweep_file_of(_values(config, only_set=False), config.plugins)


def _values(config: SweepConfig, *, only_set: bool) -> dict[str, Any]:
    values = config.model_dump(mode="json", exclude_unset=only_set, exclude={"plugins"})
    for name, folder in config.image_folders.items():
        if isinstance(folder, PreparedFolder) and folder.path is not None:
            values["image_folders"][name]["path"] = folder.path  # a store does without it
    network = config.network
    if network.widths and network.width == NetworkConfig().width:  # a store has it beside them
        values["network"].pop("width", None)
    if is_old_way(values):  # its files may not say these, which follow from it
        for key in GIVEN_BY_THE_SEARCH & values["search"].keys():
            del values["search"][key]
    return values
