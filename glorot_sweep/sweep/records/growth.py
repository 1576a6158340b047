"""Which changes of a file let its sweep grow; with any other it would be another sweep.

A sweep grows by more of what it has, and by more beside it. Nothing that is there may come to mean
something else: what an earlier run was asked for is a part of what the file asks for now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from glorot_sweep.config.factors import TABLE_KEY, factor_of, table_value, values_of
from glorot_sweep.config.stages import GRID_IS_WHOLE, Budget
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.config.window import evaluated_at
from glorot_sweep.errors import UserError
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.records.identity import (
    Change,
    difference,
    indented,
    not_afterwards,
    refuse_another_question,
)

Rule = Callable[[SweepConfig, SweepConfig], str]
"""Of two configurations, in one key of which the later asks for something else: why that is no
growth, in words; empty if it is one."""

FEWER: Final = "the sweep has more"
ADVICE: Final = (
    "Restore the file to continue that sweep, or give this one another name. What may grow stands "
    "in docs/guide/growing.md."
)


@dataclass(frozen=True)
class Asked:
    """What a file asks of the sweep of its name.

    Attributes:
        config: the file's, with the stages in which the trials that are there were asked for.
        more: by key what the sweep has and what it is to have; empty: nothing more.
    """

    config: SweepConfig
    more: Change = field(default_factory=dict)


def asked_of(stored: Mapping[str, Any], file: SweepConfig, options: str = "") -> Asked:
    """Return what a file asks of a sweep.

    Args:
        stored: the sweep's configuration, as plain data.
        file: what the file of its name says.
        options: of a command that means the sweep's store, for the message.

    Raises:
        UserError: it asks for less than there is, or for something else; names every such key.
    """
    try:
        before = SweepConfig.from_identity(stored, file.rows)  # their labels are no difference
    except ValidationError:  # of a version that knew other keys or parts
        refuse_another_question(file.name, stored, file.identity())
        return Asked(file)
    now = in_stages(before, file)
    more = difference(stored, now.identity())
    reasons = _reasons(more, before, now)
    refused = {key: change for key, change in more.items() if reasons[key] is not None}
    if refused:
        _refuse(file.name, refused, {key: str(reasons[key]) for key in refused}, options)
    return Asked(now, more)


def in_stages(before: SweepConfig, file: SweepConfig) -> SweepConfig:
    """Return a file's configuration, in which what was asked for earlier are earlier stages.

    A file may leave out how the sweep has grown, or say what the sweep says.
    """
    if file.search.grown_from not in ((), before.search.grown_from):
        return file
    search = file.search.model_copy(update={"grown_from": _grown_from(before, file)})
    return file.model_copy(update={"search": search})


def _grown_from(before: SweepConfig, file: SweepConfig) -> tuple[Budget, ...]:
    was, now = before.search, file.search
    had, wanted = (was.trials, was.depth_trials), (now.trials, now.depth_trials)
    return was.grown_from if had == wanted else (*was.grown_from, had)


def _reasons(more: Change, before: SweepConfig, now: SweepConfig) -> dict[str, str | None]:
    """Return for each key why its change is refused; None: it is a growth."""
    found: dict[str, str | None] = {}
    has_looks = before.replicates.until_decided is not None
    for key in more:
        paths = [path for path in GROWING if f"{key}.".startswith(f"{path}.")]
        if has_looks and paths and paths[0] in OF_A_DESIGN:
            found[key] = "the sweep goes on until it is decided, and this would change its looks"
        else:
            found[key] = (GROWING[paths[0]](before, now) or None) if paths else ""
            if key.startswith(OF_THE_TABLE):
                found[key] = _table_stays(before, now)
    return found


def _refuse(name: str, refused: Change, reasons: Mapping[str, str], options: str) -> None:
    said = indented(refused, reasons)
    if set(reasons.values()) == {FEWER}:
        raise UserError(
            f"the sweep {name!r} has more than the file asks for (there -> file):\n{said}\n"
            "A sweep grows, and what it has stays. Restore the file to continue it, or give this "
            f"one another name; `glorot-sweep delete {name}{options}` deletes the sweep with all "
            "its runs."
        )
    raise UserError(
        f"the sweep {name!r} exists with another configuration (stored -> file):\n{said}"
        f"{not_afterwards(refused)}\n{ADVICE}"
    )


def _replicates(before: SweepConfig, now: SweepConfig) -> str:
    return "" if now.replicates.seeds > before.replicates.seeds else FEWER


def _groups(before: SweepConfig, now: SweepConfig) -> str:
    return "" if now.search.groups > before.search.groups else FEWER


def _trials(before: SweepConfig, now: SweepConfig) -> str:
    was, is_now = before.search, now.search
    if is_now.trials < was.trials or is_now.depth_trials < was.depth_trials:
        return FEWER
    return GRID_IS_WHOLE if is_now.sampler == "grid" else ""


def _stages(before: SweepConfig, now: SweepConfig) -> str:
    if now.search.grown_from == _grown_from(before, now):
        return ""
    return "a sweep notes by itself how it has grown; leave it out"


def _datasets(before: SweepConfig, now: SweepConfig) -> str:
    first = before.datasets[0]
    if before.monitored and now.datasets[0] != first and first in now.datasets:
        return f"monitored runs are of the first data set, which is {first}"
    return _names(before.datasets, now.datasets)


def _variants(before: SweepConfig, now: SweepConfig) -> str:
    if before.base and before.replicates.until_decided:
        return (
            "a further variant is a further comparison with the base, and the sweep goes on until "
            "its comparisons are decided"
        )
    return _names(before.variants, now.variants)


def _names(before: tuple[str, ...], now: tuple[str, ...]) -> str:
    if not set(before) <= set(now):
        return FEWER
    kept = tuple(name for name in now if name in before)
    return "" if kept == before else "what is there keeps its order"


def _own_variants(before: SweepConfig, now: SweepConfig) -> str:
    was, is_now = (
        {name: own.identity() for name, own in config.own_variants.items()}
        for config in (before, now)
    )
    return _entries(was, is_now)


def _image_folders(before: SweepConfig, now: SweepConfig) -> str:
    was, is_now = (config.identity()["image_folders"] for config in (before, now))
    return _entries(was, is_now)  # of a mapping without its place, which changes no number


def _step_rules(before: SweepConfig, now: SweepConfig) -> str:
    given = {name: space for name, space in before.search.step_rules.items() if space is not None}
    return _entries(given, now.search.step_rules)


def _entries(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    same = all(now.get(name) == value for name, value in before.items())
    return "" if same else "what is there stays as it is"


def _learning_rates(before: SweepConfig, now: SweepConfig) -> str:
    was, is_now = before.search.learning_rates, now.search.learning_rates
    same = all(was.get(name) == is_now.get(name) for name in before.variants)
    return "" if same else "the range of a variant that is there stays as it is"


def _pretraining(before: SweepConfig, now: SweepConfig) -> str:
    was, is_now = before.search.pretraining, now.search.pretraining
    return "" if was is None or was == is_now else "what is there stays as it is"


def _evaluations(before: SweepConfig, now: SweepConfig) -> str:
    was, is_now = before.replicates, now.replicates
    if not set(was.evaluations) <= set(is_now.evaluations):
        return FEWER
    last = [
        evaluated_at(points, was.updates, was.window)[-was.window :]
        for points in (was.evaluations, is_now.evaluations)
    ]
    return "" if last[0] == last[1] else "the final error would be the mean of other evaluations"


def _values(before: SweepConfig, now: SweepConfig) -> str:
    if factor_of(before) != factor_of(now):
        return "runs that are there are at no value of another factor"
    return "" if set(values_of(before)) <= set(values_of(now)) else FEWER


def _table_stays(before: SweepConfig, now: SweepConfig) -> str:
    """Say how a factor can have further values; nothing of a sweep without one."""
    value = table_value(before)
    if value is None or factor_of(before) != factor_of(now):
        return ""
    return f"the table stays where it is: say {TABLE_KEY[value.factor]}: {value.number}"


def _comparisons(before: SweepConfig, now: SweepConfig) -> str:
    if not before.all_comparisons:
        return "without any, those of the paper are tested, if it is about one"
    if not set(before.comparisons) <= set(now.comparisons):
        return FEWER
    added = [pair for pair in now.comparisons if pair not in before.comparisons]
    if not added or any(set(pair) <= set(before.variants) for pair in added):
        return "pairs of variants that are there were to be named beforehand"
    return ""


def _monitored(before: SweepConfig, now: SweepConfig) -> str:
    specs = {task.key: task.spec for task in monitored_tasks(now)}
    there = [task.spec for task in monitored_tasks(before)]
    if any(spec.key not in specs for spec in there):
        return FEWER
    return "" if all(specs[spec.key] == spec for spec in there) else "runs there would be others"


GROWING: Final[dict[str, Rule]] = {
    "datasets": _datasets,
    "variants": _variants,
    "image_folders": _image_folders,
    "own_variants": _own_variants,
    "search.trials": _trials,
    "search.depth_trials": _trials,
    "search.grown_from": _stages,
    "search.groups": _groups,
    "search.learning_rates": _learning_rates,
    "search.step_rules": _step_rules,
    "search.pretraining": _pretraining,
    "replicates.seeds": _replicates,
    "replicates.evaluations": _evaluations,
    "replicates.depths": _values,
    "replicates.widths": _values,
    "comparisons": _comparisons,
    "monitored": _monitored,
}
"""Keys of a sweep file by which its sweep may grow."""

OF_THE_TABLE: Final = ("search.table_depth", "search.depth.", "network.width")
"""Those that follow from the last value of a factor, unless the file says where the table is."""

OF_A_DESIGN: Final = {
    "datasets", "search.trials", "search.depth_trials", "search.grown_from", "search.groups",
    "replicates.seeds", "comparisons",
}  # fmt: skip
"""Those that decide what is looked at where a sweep goes on until it is decided."""

FIXED: Final = (
    "name", "seed", "network", "search.generation", "search.learning_rate", "search.extend",
    "search.depth", "search.updates", "search.rungs", "search.sampler", "search.table_depth",
    "search.table_depth_share", "search.pruner", "replicates.updates", "replicates.window",
    "replicates.until_decided", "significance", "base", "statistics", "preregistered",
)  # fmt: skip
"""Keys that mean another sweep if they change."""

FREE: Final = ("execution", "paper", "plugins", "network.engine")
"""Keys that change no number of what is there; see `SweepConfig.identity`."""
