"""What the images install is what the lock names."""

import re
import subprocess
import sys
import tomllib

import pytest
from composition import DOCKER, ROOT

sys.path.insert(0, str(DOCKER))
from check_locked import locked, normal, strangers

LOCK = str(ROOT / "requirements.txt")
SERVER = str(DOCKER / "server-requirements.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_server_gets_the_versions_of_the_lock():
    lock, server = locked([LOCK]), locked([SERVER])
    assert {"mlflow", "optuna", "psycopg", "psycopg-binary", "flask-wtf"} <= set(server)
    differing = {name: server[name] for name in server.keys() & lock.keys()}
    assert differing == {name: lock[name] for name in differing}
    assert {"mlflow", "optuna"} <= set(differing)


def test_only_exact_versions_stand_in_the_servers_file():
    lines = (DOCKER / "server-requirements.txt").read_text().splitlines()
    for line in lines:
        assert line.startswith("#") or re.fullmatch(r"[\w.-]+(\[\w+\])?==\d[\w.]*", line), line


def test_a_package_that_is_not_locked_is_a_stranger():
    pins = {"torch": "2.13.0", "numpy": "2.4.6"}
    assert strangers({"torch": "2.13.0+cpu", "numpy": "2.4.6", "nvidia-nccl-cu13": "1"}, pins) == []
    assert strangers({"torch": "2.12.0+cpu"}, pins) == ["torch==2.12.0+cpu (locked: 2.13.0)"]
    assert strangers({"requets": "1.0"}, pins) == ["requets==1.0 (locked: not at all)"]


def test_locks_are_read_with_names_as_the_index_spells_them(tmp_path):
    file = tmp_path / "lock.txt"
    file.write_text("# a comment==1\nFlask_WTF==1.3.0\nmlflow[auth]==3.17.2\n\n")
    assert locked([str(file)]) == {"flask-wtf": "1.3.0", "mlflow": "3.17.2"}
    assert normal("Flask_WTF") == "flask-wtf"


def test_what_is_wanted_is_what_pyproject_says(tmp_path):
    file = tmp_path / "pyproject.toml"
    file.write_text(
        '[project]\ndependencies = ["a", "b>1"]\noptional-dependencies = {x = ["c"], y = ["d"]}\n'
    )
    command = [sys.executable, DOCKER / "wanted.py", file, "y"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["a", "b>1", "d"]


@pytest.mark.parametrize("extra", ["ray", "postgres"])
def test_the_extras_that_the_worker_image_installs_exist_and_are_locked(extra):
    lines = PROJECT["optional-dependencies"][extra]
    names = {normal(re.match(r"[\w.-]+", line)[0]) for line in lines}
    assert names <= set(locked([LOCK]))
