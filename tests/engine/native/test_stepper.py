"""What a native stepper refuses, and how it fails."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from builders import a_pack, a_trial

from glorot_sweep.engine.choice import missing_form
from glorot_sweep.engine.native.stepper import NativeStepper
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.costs import COSTS
from glorot_sweep.parts.step_rules import STEP_RULES, StepRule
from glorot_sweep.parts.variants import VARIANTS, Variant
from glorot_sweep.specs import Pretraining


def own_activation(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "mine", Activation("mine", "somewhere:Mine"))
    return {"activation": "mine"}


def own_activation_of_a_known_name(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "tanh", Activation("tanh", "somewhere:Tanh"))
    return {"activation": "tanh"}


def own_cost(monkeypatch):
    monkeypatch.setitem(COSTS, "mine", replace(COSTS["quadratic"], name="mine"))
    return {"cost": "mine"}


def own_step_rule(monkeypatch):
    monkeypatch.setitem(STEP_RULES, "mine", StepRule("mine", "somewhere:Mine"))
    return {"step_rule": "mine"}


@pytest.mark.parametrize(
    ("register", "line"),
    [
        (own_activation, "its activation 'mine' has no native form"),
        (own_activation_of_a_known_name, "its activation 'tanh' has no native form"),
        (own_cost, "its cost 'mine' has no native form"),
        (own_step_rule, "its step rule 'mine' has no native form"),
    ],
)
def test_a_part_without_a_native_form(register, line, monkeypatch):
    """Wherever in the pack; nothing is trained as something else."""
    changes = {"activation": "tanh", "initialization": "normalized", **register(monkeypatch)}
    trial = a_trial("odd", variant=Variant("row", "Row", **changes))
    assert missing_form(trial.variant) == line
    usual = replace(trial, key="usual", variant=Variant("s", "S", "sigmoid", "standard"))
    pack = [usual, trial] if trial.pace == usual.pace else [trial]
    with pytest.raises(ValueError, match=re.escape(f"odd: {line}")):
        NativeStepper(a_pack(*pack), 23, 9)


@pytest.mark.parametrize("name", VARIANTS)
def test_all_of_our_own_has_a_native_form(name):
    assert missing_form(VARIANTS[name]) is None


@pytest.mark.parametrize(
    "changes", [{"precision": "float64"}, {"device": "cuda"}], ids=["precision", "device"]
)
def test_another_device_or_precision(changes):
    with pytest.raises(ValueError, match=r"float32 on the CPU, got float(32|64) on (cuda|cpu)"):
        NativeStepper(a_pack(a_trial(), **changes), 23, 9)


def told(images=None, labels=None, streams=()):
    """Ten examples of the shape that is right, or of another."""
    images = torch.zeros(*streams, 10, 23, dtype=torch.uint8) if images is None else images
    return images, torch.zeros(images.shape[:-1], dtype=torch.int64) if labels is None else labels


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (
            told(torch.zeros(10, 23)),
            "8-bit images ['n', 23] are needed, got torch.float32 [10, 23]",
        ),
        (told(torch.zeros(10, 22, dtype=torch.uint8)), "got torch.uint8 [10, 22]"),
        (told(torch.zeros(1, 10, 23, dtype=torch.uint8)), "got torch.uint8 [1, 10, 23]"),
        (told(labels=torch.zeros(10)), "labels must be int64 [10], got torch.float32 [10]"),
        (told(labels=torch.arange(9)), "labels must be int64 [10], got torch.int64 [9]"),
        (told(labels=torch.arange(10)), "labels must be classes 0 .. 8, got 0 .. 9"),
        (told(labels=torch.arange(10) - 3), "labels must be classes 0 .. 8, got -3 .. 6"),
    ],
)
def test_what_would_be_read_beyond_its_end(wrong, line):
    stepper = NativeStepper(a_pack(a_trial()), 23, 9)
    for look in (stepper.answer, stepper.trace):
        with pytest.raises(ValueError, match=re.escape(line)):
            look(*wrong)


def test_streams_that_are_missing():
    trials = [a_trial(f"t{seed}", data_seed=seed) for seed in (1, 2)]
    stepper = NativeStepper(a_pack(*trials), 23, 9)
    stepper.update_chunk(*told(streams=(2,)))
    for streams in ((1,), (), (3,)):
        with pytest.raises(ValueError, match=re.escape("8-bit images [2, 'n', 23] are needed")):
            stepper.update_chunk(*told(streams=streams))


def test_streams_that_are_missing_in_pretraining():
    variant = VARIANTS["tanh_pretrained"]
    trial = a_trial(variant=variant, pretraining=Pretraining(5, 0.01, 0.1))
    stepper = NativeStepper(a_pack(trial), 23, 9)
    with pytest.raises(ValueError, match=re.escape("got torch.uint8 [10, 23]")):
        stepper.pretrain_chunk(told()[0], 0)
    stepper.pretrain_chunk(told(streams=(1,))[0], 0)


STARVED = """
import resource, torch
from builders import a_pack, a_trial
from glorot_sweep.engine.native.stepper import NativeStepper
stepper = NativeStepper(a_pack(a_trial(batch_size=20_000, width=1_000)), 23, 9)
images, labels = torch.zeros(1, 20_000, 23, dtype=torch.uint8), torch.zeros(1, 20_000).long()
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize(),) * 2)
stepper.update_chunk(images, labels)
"""


@pytest.mark.slow
def test_memory_that_cannot_be_had():
    """The process ends, as if the kernel had ended it, but says why."""
    done = subprocess.run(
        [sys.executable, "-c", STARVED], check=False, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGABRT
    assert re.search(r"the native core cannot have \d{9} bytes of memory", done.stderr)
