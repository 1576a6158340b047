"""The entrypoint turns secret files into what libpq and MLflow read, and leaks none of them."""

import json
import os
import stat
import subprocess
import sys

import pytest
from composition import DOCKER

SHOW = (
    "import json, os, sys; print(json.dumps({'environment': dict(os.environ), 'argv': sys.argv[1:],"
    " 'pid': os.getpid()}))"
)


@pytest.fixture
def secrets(tmp_path):
    folder = tmp_path / "secrets"
    folder.mkdir()
    return folder


def entrypoint(tmp_path, *command, **variables):
    environment = {
        "PATH": os.environ["PATH"],
        "SECRETS_FOLDER": str(tmp_path / "secrets"),
        "PGPASSFILE": str(tmp_path / "pgpass"),
        **variables,
    }
    return subprocess.Popen(
        ["sh", DOCKER / "entrypoint.sh", *command],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def shown(tmp_path, **variables):
    process = entrypoint(tmp_path, sys.executable, "-c", SHOW, "a b", "$HOME;", **variables)
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    return process.pid, json.loads(out)


def test_it_becomes_the_command_with_its_arguments_untouched(tmp_path, secrets):
    pid, child = shown(tmp_path)
    assert child["pid"] == pid
    assert child["argv"] == ["a b", "$HOME;"]
    assert not {"MLFLOW_TRACKING_PASSWORD", "MLFLOW_AUTH_ADMIN_PASSWORD"} & set(
        child["environment"]
    )
    assert not (tmp_path / "pgpass").exists()


def test_database_passwords_go_into_libpqs_file_alone(tmp_path, secrets):
    (secrets / "database_mlflow").write_text("one\n")
    (secrets / "database_optuna").write_text(r"t:w\o")
    _, child = shown(tmp_path)
    written = tmp_path / "pgpass"
    assert written.read_text() == "*:*:mlflow:mlflow:one\n*:*:optuna:optuna:t\\:w\\\\o\n"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600  # libpq ignores it otherwise
    assert child["environment"]["PGPASSFILE"] == str(written)
    assert "t:w" not in json.dumps(child["environment"])


def test_mlflows_secrets_become_the_variables_it_reads(tmp_path, secrets):
    for name in ("admin_password", "session_key", "tracking_password"):
        (secrets / name).write_text(f"the {name}\n")
    environment = shown(tmp_path, MLFLOW_TRACKING_USERNAME="sweep")[1]["environment"]
    assert environment["MLFLOW_AUTH_ADMIN_PASSWORD"] == "the admin_password"
    assert environment["MLFLOW_FLASK_SERVER_SECRET_KEY"] == "the session_key"
    assert environment["MLFLOW_TRACKING_PASSWORD"] == "the tracking_password"


@pytest.mark.parametrize("name", ["database_mlflow", "admin_password", "session_key"])
def test_an_empty_secret_stops_the_container(tmp_path, secrets, name):
    (secrets / name).write_text("\n")
    process = entrypoint(tmp_path, "echo", "started")
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert f"the secret {name} is empty" in errors


def test_an_account_without_its_password_stops_the_container(tmp_path, secrets):
    process = entrypoint(tmp_path, "echo", "started", MLFLOW_TRACKING_USERNAME="sweep")
    out, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert out == ""
    assert "tracking_password" in errors


def test_the_exit_code_is_the_commands(tmp_path, secrets):
    process = entrypoint(tmp_path, "sh", "-c", "exit 3")
    process.communicate(timeout=30)
    assert process.returncode == 3


def test_made_secrets_differ_are_kept_and_shut_in(tmp_path):
    script = tmp_path / "make-secrets.sh"
    script.write_text((DOCKER / "make-secrets.sh").read_text())
    subprocess.run(["sh", script], check=True)
    folder = tmp_path / "secrets"
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}
    assert len(made) == len(set(made.values())) == 7
    assert all(len(content) == 64 and int(content, 16) for content in made.values())
    (folder / "session_key").unlink()
    subprocess.run(["sh", script], check=True)
    after = {path.name: path.read_text() for path in folder.iterdir()}
    assert after.pop("session_key") != made.pop("session_key")
    assert after == made
