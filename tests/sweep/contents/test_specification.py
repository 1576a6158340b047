"""What is trained is described once: every specification is made in one room."""

import ast
from pathlib import Path

import pytest

import glorot_sweep

PACKAGE = Path(glorot_sweep.__file__).parent


def makers(name):
    """The modules of the package in which a class is called."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        calls = [
            node.func for node in ast.walk(ast.parse(file.read_text())) if type(node) is ast.Call
        ]
        names = {getattr(call, "id", getattr(call, "attr", None)) for call in calls}
        if name in names:
            found.add(str(file.relative_to(PACKAGE)))
    return found


@pytest.mark.slow
def test_specifications_are_made_in_one_module():
    assert makers("TrialSpec") == {"sweep/contents/specification.py"}


@pytest.mark.slow
def test_only_contents_gives_names_and_seeds_to_what_is_trained():
    asking = makers("make_spec")
    assert asking
    assert {str(Path(name).parent) for name in asking} == {"sweep/contents"}
