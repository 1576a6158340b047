"""What the images install is what the lock names, each file by its hash."""

import re
import tomllib

import pytest
from composition import DOCKER, ROOT

from supply_chain.lock_images import CUDA, hashes, supported
from supply_chain.pins import normal, pins

LOCKED = sorted((DOCKER / "locked").glob("*.txt"))
EACH = pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.stem)
ENTRY = re.compile(r"([\w.-]+)==([\w.+]+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n")


def entries(file):
    """Return the version of each package of a file of docker/locked, which holds nothing else."""
    text = re.sub(r"^#.*\n", "", file.read_text(), flags=re.M)
    assert ENTRY.sub("", text) == "", f"{file.name} holds a line without version or hash"
    return {found[1]: found[2] for found in ENTRY.finditer(text)}


def names(requirements):
    return {normal(re.match(r"[\w.-]+", line)[0]) for line in requirements}


def packages(*stems):
    return {name for stem in stems for name in entries(DOCKER / "locked" / f"{stem}.txt")}


def test_every_file_is_looked_at():
    assert [file.stem for file in LOCKED] == ["server", "torch-cpu", "torch-cuda", "worker"]


@EACH
def test_versions_are_those_of_the_lock(file):
    found, lock = entries(file), pins([ROOT / "requirements.txt"])
    assert found
    elsewhere = {name for name in found if CUDA.fullmatch(name)} - {"torch"}
    assert {name: found[name] for name in found.keys() - elsewhere} == {
        name: lock[name] for name in found.keys() - elsewhere
    }
    assert not elsewhere or file.stem == "torch-cuda"


def test_the_worker_gets_what_pyproject_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [project["optional-dependencies"][extra] for extra in ("ray", "postgres")]
    wanted = names([*project["dependencies"], *(line for lines in extras for line in lines)])
    assert {"ray", "psycopg", "torch"} <= wanted
    for torch in ("torch-cpu", "torch-cuda"):
        assert wanted <= packages(torch, "worker")
        assert not packages(torch) & packages("worker")


def test_the_server_gets_what_its_file_asks_for():
    lines = (DOCKER / "server-requirements.txt").read_text().splitlines()
    wanted = names(line for line in lines if not line.startswith("#"))
    assert {"mlflow", "setuptools"} <= wanted <= packages("server")
    assert not packages("server") & {"torch", "ray"}


def test_hashed_are_the_wheels_that_the_images_can_install():
    fitting = [
        "cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64", "py3-none-any",
        "cp311-cp311-manylinux_2_28_aarch64", "cp39-abi3-manylinux_2_5_x86_64", "py2.py3-none-any",
    ]  # fmt: skip
    others = [
        "cp312-cp312-manylinux_2_28_x86_64", "cp311-cp311-win_amd64",
        "cp312-abi3-manylinux1_x86_64",
        "cp311-cp311-musllinux_1_2_x86_64", "cp311-cp311-manylinux_2_28_s390x",
        "cp311-cp311-manylinux_2_39_x86_64", "cp311-cp311t-manylinux_2_28_x86_64",
    ]  # fmt: skip
    package = {
        "wheels": [
            {"url": f"https://files.example/a/some-1.0-{tags}.whl", "hashes": {"sha256": tags}}
            for tags in [*others, *fitting]
        ]
    }
    assert hashes(package, supported()) == sorted(fitting)
