"""How much of a layer is saturated."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def saturation_share(
    activations: Tensor,
    bound: float,
    asymptotes: Sequence[tuple[float, float]],
    at_zero: Sequence[float] = (),
    dips: Sequence[float | None] = (),
    derivatives: Tensor | None = None,
) -> Tensor:
    """Return the share of activations close to an asymptote.

    Saturated is what has gone beyond `bound` of the way from the middle of the asymptotes to
    either of them: |z| > 0.9 of tanh and softsign; z < 0.05 or z > 0.95 of the sigmoid. A
    function that has a lower asymptote alone is saturated from `bound` of the way on that leads
    from f(0) down to it, the bound included: z = 0 of the ReLU, whose unit then passes no
    gradient; z <= 0.1 log 2 of the softplus, whose slope there is below 0.07. A function that falls
    to a dip before it rises, as GELU and SiLU do, has values near that asymptote at 0 too: there
    the way leads from the dip up to the asymptote, where f does not rise. A function that goes from
    its upper asymptote down to the lower one is taken as its mirror image; one that tends to the
    same value on both sides is never saturated.

    Args:
        activations: z [T, ...], one trial a row; float32 or float64.
        bound: between 0 and 1.
        asymptotes: limits of each trial's activation function at minus and plus infinity [T].
            A function with none, or with two that are equal, is never saturated.
        at_zero: f(0) of each [T]; needed where there is a lower asymptote alone.
        dips: least value of each, None of one that never falls [T]; without any, none does.
        derivatives: f'(s) [T, ...]; needed where there is a dip.

    Returns:
        Shares [T], 0 to 1, in float64.

    Example:
        >>> z = torch.tensor([[-0.95, 0.2, 0.5, 0.99]])
        >>> saturation_share(z, 0.9, [(-1.0, 1.0)]).tolist()
        [0.5]
    """
    rows = activations.to(torch.float64, copy=True).flatten(1)
    ranges = torch.tensor(
        [_middle_and_half(*sorted(pair)) for pair in asymptotes],
        dtype=torch.float64,
        device=rows.device,
    )
    middle, half = ranges[:, :1], ranges[:, 1:]
    # In place, as ones and zeros: several times faster than counting truth values.
    shares = rows.sub_(middle).abs_().gt_(bound * half).mean(1)
    for row, (left, right) in enumerate(asymptotes):
        low, high = sorted((left, right))
        if math.isfinite(low) and math.isinf(high):
            z, dip = activations[row], dips[row] if dips else None
            nearest = low + (1 - bound) * ((at_zero[row] if dip is None else dip) - low)
            if dip is None:
                saturated = z.le(nearest)
            else:
                assert derivatives is not None
                slopes = derivatives[row] if left < right else -derivatives[row]
                saturated = z.ge(nearest) & slopes.le(0)
            shares[row] = saturated.double().mean()
    return shares


def _middle_and_half(low: float, high: float) -> tuple[float, float]:
    """Middle of a range and half its length; of an infinite or empty one nothing is saturated."""
    if math.isinf(low) or math.isinf(high) or low == high:
        return 0.0, math.inf
    return (low + high) / 2, (high - low) / 2
