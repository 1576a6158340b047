"""A small support vector machine in this process, whole or interrupted."""

from pathlib import Path

from rich.console import Console
from sweep_builders import store_uri

from glorot_sweep.svm import job as svm_job
from glorot_sweep.svm.job import run_svm
from glorot_sweep.svm.request import SvmRequest

REQUEST = SvmRequest("shapeset", 200, 120, trials=2, seed=1, memory=2.0)
SAME = ("final/test_error_percent", "support_vectors", "c", "gamma")  # in every repetition


def storage_of(stores: Path) -> str:
    return f"sqlite:///{stores / 'optuna.db'}"


def fit(stores, request=REQUEST, console=None):
    console = console or Console(quiet=True)
    return run_svm(request, store_uri(stores), "tests", storage_of(stores), console)


def interrupt_after(monkeypatch, calls, error):
    """Let work fail after so many calls."""
    done, real = [], svm_job.interruptible

    def counted(work, check):
        if len(done) == calls:
            raise error
        done.append(1)
        return real(work, check)

    monkeypatch.setattr(svm_job, "interruptible", counted)
    return done
