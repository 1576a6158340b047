"""Every number that somebody can give has an upper end, and none lets a list grow with it."""

import itertools
import math
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import annotated_types
import pytest
import typer
from pydantic import ValidationError
from sweep_builders import config

from glorot_sweep.cli.app import app
from glorot_sweep.config import limits
from glorot_sweep.config.section import Section
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.datamodule import PackDataModule, chunk_cuts
from glorot_sweep.sweep.contents.schedule import log_spaced

UPPER = (annotated_types.Le, annotated_types.Lt)
SCHEDULES = {"search.rungs", "replicates.evaluations"}  # end before a number that has an end


def unbounded(place: str, annotation: Any, rules: list[Any]) -> Iterator[str]:
    """Yield the places of numbers without an upper end, and of lists without a longest."""
    if hasattr(annotation, "model_fields"):
        for name, field in annotation.model_fields.items():
            below = f"{place}.{name}".lstrip(".")
            yield from unbounded(below, field.annotation, list(field.metadata))
    elif annotation in (int, float):
        if not any(isinstance(rule, UPPER) for rule in rules) and place not in SCHEDULES:
            yield place
    elif hasattr(annotation, "__metadata__"):
        inner, *own = get_args(annotation)
        flat = [part for rule in own for part in getattr(rule, "metadata", [rule])]
        yield from unbounded(place, inner, [*rules, *flat])
    else:
        is_list = get_origin(annotation) is tuple and Ellipsis in get_args(annotation)
        if is_list and not any(isinstance(rule, annotated_types.MaxLen) for rule in rules):
            yield f"{place} (a list)"
        for inner in get_args(annotation):
            yield from unbounded(place, inner, [])


def test_every_number_of_a_sweep_file_has_an_upper_end() -> None:
    names_once = {  # each known one, each once; a comparison has two
        "variants (a list)", "monitored.depths (a list)", "comparisons (a list)",
    }  # fmt: skip
    assert set(unbounded("", SweepConfig, [])) <= names_once


def test_a_number_without_an_end_would_be_found() -> None:
    class Loose(Section):
        free: int
        many: tuple[float, ...] = ()

    assert set(unbounded("", Loose, [])) == {"free", "many", "many (a list)"}


def test_every_number_on_the_command_line_has_an_upper_end() -> None:
    numbers = {
        f"{name} --{option.name}": option.max
        for name, command in typer.main.get_command(app).commands.items()
        for option in command.params
        if {option.type_descriptor.annotation, *get_args(option.type_descriptor.annotation)}
        & {int, float}
    }
    assert len(numbers) > 20
    assert [name for name, largest in numbers.items() if largest is None] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("execution.threads", 100_000),
        ("search.updates", 9_223_372_036_854_775_807),
        ("replicates.updates", 10**30),
        ("monitored", {"updates": 10**12}),
        ("search.trials", 10**9),
        ("network.width", 10**9),
        ("search.depth.high", 10**6),
        ("execution.device_share", 1e-300),
        ("search.learning_rate.high", 1e300),
        ("seed", 1 << 60),
    ],
)
def test_beyond_it_a_value_is_refused(key: str, value: object) -> None:
    with pytest.raises(ValidationError, match=r"(less|greater) than or equal to"):
        config({key: value})


def test_the_examples_of_a_stream_can_be_numbered() -> None:
    with pytest.raises(ValidationError, match=r"search\.updates times network\.batch_size"):
        config({"search.updates": limits.MOST_UPDATES, "network.batch_size": 43})
    config({"search.updates": limits.MOST_UPDATES, "network.batch_size": 42})


def test_all_runs_together_are_counted() -> None:
    """2 variants, 3 depths, 200 rates and 200 seeds: 240,000 monitored runs."""
    rates = [0.001 * n for n in range(1, 201)]
    depths = {"tanh": [1, 2, 3], "tanh_n": [1, 2, 3]}
    monitored = {"updates": 30, "seeds": 200, "learning_rates": rates, "depths": depths}
    with pytest.raises(ValidationError, match="at most 100,000 runs, got up to 240,0"):
        config({"monitored": monitored})


def test_no_list_is_as_long_as_the_updates() -> None:
    cuts = chunk_cuts((10, 1 << 62), start=7)
    assert list(itertools.islice(cuts, 4)) == [7, 10, 110, 210]
    assert len(log_spaced(limits.MOST_UPDATES, 10)) < 100
    PackDataModule(None, [1], 10, (1 << 62,), layer_ends=(1 << 61, 1 << 62))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [name for name in dir(limits) if name.isupper()])
def test_an_end_is_a_number_that_a_rule_can_show(name: str) -> None:
    assert 0 < getattr(limits, name) < math.inf
