"""Every call of glorot_sweep and mlflow in docker/ is one that the installed versions accept."""

import functools
import json
import re
import shlex
import warnings
from typing import Any

import pytest
import typer
from composition import DOCKER, ROOT, instructions, services

from glorot_sweep.cli import app as cli


@functools.cache
def command_of(program: str) -> Any:
    """Return the command line of a program; MLflow's own is imported when a test needs it."""
    if program == "glorot_sweep":
        return typer.main.get_command(cli.app)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own, at import
        if program == "mlflow":
            import mlflow.cli

            return mlflow.cli.cli
        pytest.importorskip("flask_wtf", reason="the extra dev is not installed")
        import mlflow.server.auth.cli

        return mlflow.server.auth.cli.commands


def accept(command: Any, words: list[str]) -> Any:
    """Parse the words as the command's subcommand would, without running anything."""
    words = list(words)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    return command.make_context(command.name, words)


def calls_in_compose():
    for name, service in services().items():
        words = service.get("command", [])
        if words[:3] == ["python", "-m", "glorot_sweep"]:
            yield pytest.param("glorot_sweep", words[3:], id=f"compose-{name}")
        elif words[:1] == ["mlflow"]:
            yield pytest.param("mlflow", words[1:], id=f"compose-{name}")


def calls_in_migration():
    for line in (DOCKER / "migrate.sh").read_text().splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["mlflow"]:
            yield pytest.param("mlflow", words[1:], id="migrate-mlflow")
        if words[:3] == ["python", "-m", "mlflow.server.auth"]:
            yield pytest.param("mlflow.server.auth", words[3:], id="migrate-auth")


CALLS = [*calls_in_compose(), *calls_in_migration()]


def test_none_is_overlooked():
    assert [call.id for call in CALLS] == [
        "compose-mlflow", "compose-sweep-cpu", "compose-sweep-gpu", "compose-report",
        "migrate-mlflow", "migrate-auth",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("program", "words"), CALLS)
def test_it_is_accepted(program, words):
    assert accept(command_of(program), words).params


@pytest.mark.slow
@pytest.mark.parametrize(("program", "words"), CALLS)
def test_a_renamed_option_would_be_refused(program, words):
    with pytest.raises(Exception, match=r"[Nn]o such option"):
        accept(command_of(program), [*words, "--no-such-option", "x"])


def test_the_images_own_commands_exist():
    commands = [json.loads(rest) for _, word, rest in instructions() if word == "CMD"]
    assert commands == [["mlflow", "--version"], ["python", "-m", "glorot_sweep", "--help"]]


def test_the_sweep_asks_for_ray_and_says_nothing_of_devices():
    words = services()["sweep-gpu"]["command"]
    options = accept(command_of("glorot_sweep"), words[3:]).params
    assert options["executor"] == "ray"
    assert not {"--workers", "--address"} & set(words)  # every GPU of this machine
    assert options["storage"].startswith("postgresql+psycopg://optuna@postgres")


def test_the_named_sweep_file_exists():
    words = services(SWEEP="tiny")["sweep-cpu"]["command"]
    assert words[4] == "/sweeps/tiny.yaml"
    assert "../sweeps:/sweeps:ro" in services()["sweep-cpu"]["volumes"]
    assert (ROOT / "sweeps" / "tiny.yaml").is_file()
    assert services(SWEEP="tiny")["report"]["command"][-1] == "tiny"


def test_commands_in_the_documentation_are_accepted():
    text = (ROOT / "docs" / "containers.md").read_text().replace("\\\n", " ")
    found = [shlex.split(line) for line in re.findall(r"python -m glorot_sweep [^\n`]+", text)]
    assert found
    for words in found:
        accept(command_of("glorot_sweep"), words[3:])


def test_documented_commands_mean_the_services_of_the_profile_too():
    """Without its profile a service is left out, by `stop` too: the sweep would run on."""
    text = (ROOT / "docs" / "containers.md").read_text()
    first = text.index("docker compose")
    assert "export COMPOSE_FILE=docker/compose.yaml COMPOSE_PROFILES=" in text[:first]
    assert "--profile" not in text
