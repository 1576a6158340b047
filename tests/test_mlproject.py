"""MLproject, the command line, and the locked versions say the same."""

import inspect
import re
import string
import tomllib
import typing
from pathlib import Path

import pytest
import typer
import yaml
from packaging.requirements import Requirement

from glorot_sweep.cli import app as cli

ROOT = Path(__file__).parent.parent
PROJECT = yaml.safe_load((ROOT / "MLproject").read_text())
ENTRY_POINTS = PROJECT["entry_points"]
COMMANDS = {  # a dash on the command line is an underscore in MLproject
    name.replace("-", "_"): command
    for name, command in typer.main.get_command(cli.app).commands.items()
}
LOCAL = {  # they make no run: `mlflow run` would leave an empty one for each
    "delete", "init", "list", "plan", "prepare", "small_imagenet", "status", "sweeps", "validate",
    "variants",
}  # fmt: skip
SET_BY_MLFLOW_RUN = {"tracking_uri", "experiment"}
BY_VARIABLE = {
    "accept_changed_code",
    "strict",
    "weights",
}  # a flag takes no value, as a parameter of a project must
MLFLOW_TYPES = {
    str: "string",
    str | None: "string",
    list[str] | None: "string",
    Path: "string",
    int: "int",
    float: "float",
}
EACH = pytest.mark.parametrize("name", sorted(ENTRY_POINTS))


def command_of(name: str) -> typing.Any:
    return COMMANDS["sweep" if name == "main" else name]


def cli_context() -> typing.Any:
    group = typer.main.get_command(cli.app)
    return group.context_class(group, **group.context_settings)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_command_that_makes_a_run_is_an_entry_point_and_main_is_sweep():
    assert set(ENTRY_POINTS) == {*COMMANDS, "main"} - LOCAL
    assert ENTRY_POINTS["main"] == ENTRY_POINTS["sweep"]


@EACH
def test_only_what_has_no_default_or_mlflow_run_sets_itself_is_missing(name):
    """An empty param of a run says nothing, and cannot be deleted."""
    options = {parameter.name: parameter for parameter in command_of(name).params}
    missing = set(options) - set(ENTRY_POINTS[name]["parameters"]) - BY_VARIABLE
    assert missing >= SET_BY_MLFLOW_RUN
    assert all(options[key].default is None for key in missing - SET_BY_MLFLOW_RUN)
    assert set(ENTRY_POINTS[name]["parameters"]) <= set(options)
    empty = {key for key, one in ENTRY_POINTS[name]["parameters"].items() if one["default"] == ""}
    assert all(options[key].param_type_name == "argument" for key in empty)


@EACH
def test_what_mlflow_appends_is_understood(name):
    """It writes the name of a parameter that no entry point has as it was written."""
    command = command_of(name)
    context = cli_context()
    for parameter in command.params:
        if parameter.opts[0].startswith("--") and not parameter.is_flag:
            parser = command.make_parser(command.context_class(command, parent=context))
            given, _, _ = parser.parse_args([f"--{parameter.name}", "1"])
            assert parameter.name in given


@EACH
def test_types_agree(name):
    hints = typing.get_type_hints(inspect.unwrap(command_of(name).callback))
    for key, declared in ENTRY_POINTS[name]["parameters"].items():
        assert declared["type"] == MLFLOW_TYPES[hints[key]], key


@EACH
def test_defaults_agree_and_an_empty_value_is_no_value(name):
    options = {parameter.name: parameter for parameter in command_of(name).params}
    for key, declared in ENTRY_POINTS[name]["parameters"].items():
        if options[key].required:  # an argument: MLproject names an example that exists
            continue
        default = options[key].default
        assert declared["default"] == ("" if default is None else default), key
        assert type(declared["default"]) is type("" if default is None else default), key


def test_the_named_examples_exist():
    file = ROOT / ENTRY_POINTS["sweep"]["parameters"]["file"]["default"]
    assert file.is_file()
    assert ENTRY_POINTS["report"]["parameters"]["sweep"]["default"] == file.stem


@EACH
def test_the_command_passes_every_parameter_once_under_its_own_name(name):
    text = ENTRY_POINTS[name]["command"]
    placeholders = [field for _, field, _, _ in string.Formatter().parse(text) if field]
    assert sorted(placeholders) == sorted(ENTRY_POINTS[name]["parameters"])
    words = text.split()
    assert words[:4] == ["exec", "python", "-m", "glorot_sweep"]
    assert words[4] == command_of(name).name
    options = {parameter.name: parameter for parameter in command_of(name).params}
    arguments = [key for key, one in options.items() if not one.opts[0].startswith("--")]
    assert words[5 : 5 + len(arguments)] == [f"{{{key}}}" for key in arguments]
    for key in set(placeholders) - set(arguments):
        assert words[words.index(f"{{{key}}}") - 1] == options[key].opts[0], key


def test_the_environment_is_the_locked_one_without_python_version_or_index():
    assert PROJECT["python_env"] == "python_env.yaml"
    assert not {"conda_env", "docker_env"} & set(PROJECT)
    assert yaml.safe_load((ROOT / PROJECT["python_env"]).read_text()) == {
        "dependencies": ["-r requirements.txt"]
    }


def test_requirements_pin_everything_that_pyproject_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert all(re.fullmatch(r"\d[\w.]*", version) for version in pins.values())
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {normal(name): version for name, version in pins.items()}
    asked = [one for one in map(Requirement, wanted) if one.name != "glorot-sweep"]  # its extras
    versions = {str(one): locked[normal(one.name)] for one in asked}  # each has one
    assert [one for one in asked if versions[str(one)] not in one.specifier] == []


def test_what_the_package_needs_has_a_lower_bound():
    """An installation without the lock must not get what has never been tried."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for one in map(Requirement, project["dependencies"]):
        assert {bound.operator for bound in one.specifier} & {">=", "~="}, one
