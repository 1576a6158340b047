"""What `glorot_sweep` makes public: these names, found by people and by type checkers alike."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import glorot_sweep

ROOT = Path(glorot_sweep.__file__)
HEAVY = {"matplotlib", "mlflow", "numpy", "optuna", "pandas", "pydantic", "rich", "torch", "yaml"}


def seen_by_a_checker() -> dict[str, str]:
    """Return the module of each name that is imported under TYPE_CHECKING."""
    blocks = [one for one in ast.parse(ROOT.read_text()).body if isinstance(one, ast.If)]
    imports = [one for one in blocks[0].body if isinstance(one, ast.ImportFrom)]
    return {alias.asname or alias.name: str(one.module) for one in imports for alias in one.names}


def test_the_list_is_sorted_and_is_what_dir_shows():
    assert sorted(glorot_sweep.__all__, key=str) == glorot_sweep.__all__
    assert dir(glorot_sweep) == sorted([*glorot_sweep.__all__, "__version__"])


@pytest.mark.parametrize("name", glorot_sweep.__all__)
def test_a_name_is_what_a_checker_takes_it_for_and_says_what_it_is(name):
    found = getattr(glorot_sweep, name)
    assert found is getattr(importlib.import_module(seen_by_a_checker()[name]), name)
    assert inspect.getdoc(found)


def test_a_checker_sees_these_names_and_no_other():
    assert sorted(seen_by_a_checker()) == glorot_sweep.__all__


def test_another_name_is_an_error_as_of_any_module():
    with pytest.raises(AttributeError, match="module 'glorot_sweep' has no attribute 'run_sweeps'"):
        glorot_sweep.run_sweeps  # noqa: B018


def test_importing_the_package_loads_nothing_large():
    code = f"import glorot_sweep, sys; print(sorted({HEAVY!r} & sys.modules.keys()))"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
