"""Whatever a sweep file holds: a configuration, or one message of bounded length. Never more."""

import copy
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.errors import UserError
from glorot_sweep.sweep.outline import outline

SWEEPS = Path(__file__).parents[2] / "sweeps"
GOOD = [yaml.safe_load(path.read_text()) for path in sorted(SWEEPS.glob("*.yaml"))]
MANY = int(os.environ.get("GLOROT_SWEEP_ANY_FILES", "600"))  # 70 are read in a second
LONGEST = 60_000  # characters of a message: twenty mistakes of 2,000 and their places

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**40), 10**40),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(
        ["", "~", "no", "on", "010", "1:30", "0x1f", "1e3", ".inf", "<<", "*a", "&a x", "tanh",
         "shapeset", "../..", "/etc", "[/bold]", "\x1b[31m", "a" * 5_000, "9" * 5_000]
    ),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda below: st.one_of(
        st.lists(below, max_size=4), st.dictionaries(st.text(max_size=12), below, max_size=4)
    ),
    max_leaves=8,
)


def places(node: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value of a file."""
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(node, dict | list):
        inner = node.items() if isinstance(node, dict) else enumerate(node)
    return [place, *(way for key, value in inner for way in places(value, (*place, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid file in which a few values are replaced, removed, repeated or added."""
    tree = {"the file": copy.deepcopy(draw(st.sampled_from(GOOD)))}
    for _ in range(draw(st.integers(1, 3))):
        ways = [way for way in places(tree) if way]
        *way, last = draw(st.sampled_from(ways))
        node: Any = tree
        for key in way:
            node = node[key]
        match draw(st.sampled_from(("replace", "replace", "remove", "add"))):
            case "replace":
                node[last] = draw(VALUES)
            case "remove" if way:
                del node[last]
            case _ if isinstance(node, dict):
                node[draw(st.text(max_size=12))] = draw(VALUES)
    return written(tree.get("the file"), draw)


def written(values: Any, draw: st.DrawFn) -> str:
    """The same as YAML in one of its forms, perhaps with a few characters altered."""
    if draw(st.booleans()):
        text = yaml.safe_dump(values, allow_unicode=draw(st.booleans()), sort_keys=False)
    else:
        text = json.dumps(values)
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
        cut = draw(st.integers(0, len(text)))
        text = text[:cut] + draw(st.text(max_size=3)) + text[cut + draw(st.integers(0, 3)) :]
    return text


RAW = st.one_of(
    st.text(alphabet="ab:-[]{}&*!|>'\"%@`#,?~ \n\t0.<=\\", max_size=200).map(str.encode),
    st.binary(max_size=200),
)
FILES = st.one_of(mutated().map(lambda text: text.encode("utf-8", "surrogatepass")), RAW)
ONCE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def read(path: Path, content: bytes) -> None:
    """Read it; what is valid can be told in a line, and is itself when read again."""
    path.write_bytes(content)
    message = ""
    try:
        config = read_sweep_file(path).config
    except UserError as error:
        message = str(error)
    else:
        assert config.hash() == read_sweep_file(path).config.hash()
        if config.search.trials < 1_000:
            outline(config)
    assert len(message) < LONGEST
    message.encode("utf-8", "backslashreplace")


@pytest.mark.slow
@settings(ONCE, max_examples=100)
@given(FILES)
def test_it_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    read(tmp_path / "any.yaml", content)


@pytest.mark.slow
@settings(ONCE, max_examples=MANY)
@given(FILES)
def test_so_are_many(tmp_path: Path, content: bytes) -> None:
    read(tmp_path / "any.yaml", content)
