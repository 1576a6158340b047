"""Registries: what is known without torch, and what is imported on first use."""

import subprocess
import sys

import pytest

import glorot_sweep
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.costs import COSTS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.registry import Part, Registry, registered_by
from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.torch.activations import ActivationFunction
from glorot_sweep.parts.torch.costs import CostFunction
from glorot_sweep.parts.torch.step_rules import StepFunctions

REGISTRIES = (ACTIVATIONS, INITIALIZATIONS, COSTS, STEP_RULES, SCHEDULES)
PARTS = [part for registry in REGISTRIES for part in registry.values()]

# Names and properties are read; then a function is asked for, which is when torch comes.
WITHOUT_TORCH = """
import sys
from pathlib import Path
from glorot_sweep import specs
from glorot_sweep.config import file, sweep
from glorot_sweep.parts import activations, costs, initializations, step_rules, variants
file.read_sweep_file(Path(sys.argv[1]))
assert activations.ACTIVATIONS["relu"].asymptotes[0] == 0
assert step_rules.STEP_RULES["hessian"].has_damping
assert "torch" not in sys.modules, "torch was imported"
assert initializations.INITIALIZATIONS["he"].draw
assert "torch" in sys.modules
"""


@pytest.mark.slow
def test_names_rows_and_sweep_files_need_no_torch(pytestconfig):
    file = pytestconfig.rootpath / "sweeps" / "second_order.yaml"
    subprocess.run([sys.executable, "-c", WITHOUT_TORCH, file], check=True, timeout=60)


def test_the_guide_has_every_activation_and_initialization(pytestconfig):
    guide = (pytestconfig.rootpath / "docs" / "guide" / "variants.md").read_text()
    assert not [name for name in (*ACTIVATIONS, *INITIALIZATIONS) if f"`{name}`" not in guide]


def test_every_part_has_its_functions():
    assert all(isinstance(row.function, ActivationFunction) for row in ACTIVATIONS.values())
    assert all(isinstance(row.function, CostFunction) for row in COSTS.values())
    assert all(callable(row.draw) for row in INITIALIZATIONS.values())
    ruled = [row for row in STEP_RULES.values() if not row.is_linear]
    assert all(isinstance(row.functions, StepFunctions) for row in ruled)
    assert [row.name for row in STEP_RULES.values() if row.is_linear] == ["sgd"]
    changing = [row for row in SCHEDULES.values() if not row.is_constant]
    assert all(callable(row.function) for row in changing)
    assert [row.name for row in SCHEDULES.values() if row.is_constant] == ["constant"]


@pytest.mark.parametrize("part", [part for part in PARTS if part.source], ids=lambda p: p.name)
def test_definitions_lie_within_the_package(part):
    """So that a hash of the package's sources holds what every part is."""
    assert part.source.startswith(f"{glorot_sweep.__name__}.parts.")


def test_the_text_of_a_part_is_its_definition():
    """The same in every process: no address of an object, nothing of what was imported."""
    part = Activation("mine", "math:tanh", asymptotes=(-1.0, 2.0))
    before = repr(part)
    assert part.function(0.0) == 0
    assert repr(part) == before
    assert "'mine', source='math:tanh', asymptotes=(-1.0, 2.0), at_zero=0.0" in before


def test_a_name_that_is_taken_is_refused():
    roots = Registry("root", [Part("square", "math:sqrt")])
    with pytest.raises(ValueError, match="there is a root 'square' already, by the package; give "):
        roots.add(Part("square", "math:cbrt"))
    with pytest.raises(ValueError, match="there is an activation 'tanh' already"):
        ACTIVATIONS.add(Activation("tanh", "math:tanh"))


def test_what_this_process_has_registered_it_may_register_again():
    """A notebook's cell is run twice, and makes its function anew."""
    roots = Registry("root", [Part("square", "math:sqrt")])
    roots.add(Part("cubic", "here:cubic", given=abs))
    roots.add(Part("cubic", "here:cubic", given=round))
    assert roots["cubic"].load() is round
    with pytest.raises(ValueError, match="there is a root 'cubic' already, by this process"):
        roots.add(Part("cubic", "elsewhere:cubic"))
    with registered_by("own.py"), pytest.raises(ValueError, match="already, by this process"):
        roots.add(Part("cubic", "here:cubic"))
