"""The page of keys is what the configuration's classes say, and its rules are the file's."""

import copy
import re
from pathlib import Path

import pytest
import yaml
from key_rules import RULES
from make_keys import PAGE, keys, page, sections

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.section import Range, Section
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError

TINY = Path(__file__).parents[2] / "sweeps" / "tiny.yaml"


def read_changed(change: dict, folder: Path) -> SweepConfig:
    """Read tiny.yaml with a change laid over it; None takes a key away."""

    def lay_over(base: dict, over: dict) -> dict:
        for key, value in over.items():
            if isinstance(value, dict) and isinstance(base.get(key), dict):
                lay_over(base[key], value)
            elif value is None:
                del base[key]
            else:
                base[key] = copy.deepcopy(value)
        return base

    file = folder / "changed.yaml"
    file.write_text(yaml.safe_dump(lay_over(yaml.safe_load(TINY.read_text()), change)))
    return read_sweep_file(file).config


def all_sections(kind: type[Section] = Section) -> set[type[Section]]:
    below = set(kind.__subclasses__())
    return below | {one for sub in below for one in all_sections(sub)}


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python docs/make_keys.py"


def test_every_section_is_there_and_every_key_has_a_meaning():
    ours = {one for one in all_sections() if one.__module__.startswith("glorot_sweep.config")}
    places = {one for one in ours if not issubclass(one, Range) and not one.__subclasses__()}
    assert set(sections().values()) == places
    silent = [
        f"{section.__name__}.{key[0]}"
        for section in sections().values()
        for key in keys(section)
        if not key[-1]
    ]
    assert silent == []


def test_types_defaults_and_bounds_of_some_keys_by_hand():
    text = page()
    for row in (
        "| `seed` | whole number | `2010` | at least 0; at most 9007199254740991 |",
        "range of a positive number | **required** | at least 1e-12; at most 1000000.0; finite; "
        "low at most high |",
        "| `learning_rates` | list of numbers | `[0.05]` | not empty; at most 200 of them; "
        "each at least 1e-12; each at most 1000000.0; each finite |",
        "| `depths` | mapping from names to lists of whole numbers | `{}` | no list is empty; "
        "each depth at least 1; at most 100 |",
        "| `pack_size` | whole number or `auto` | `auto` | at least 1; at most 10000 |",
        "| `pretraining` | section | left out |  |",
        "| `table_depth_share` | number | left out | above 0; at most 1 |",
        "| `groups` | whole number | as `replicates.seeds` | at least 1; at most 1000 |",
    ):
        assert row in text, row


def test_the_file_that_rules_are_tried_on_is_accepted(tmp_path):
    assert read_changed({}, tmp_path).name == "tiny"


@pytest.mark.parametrize("rule", RULES, ids=[rule.text for rule in RULES])
def test_each_rule_is_one(rule, tmp_path):
    with pytest.raises(UserError, match=re.escape(rule.refusal)):
        read_changed(rule.change, tmp_path)
