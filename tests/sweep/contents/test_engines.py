"""The engines of a sweep: settled once, kept to, and said."""

from collections import Counter

import pytest
from sweep_builders import config, small_dataset, spec

from glorot_sweep.engine.choice import NO_CORE, Resolved
from glorot_sweep.errors import UserError
from glorot_sweep.parts.initializations import INITIALIZATIONS, Initialization
from glorot_sweep.parts.schedules import SCHEDULES, Schedule
from glorot_sweep.sweep.contents.engines import (
    are_portable,
    device_to_go_on,
    engine_words,
    fallback_lines,
    on_its_engine,
    refuse_another_engine,
    settle,
)
from glorot_sweep.sweep.execution.devices import LocalDevices

NATIVE, TORCH = Resolved("native"), Resolved("torch")
BOTH = {"tanh": NATIVE, "tanh_n": TORCH}


def test_each_variant_is_settled_and_the_core_is_looked_for_once():
    asked = Counter()

    def lacks():
        asked["core"] += 1

    assert settle(config(), "cpu", None, lacks) == {"tanh": NATIVE, "tanh_n": NATIVE}
    assert asked["core"] == 1
    assert settle(config({"network.engine": "torch"}), "cpu", None, lacks) == {
        "tanh": TORCH, "tanh_n": TORCH,
    }  # fmt: skip


@pytest.mark.parametrize("wanted", ["auto", "native", "torch"])
def test_a_continuation_keeps_what_was_settled_whatever_could_be_had_now(wanted):
    settings = config({"network.engine": wanted})
    assert settle(settings, "cpu", BOTH, lambda: None) == BOTH
    torch = dict.fromkeys(BOTH, TORCH)
    assert settle(settings, "cuda", torch, lambda: "no compiler") == torch


def test_a_variant_that_the_file_leaves_out_is_not_settled():
    """Where the stored identity is lost, its file is refused by the hash, later."""
    assert settle(config({"variants": ["tanh_n"]}), "cpu", BOTH, lambda: None) == {"tanh_n": TORCH}


@pytest.mark.parametrize(
    ("device", "lack", "reason", "remedy"),
    [
        ("cuda", None, "the device is cuda", "use execution.device cpu, or"),
        ("cpu", "no compiler", f"{NO_CORE}: no compiler", "mend that, or"),
    ],
)
def test_a_continuation_that_cannot_have_its_engine_is_refused_by_name(
    device, lack, reason, remedy
):
    message = (
        f"'small' was begun with the native engine, which tanh cannot have here: {reason}.*{remedy}"
    )
    with pytest.raises(UserError, match=message):
        settle(config(), device, BOTH, lambda: lack)


@pytest.mark.parametrize("wanted", ["auto", "cpu", "cuda"])
@pytest.mark.parametrize("begun", [None, BOTH, dict.fromkeys(BOTH, TORCH)])
def test_beside_a_gpu_what_was_begun_with_the_native_engine_goes_on_on_the_cpu(wanted, begun):
    """A new sweep, and one of the torch engine, takes the GPU."""
    settings = config({"execution.device": wanted})
    device = "cuda" if wanted == "auto" else wanted
    keeps_native = begun is BOTH and wanted == "auto"
    assert device_to_go_on(settings, device, begun) == ("cpu" if keeps_native else device)


def test_local_devices_keep_to_it():
    here = LocalDevices("cuda")
    ready = here.start(config(), {"shapeset": small_dataset()}, BOTH)
    assert (here.device, ready.sizes.device, ready.engines) == ("cpu", "cpu", BOTH)


@pytest.mark.parametrize(
    ("wanted", "engine", "names"), [("native", "torch", "tanh_n"), ("torch", "native", "tanh")]
)
def test_a_file_that_asks_for_another_engine_is_refused_by_name(wanted, engine, names):
    settings = config({"network.engine": wanted})
    message = f"begun with the engine {engine} for {names}, and network.engine is {wanted}"
    with pytest.raises(UserError, match=message):
        refuse_another_engine(settings, BOTH)
    refuse_another_engine(settings, dict.fromkeys(BOTH, Resolved(wanted)))
    refuse_another_engine(config(), BOTH)


def test_a_specification_gets_the_engine_of_its_variant():
    assert on_its_engine(spec(variant="tanh"), BOTH).engine == "native"
    assert on_its_engine(spec(variant="tanh_n"), BOTH).engine == "torch"


def test_engines_are_portable_if_those_of_all_variants_are(monkeypatch):
    draws = {"tanh": "standard", "tanh_n": "normalized", "mine": "mine"}
    parts = {name: (draw, "cosine") for name, draw in draws.items()}
    assert are_portable({"tanh": NATIVE, "tanh_n": NATIVE}, parts)
    assert not are_portable(BOTH, parts)
    monkeypatch.setitem(INITIALIZATIONS, "mine", Initialization("mine", "mine:draw"))
    assert not are_portable({"tanh": NATIVE, "mine": NATIVE}, parts)
    monkeypatch.setitem(SCHEDULES, "own", Schedule("own", "mine:factors"))
    parts["mine"] = ("standard", "own")
    assert not are_portable({"tanh": NATIVE, "mine": NATIVE}, parts)


def test_the_word_of_a_sweep_names_both():
    assert engine_words(BOTH) == "native+torch"
    assert engine_words({"tanh": NATIVE}) == "native"


def test_one_line_says_why_auto_fell_back():
    without = Resolved("torch", f"{NO_CORE}: no C compiler")
    odd = Resolved("torch", "its cost 'odd' has no native form")
    assert fallback_lines(dict.fromkeys("abc", without)) == [
        f"engine torch: {NO_CORE}: no C compiler; with it, which takes a C compiler, small "
        "networks train several times faster"
    ]
    assert fallback_lines({"a": NATIVE, "b": odd, "c": odd}) == [
        "engine torch for b, c: its cost 'odd' has no native form"
    ]
    assert fallback_lines(BOTH) == []  # torch because it was asked for
