"""The names of what is stored, and of a run's states, are spelled in one place of the package.

A name that could mean nothing else is looked for in the whole package; a common word, such as
`seed`, only in modules that have to do with MLflow. Where such a word means something else, that
is said below.
"""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import glorot_sweep
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.schema import names

PACKAGE = Path(glorot_sweep.__file__).parent
OWN = {"tracking/life.py", "tracking/schema/names.py"}
STORED = (
    *names.Kind, *names.Tag, *names.TagFamily, *names.Param, *names.Metric, *names.Curve,
    *names.LayerCurve, *names.MetricFamily, *names.Artifact, *names.Role, *State, *Status,
)  # fmt: skip
MARKS = "/._"  # no common word has one
COLUMNS = "columns of a table"
PURPOSE = "the purpose of a specification, and the plural of its word"
LAYERS = "quantities of layer statistics, and columns of their table"
MEANT_OTHERWISE: dict[str, tuple[str, set[str]]] = {
    "compare/files.py": (COLUMNS, {"learning_rate"}),
    "compare/render.py": ("tables", {"best_depth", "table_depth"}),
    "compare/settings.py": (
        "attributes of a run, and keys of the stored identity",
        {"code_hash", "device", "device_type", "engine", "libraries", "plugins"},
    ),
    "compare/specification.py": (
        "attributes of a run, and a key of the stored identity",
        {"activation", "initialization", "log10_learning_rate", "plugins", "window"},
    ),
    "config/execution.py": ("a key of a sweep file", {"pack_size"}),
    "config/factors.py": ("a key of a sweep file", {"table_depth"}),
    "config/search.py": (
        "a key of a sweep file, and a column of the page of keys", {"left_out", "table_depth"},
    ),
    "interface/columns.py": (
        COLUMNS,
        {"activation", "batch_size", "damping", "data_seed", "dataset", "depth", "diverged",
         "engine", "failed", "group", "initialization", "input_scaling", "kind", "layer_widths",
         "learning_rate", "matmul_precision", "monitored", "noise", "objective",
         "pretraining_rate", "pretraining_updates", "replicate", "role", "saturation", "schedule",
         "seed", "state", "step_rule", "trial", "trials", "updates", "updates_done", "variant",
         "weight_decay", "weight_seed", "width", "window", "winner"},
    ),
    "interface/fitting.py": (
        COLUMNS,
        {"damping", "depth", "engine", "seed", "state", "updates", "updates_done", "variant",
         "width"},
    ),
    "interface/frames.py": (
        COLUMNS,
        {"dataset", "depth", "diverged", "failed", "kind", "layer_widths", "learning_rate", "role",
         "schedule", "state", "variant", "weight_decay", "width"},
    ),
    "interface/loading.py": (
        "keys of a sweep file", {"learning_rate", "trials", "updates", "window"},
    ),
    "interface/sweep.py": (COLUMNS, {"complete", "variant"}),
    "sweep/follow.py": ("headings of a table", {"trials", "variant"}),
    "sweep/followed.py": ("headings of a table", {"trials"}),
    "sweep/storage/study_copies.py": ("a key of a file", {"trials"}),
    "config/between_sections.py": ("an attribute of a variant", {"step_rule"}),
    "parts/variants.py": ("attributes of a variant", {"step_rule", "weight_decay"}),
    "interface/photographs.py": ("a key of a model's metadata", {"width"}),
    "init_study/headline.py": (LAYERS, {"activation", "initialization", "variant"}),
    "init_study/networks.py": ("a label of a seed", {"init_study"}),
    "papers/glorot2010/claims/sigmoid_escape.py": (LAYERS, {"activation"}),
    "report/figures/error_curves.py": ("a column of a curve", {"updates"}),
    "report/figures/question.py": ("a figure", {"learning_rate"}),
    "papers/glorot2010/figures/__init__.py": (
        "quantities of layer statistics, and a figure", {"activation", "learning_rate"},
    ),
    "report/agreement.py": (
        "attributes of a run, and what they are called",
        {"accepted_change", "activation", "code_hash", "device_type", "engine", "initialization",
         "libraries", "schedule", "step_rule", "weight_decay"},
    ),
    "report/belief.py": (
        "attributes of a run", {"batch_size", "data_seed", "depth", "log10_learning_rate",
                                "updates", "weight_seed", "width", "window"},
    ),
    "report/belief_in_members.py": (
        "attributes of a run", {"depth", "learning_rate", "updates", "width"},
    ),
    "report/runs_table.py": (
        "attributes of a run, and columns of a published file",
        {"dataset", "group", "kind", "layer_widths", "learned", "role", "seed", "state", "trial",
         "variant", "winner"},
    ),
    "tracking/views/of_sweep.py": ("the end of a key", {"trials"}),
    "tracking/same_seed.py": ("a key of a sweep file", {"seed"}),
    "report/audit.py": (
        COLUMNS,
        {"complete", "dataset", "diverged", "failed", "pruned", "trials", "updates", "variant"},
    ),
    "report/beyond.py": (
        COLUMNS, {"dataset", "depth", "diverged", "failed", "kind", "learning_rate", "variant"},
    ),
    "report/figures/cells.py": ("the name of a factor", {"width"}),
    "report/figures/over_factor.py": ("the names of factors", {"depth", "width"}),
    "report/over_factor.py": (
        COLUMNS, {"dataset", "diverged", "failed", "learning_rate", "variant"},
    ),
    "sweep/records/begun.py": ("a key of a sweep file", {"paper"}),
    "report/page.py": (COLUMNS, {"best_depth", "learning_rate"}),
    "report/tables.py": (
        COLUMNS,
        {"dataset", "depth", "diverged", "failed", "kind", "learning_rate", "paper", "variant"},
    ),
    "report/svms.py": (COLUMNS, {"paper"}),
    "report/verify.py": ("in the place of a sweep's name", {"initialization"}),
    "svm/request.py": ("an option of the command line", {"tuning_examples"}),
    "sweep/contents/monitored.py": (PURPOSE, {"monitored"}),
    "sweep/contents/replicates.py": (PURPOSE, {"replicate"}),
    "sweep/contents/trials.py": (PURPOSE, {"trial"}),
    "sweep/deletion.py": ("a noun of a sentence", {"study"}),
    "sweep/execution/dispatch.py": (PURPOSE, {"trial", "replicate", "monitored", "trials"}),
    "sweep/listing.py": (COLUMNS, {"state", "sweep"}),
    "sweep/records/identity.py": (
        "keys of the stored identity, attributes of a variant",
        {"device_type", "initialization", "libraries", "plugins", "schedule"},
    ),
    "sweep/search/learning_rates.py": ("Optuna's parameters", {"learning_rate"}),
    "sweep/search/space.py": (
        "Optuna's parameters", {"learning_rate", "pretraining_rate", "pretraining_updates"},
    ),
    "sweep/single.py": ("a unit of progress", {"trial"}),
    "sweep/status.py": (COLUMNS, {"trials", "variant"}),
    "tracking/layer_table.py": (LAYERS, {"activation", "saturation"}),
    "tracking/lease_tags.py": ("a word of MLflow's protocol", {"key"}),
    "tracking/sweeps.py": ("a key of a sweep file", {"paper"}),
    "tracking/models.py": ("an alias of a model", {"winner"}),
    "training/callbacks.py": (PURPOSE, {"replicate"}),
    "training/checkpoint_check.py": (PURPOSE, {"replicate"}),
    "training/checkpoint.py": ("keys of a checkpoint", {"state", "trials", "updates"}),
}  # fmt: skip


def literals(source: str) -> set[str]:
    """The texts of a module's source but its docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    }


def spelled(source: str) -> set[str]:
    """The names of the schema that a module spells itself."""
    found, reads_mlflow = literals(source), "glorot_sweep.tracking" in source
    names_in = {
        name for name in STORED if name in found and (reads_mlflow or set(name) & set(MARKS))
    }
    paths = {n for n in STORED if "/" in n and any(n in text for text in found)}
    beginnings = {n for n in names.TagFamily if any(text.startswith(n) for text in found)}
    return {str(name) for name in names_in | paths | beginnings}


@pytest.mark.slow
def test_no_other_module_spells_a_name_of_the_schema_or_a_state():
    wrong = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).as_posix()
        if module not in OWN:
            wrong[module] = spelled(path.read_text()) - MEANT_OTHERWISE.get(module, ("", set()))[1]
    assert {module: found for module, found in wrong.items() if found} == {}


@pytest.mark.parametrize("module", MEANT_OTHERWISE)
def test_no_exception_is_longer_than_it_must_be(module):
    """An exception that is not needed any more would hide the next mistake."""
    assert MEANT_OTHERWISE[module][1] <= spelled((PACKAGE / module).read_text())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('run.metrics["final/test_error_percent"]', {"final/test_error_percent"}),
        ('f"overlap.{name}"', {"overlap."}),
        ('f"best/validation_error_percent of {name}"', {"best/validation_error_percent"}),
        ('{"optuna_study": name}', {"optuna_study"}),
        ('run.tags["seed"]', set()),  # a common word in a module that has nothing of MLflow's
        ('import glorot_sweep.tracking.runs\nrun.tags["seed"]', {"seed"}),
        ('import glorot_sweep.tracking.runs\nx = state == "pruned"', {"pruned"}),
        ('"""The tag `optuna_study`."""', set()),
        ('def f():\n    """seed"""', set()),
    ],
)
def test_what_the_test_finds(source, found):
    assert spelled(source) == found
