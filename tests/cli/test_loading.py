"""Nobody looks for garbage while PyTorch and MLflow are imported, nor among them afterwards."""

import gc
import subprocess
import sys

import pytest
from sweep_fixtures import clean_process, stores

from glorot_sweep.cli.loading import LARGE, loading

__all__ = ["clean_process", "stores"]

# Runs the command line; says at its end how often all objects were looked through.
COUNTS = """
import gc, sys
from glorot_sweep.cli.app import main
searches = []
gc.callbacks.append(lambda phase, found: searches.append(found["generation"]))
try: main()
except SystemExit: pass
print(searches.count(2), gc.get_freeze_count(), "mlflow" in sys.modules)
"""


@pytest.fixture
def nothing_large(monkeypatch):
    for name in LARGE:
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_the_collector_is_off_inside_and_what_is_there_then_is_frozen(nothing_large):
    before, brought = gc.get_freeze_count(), []
    with loading():
        assert not gc.isenabled()
        brought += [[n] for n in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + 1000


def test_it_is_on_again_where_an_import_fails(nothing_large):
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LARGE))
def test_nothing_is_changed_where_it_is_loaded(monkeypatch, nothing_large, name):
    monkeypatch.setitem(sys.modules, name, sys)
    before, enabled = gc.get_freeze_count(), gc.isenabled()
    with loading():
        assert gc.isenabled() is enabled
    assert gc.get_freeze_count() <= before  # what was frozen before may have died meanwhile


@pytest.mark.slow
def test_a_command_imports_that_way(stores):
    words = ["list", "--tracking-uri", f"sqlite:///{stores / 'mlflow.db'}", "--experiment", "none"]
    ended = subprocess.run(
        [sys.executable, "-c", COUNTS, *words], capture_output=True, text=True, check=True
    )
    full, frozen, large = ended.stdout.split()[-3:]
    assert large == "True"
    assert int(frozen) > 100_000
    assert int(full) == 0
