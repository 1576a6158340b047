"""How much memory trials take in a pack."""

import itertools

from glorot_sweep.engine.torch.answering import BATCH
from glorot_sweep.engine.torch.layout import padded
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.specs import TrialSpec

FLOAT_BYTES = 4


def n_weights(trial: TrialSpec, n_inputs: int, n_classes: int) -> int:
    """Return the weights and biases of a trial, those of padded units included."""
    sizes = [n_inputs, *_units(trial, n_classes)]
    return sum(a * b + b for a, b in itertools.pairwise(sizes))


def trial_bytes(trial: TrialSpec, n_inputs: int, n_classes: int, n_traced: int) -> int:
    """Return about how much memory a trial takes: weights, buffers, and traces.

    While trials leave a pack there are two copies of the weights, and what a step rule keeps and
    derives for each of them besides.
    """
    rule = STEP_RULES[trial.variant.step_rule]
    copies = 2 + len(rule.kept) + len(rule.derived)
    rows = 4 * (trial.batch_size + n_traced) + BATCH  # four buffers a layer; answering needs one
    units = sum(_units(trial, n_classes))
    return FLOAT_BYTES * (copies * n_weights(trial, n_inputs, n_classes) + rows * units)


def _units(trial: TrialSpec, n_classes: int) -> list[int]:
    return [*(padded(width) for width in trial.layer_widths), padded(n_classes)]
