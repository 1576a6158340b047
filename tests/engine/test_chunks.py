"""A chunk is whole updates, and networks are asked about something."""

import pytest
import torch
from builders import a_pack, a_trial
from steppers import EACH_STEPPER

from glorot_sweep.engine.engines import make_stepper
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import Pretraining

N_INPUTS, N_CLASSES = 23, 9
NOT_WHOLE = pytest.mark.parametrize("examples", [0, 9, 25])


def images(*shape):
    return torch.zeros(*shape, N_INPUTS, dtype=torch.uint8)


def labels(*shape):
    return torch.zeros(*shape, dtype=torch.int64)


@EACH_STEPPER
@NOT_WHOLE
def test_updates_of_the_whole_networks(engine, examples):
    stepper = make_stepper(engine, a_pack(a_trial(batch_size=10)), N_INPUTS, N_CLASSES)
    with pytest.raises(ValueError, match=f"whole updates of 10 examples, got {examples} examples"):
        stepper.update_chunk(images(1, examples), labels(1, examples))
    assert stepper.updates == 0
    assert stepper.update_chunk(images(1, 20), labels(1, 20)).shape == (2, 1)


@EACH_STEPPER
@NOT_WHOLE
def test_updates_of_pretraining(engine, examples):
    variant, settings = VARIANTS["tanh_pretrained"], Pretraining(5, 0.01, 0.1)
    trial = a_trial(variant=variant, pretraining=settings, batch_size=10)
    stepper = make_stepper(engine, a_pack(trial), N_INPUTS, N_CLASSES)
    with pytest.raises(ValueError, match=f"whole updates of 10 examples, got {examples} examples"):
        stepper.pretrain_chunk(images(1, examples), 0)
    assert stepper.pretrained == 0
    stepper.pretrain_chunk(images(1, 20), 0)
    assert stepper.pretrained == 2


@EACH_STEPPER
def test_questions_about_no_example(engine):
    stepper = make_stepper(engine, a_pack(a_trial()), N_INPUTS, N_CLASSES)
    for ask in (stepper.answer, stepper.trace):
        with pytest.raises(ValueError, match="asked about one or more examples, got none"):
            ask(images(0), labels(0))
    assert stepper.answer(images(1), labels(1)).classes.shape == (1, 1)
