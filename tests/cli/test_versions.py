"""`--version` says what is installed."""

import platform
from importlib import metadata

import numpy
import torch

import glorot_sweep
from glorot_sweep.cli import versions


def test_they_are_those_of_the_modules():
    assert versions.version_lines() == [
        f"glorot-sweep {glorot_sweep.__version__}",
        f"Python {platform.python_version()}",
        f"torch {torch.__version__}",
        f"pytorch-lightning {metadata.version('pytorch-lightning')}",
        f"numpy {numpy.__version__}",
        *(f"{name} {metadata.version(name)}" for name in ("scipy", "mlflow", "optuna", "ray")),
    ]


def test_what_is_missing_is_said(monkeypatch):
    monkeypatch.setattr(versions, "LIBRARIES", ("no-such-library",))
    assert versions.version_lines()[-1] == "no-such-library is not installed"
