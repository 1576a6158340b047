"""What the Tab key offers."""

import os
import subprocess
import sys

import pytest
from sweep_builders import place_in, store_uri
from sweep_fixtures import clean_process, stores

from glorot_sweep.config.datasets import DATASETS
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.stored_names import stored_sweeps

__all__ = ["clean_process", "stores"]


@pytest.fixture
def offered(stores, monkeypatch):
    """Asks as bash does; returns what it is offered."""
    monkeypatch.chdir(stores)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "tests")

    def ask(*words):
        asked = {
            "_GLOROT_SWEEP_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(("glorot-sweep", *words)),
            "COMP_CWORD": str(len(words)),
        }
        program = "import sys; sys.argv = ['glorot-sweep']; from glorot_sweep.cli import app; "
        ended = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", f"{program} app.main()"],
            capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **asked},
        )  # fmt: skip
        assert not [one for one in ("mlflow", "torch") if f" {one}\n" in ended.stderr]
        return ended.stdout.split()

    return ask


def create(place, name, kind="sweep"):
    return RunStore(place.client, place.experiment_id).create(name, {"kind": kind, "sweep": name})


@pytest.mark.slow
def test_sweeps_of_the_experiment_that_is_meant(offered, stores):
    place = place_in(stores)
    for name in ("tiny", "tiny-2", "quick", "gone"):
        create(place, name)
    create(place, "tiny-report", kind="report")
    create(place, "tiny")
    place.client.delete_run(create(place, "tiny-gone").run_id)
    for command in ("report", "status", "delete", "repair"):
        assert offered(command, "ti") == ["tiny", "tiny-2"]
    assert offered("report", "--experiment", "other", "ti") == []
    assert offered("report", "--tracking-uri", store_uri(stores), "q") == ["quick"]


@pytest.mark.slow
def test_parts_by_name(offered):
    assert offered("train", "--variant", "tanh_n_") == [
        name for name in VARIANTS if name.startswith("tanh_n_")
    ]
    assert offered("init-study", "--dataset", "") == list(DATASETS)
    assert offered("sweep", "x.yaml", "--executor", "r") == ["ray"]
    assert "validate" in offered("va")


@pytest.mark.slow
@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("http://127.0.0.1:9", marks=pytest.mark.slow),
        pytest.param("file:x", marks=pytest.mark.slow),
        "sqlite:///none.db",
    ],
)
def test_where_a_server_would_have_to_be_asked_nothing_is_offered(offered, stores, uri):
    assert offered("report", "--tracking-uri", uri, "") == []
    assert not (stores / "none.db").exists()


def test_a_store_that_cannot_be_read_offers_nothing(tmp_path):
    (tmp_path / "mlflow.db").write_text("no database at all, but long enough to be read as one")
    assert stored_sweeps(store_uri(tmp_path), "tests") == []


@pytest.mark.slow
def test_the_shell_can_be_given_the_script():
    """The command asks which shell has started it; a test may have been started by none."""
    program = "import sys; sys.argv[0] = 'glorot-sweep'; from glorot_sweep.cli import app; "
    in_bash = ["bash", "-c", '"$0" -c "$1" --show-completion; exit $?', sys.executable]
    ended = subprocess.run(
        [*in_bash, f"{program} app.main()"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "_GLOROT_SWEEP_COMPLETE" in ended.stdout + ended.stderr
