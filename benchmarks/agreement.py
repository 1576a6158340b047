"""Do the contenders do the same work? Their weights after 20 updates, against a float64 loop."""

import sys

import torch
from peers import BareLoop
from workload import LEARNING_RATE, Contender, Layers, Pool

from glorot_sweep.specs import TrialSpec

CHECKED_UPDATES = 20
# A float32 update rounds each weight by half a unit in its last place, and its gradient by a few
# hundred units (sums over up to 1,024 products).
GRADIENT_TOLERANCE = 1e-3


def disagreement(ours: Layers, reference: Layers, start: Layers) -> float:
    """Return the largest distance from the reference, in units of what float32 allows."""
    worst = 0.0
    for got, want, began in zip(ours, reference, start, strict=True):
        for a, b, c in zip(got, want, began, strict=True):
            change = (b - c.double()).abs().max()
            rounding = CHECKED_UPDATES * torch.finfo(torch.float32).eps / 2 * b.abs().max()
            allowed = GRADIENT_TOLERANCE * change + rounding
            worst = max(worst, float((a.double() - b).abs().max() / allowed))
    return worst


def check_agreement(
    contenders: list[Contender], pool: Pool, specs: tuple[TrialSpec, ...], starts: list[Layers]
) -> dict[str, float]:
    """Train every contender from its start for 20 updates; compare with float64.

    Args:
        contenders: each trains the first of the trials, or all of them.
        pool: on the CPU or a GPU; the float64 loops run beside it on the same device.
        specs: the trials.
        starts: their initial weights.

    Returns:
        The largest disagreement of each, in units of the tolerance: at most 1.

    Raises:
        SystemExit: some contender does other work.
    """
    networks: list[tuple[str, list[Layers]]] = []
    for contender in contenders:
        contender.train_each(CHECKED_UPDATES)
        networks.append((contender.name, contender.networks()))
    found = {name: 0.0 for name, _ in networks}
    for trial, (spec, start) in enumerate(zip(specs, starts, strict=True)):
        exact = _exact(pool, spec, start)
        for name, trained in networks:
            if trial < len(trained):
                found[name] = max(found[name], disagreement(trained[trial], exact, start))
    wrong = {name: distance for name, distance in found.items() if not distance <= 1}
    if wrong:
        sys.exit(
            f"{len(specs)} trials of {pool.n_inputs} inputs: after {CHECKED_UPDATES} updates these "
            f"contenders have other weights than a float64 loop, in units of the tolerance: "
            f"{wrong}. Nothing is compared."
        )
    return found


def _exact(pool: Pool, spec: TrialSpec, start: Layers) -> Layers:
    doubled = [(weight.double(), bias.double()) for weight, bias in start]
    loop = BareLoop(pool, [(spec.variant.activation, doubled)], LEARNING_RATE)
    loop.train_each(CHECKED_UPDATES)
    return loop.networks()[0]
