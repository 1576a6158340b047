"""On a CPU without vectors that the native core knows, `auto` takes torch and `native` obeys."""

import pytest

from glorot_sweep.engine.choice import resolve_engine
from glorot_sweep.engine.native import forms
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import NATIVE, TORCH


@pytest.fixture(autouse=True)
def without_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "forms_here", lambda: ("scalar",))
    monkeypatch.delenv(forms.VARIABLE, raising=False)


def resolved(wanted: str) -> tuple[str, str]:
    found = resolve_engine(wanted, VARIANTS["tanh"], lacks=lambda: None)
    return found.engine, found.reason


def test_auto_takes_torch_and_says_why() -> None:
    engine, reason = resolved("auto")
    assert engine == TORCH
    assert "no vectors" in reason


def test_who_names_the_engine_has_it() -> None:
    assert resolved("native") == (NATIVE, "")


def test_who_forces_the_form_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(forms.VARIABLE, "scalar")
    assert resolved("auto") == (NATIVE, "")
