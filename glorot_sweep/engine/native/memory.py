"""How much memory trials take in a native pack."""

from glorot_sweep.engine.native.panels import Panels, padded
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.specs import TrialSpec

FLOAT_BYTES = 4


def n_weights(trial: TrialSpec, n_inputs: int, n_classes: int) -> int:
    """Return the weights and biases of a trial, those of padded units included."""
    return Panels((n_inputs, *trial.layer_widths, n_classes)).count


def trial_bytes(trial: TrialSpec, n_inputs: int, n_classes: int, n_traced: int) -> int:
    """Return about how much memory a trial takes: parameters, buffers, traces.

    Buffers are a thread's, and counted as if each trial had its own.
    """
    rule = STEP_RULES[trial.variant.step_rule]
    copies = 1 + len(rule.kept) + len(rule.derived) + bool(rule.curvature_every)
    units = [n_inputs, *trial.layer_widths, n_classes]
    buffers = 2 * sum(map(padded, units)) + 3 * padded(max(units))
    numbers = copies * n_weights(trial, n_inputs, n_classes)
    numbers += padded(trial.batch_size) * buffers + 3 * n_traced * sum(units[1:])
    return FLOAT_BYTES * numbers
