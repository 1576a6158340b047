"""Networks of everything that a sweep file can name, and digests of all that they become."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from builders import a_pack, a_trial, random_examples
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.data.dataset import Examples
from glorot_sweep.engine.native.forms import VARIABLE
from glorot_sweep.engine.native.networks import ACTIVATIONS, COSTS, RULES
from glorot_sweep.engine.native.stepper import NativeStepper
from glorot_sweep.engine.trace import Trace
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.variants import Variant
from glorot_sweep.specs import Pretraining, TrialSpec

BATCHES = (10, 1, 7, 16, 32, 1_000)
INPUTS = (23, 16, 40, 1, 33, 50)
CLASSES = (9, 2, 20, 16, 10, 17)
WIDTHS = (20, 33, 16, 1, 48, 5, 64, 17, 32, 50)
"""On either side of the core's blocks of 16 and 32 columns."""

STREAMS = 2
TRACED = 75  # examples: more than one pass


@dataclass(frozen=True)
class Case:
    """Some networks, and what they are shown.

    Attributes:
        trials: of one batch size; what may be in one pack is.
        inputs: units of the input.
        classes: units of the output.
        updates: of the whole networks, in chunks of up to `chunk`.
        answered: examples that the networks answer; some are traced.
    """

    trials: tuple[TrialSpec, ...]
    inputs: int
    classes: int
    updates: int
    answered: int = 150
    chunk: int = 500

    @property
    def batch(self) -> int:
        return self.trials[0].batch_size

    def part(self, streams: Sequence[int], first: int, count: int) -> Examples:
        """Examples of some streams, [streams, count, inputs] and [streams, count]."""
        parts = [
            random_examples(count, self.inputs, self.classes, 1_000 * first + stream)
            for stream in streams
        ]
        images = torch.stack([part.images for part in parts])
        return Examples(images, torch.stack([part.labels for part in parts]))


def variant_of(activation: str, cost: str, rule: str, **changes: Any) -> Variant:
    """Any combination, whether or not it is a row of a table."""
    draw = "he" if activation in {"relu", "softplus"} else "normalized"
    return Variant(f"{activation}-{cost}-{rule}", "", activation, draw, cost, rule, **changes)


def widths_of(number: int, depth: int) -> dict[str, Any]:
    """Equal ones, of which there are packs, or unequal ones, by turns."""
    if number % 2:
        return {"width": 33}
    return {"widths": tuple(WIDTHS[(3 * number + i) % len(WIDTHS)] for i in range(depth))}


def steps_of(rule: str, batch: int) -> dict[str, Any]:
    """A schedule at every other batch size, and decay unless the rule refuses it."""
    if BATCHES.index(batch) % 2 == 0:
        return {}
    decay = 0.0 if STEP_RULES[rule].has_damping else 0.05
    return {"schedule": "warm_up_cosine", "weight_decay": decay}


def case_of(
    rule: str, batch: int, updates: int, chosen: slice = slice(None), **changes: Any
) -> Case:
    """All activations, costs and depths, or some of them, at one step rule and batch size."""
    steps, has_damping = steps_of(rule, batch), STEP_RULES[rule].has_damping
    number = BATCHES.index(batch) + RULES.index(rule)
    inputs, classes = (sizes[number % len(sizes)] for sizes in (INPUTS, CLASSES))
    kinds = [*enumerate(product(range(1, 6), COSTS, ACTIVATIONS))][chosen]
    trials = tuple(
        a_trial(
            f"{activation}-{cost}-{depth}",
            variant=variant_of(activation, cost, rule, **steps),
            depth=depth,
            **widths_of(i, depth),
            learning_rate=(0.05 if rule == "sgd" else 0.005) * 1.01**i,
            damping=0.1 + 0.01 * i if has_damping else None,
            weight_seed=i,
            data_seed=i % STREAMS,
            input_scaling=("unit", "symmetric")[i // 2 % 2],
            batch_size=batch,
            updates=updates,
        )
        for i, (depth, cost, activation) in kinds
    )
    return Case(trials, inputs, classes, updates, **changes)


def pretrained_case(batch: int, each: int, updates: int, chosen: slice = slice(None)) -> Case:
    """All activations, or some of them, at several depths, all hidden layers pre-trained."""
    kinds = [*enumerate(product((1, 3), ACTIVATIONS))][chosen]
    trials = tuple(
        a_trial(
            f"{activation}-{depth}",
            variant=variant_of(activation, "log_likelihood", "sgd", pretrained=True),
            depth=depth,
            **widths_of(i, depth),
            pretraining=Pretraining(each, 0.01, 0.1 + 0.02 * i),
            weight_seed=i,
            data_seed=i % STREAMS,
            batch_size=batch,
            updates=updates,
        )
        for i, (depth, activation) in kinds
    )
    return Case(trials, 23, 9, updates)


@contextmanager
def forced(form: str) -> Iterator[None]:
    """Let steppers that are made meanwhile have this form."""
    with patch.dict(os.environ, {VARIABLE: form}):
        yield


def packs_of(case: Case) -> Iterator[Case]:
    """The same, a pack each."""
    paces = dict.fromkeys(trial.pace for trial in case.trials)
    for pace in paces:
        yield replace(case, trials=tuple(t for t in case.trials if t.pace == pace))


def stepper_of(pack: Case, form: str) -> NativeStepper:
    """The networks of a pack at their start."""

    def images_of(seed: int, first: int, count: int) -> Tensor:
        return pack.part([seed], first, count).images[0]

    with forced(form):
        return NativeStepper(a_pack(*pack.trials), pack.inputs, pack.classes, images_of)


Digests = dict[str, dict[str, str]]
"""By the trial's key and the name of what was looked at."""


def digests_of(case: Case, form: str) -> Digests:
    """Pre-train, train, answer and trace; return digests of all that comes out."""
    found: Digests = {}
    for pack in packs_of(case):
        found |= _of_pack(pack, stepper_of(pack, form))
    return found


def _of_pack(pack: Case, stepper: NativeStepper) -> Digests:
    found: Digests = {trial.key: {} for trial in pack.trials}
    if pack.trials[0].pretraining:
        _pretrain(stepper, pack, found)
    losses = []
    for first in range(0, pack.updates, pack.chunk):
        count = min(pack.chunk, pack.updates - first) * pack.batch
        part = pack.part(stepper.data_seeds, first * pack.batch, count)
        losses.append(stepper.update_chunk(part.images, part.labels))
    shown = pack.part([STREAMS], 0, pack.answered)
    answers = stepper.answer(shown.images[0], shown.labels[0])
    for number, own in enumerate(found.values()):
        state = stepper.state_of(number)
        own["losses"] = digest(*(chunk[:, number] for chunk in losses))
        own["weights"] = digest(*chain(*state.layers))
        is_finite = all(np.isfinite(array).all() for array in chain(*state.layers))
        own["state"] = "finite" if is_finite else "diverged"
        own["estimates"] = digest(*chain(*chain(*state.estimates.values())))
        own["answers"] = digest(answers.classes[number], answers.log_likelihoods[number])
    _look(stepper.trace(shown.images[0, :TRACED], shown.labels[0, :TRACED]), list(found.values()))
    return found


def digest(*arrays: NDArray[Any]) -> str:
    """SHA-256 of contents; what is no number is one thing, zeros of either sign are two."""
    whole = hashlib.sha256()
    for array in arrays:
        is_float = array.dtype.kind == "f"
        one = np.where(np.isnan(array), np.nan, array) if is_float else array
        whole.update(np.ascontiguousarray(one).astype(array.dtype.newbyteorder("<")).tobytes())
    return whole.hexdigest()


def _pretrain(stepper: NativeStepper, pack: Case, found: Digests) -> None:
    """Two chunks a layer, so that the decoder's biases are there to be seen after the first."""
    settings = pack.trials[0].pretraining
    assert settings is not None
    first = settings.updates // 2
    for layer in range(max(trial.depth for trial in pack.trials)):
        for count in (first, settings.updates - first):
            part = pack.part(stepper.data_seeds, stepper.pretrained, count * pack.batch)
            stepper.pretrain_chunk(part.images, layer)
            for number, (trial, own) in enumerate(zip(pack.trials, found.values(), strict=True)):
                if trial.depth <= layer:
                    continue
                state = stepper.state_of(number)
                visible = () if state.visible_bias is None else (state.visible_bias,)
                own[f"pretrained {stepper.pretrained}"] = digest(*chain(*state.layers), *visible)


def _look(trace: Trace, found: Sequence[dict[str, str]]) -> None:
    hidden = {f"layer {layer}": seen for layer, seen in enumerate(trace.hidden)}
    for name, seen in {**hidden, "output": trace.output}.items():
        for place, number in enumerate(seen.trials):
            those = (seen.activations, seen.derivatives, seen.gradients)
            arrays = [one[place].numpy() for one in those if one is not None]
            found[number][name] = digest(*arrays)
    for number, own in enumerate(found):
        own["log-probabilities"] = digest(trace.log_probabilities[number].numpy())
