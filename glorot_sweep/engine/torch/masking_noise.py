"""Which inputs are hidden from a denoising autoencoder: a pure function of (seed, layer, update).

No state is carried, so a trial's noise is the same alone, in any pack and after a restart. One word
of splitmix64 decides on four inputs, so a probability is rounded to a multiple of 2**-16.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from glorot_sweep.seeds import derive_seed
from glorot_sweep.splitmix import GAMMA, mix64, mix64_, signed

STEPS = 1 << 16  # a quarter of a word tells so many shares apart
_LARGEST = STEPS // 2 - 1  # of a signed quarter


class MaskingNoise:
    """Draws the hidden inputs of several trials, without allocation.

    Args:
        seeds: of the trials.
        probabilities: that an input is hidden, one a trial, in [0, 1).
        layer: hidden layer, from 0, whose input is hidden.
        shape: examples and inputs of a batch.
        device: where the draws are made.
    """

    def __init__(
        self,
        seeds: Sequence[int],
        probabilities: Sequence[float],
        layer: int,
        shape: tuple[int, int],
        device: torch.device | str = "cpu",
    ) -> None:
        trials, inputs = len(seeds), shape[0] * shape[1]
        words = -(-inputs // 4)
        keys = [noise_key(seed, layer) for seed in seeds]
        self._keys = mix64(torch.tensor(keys, device=device)).unsqueeze(1)
        places = torch.arange(1, words + 1, device=device)
        self._places = places.mul_(signed(GAMMA)).unsqueeze(0)
        self._update_keys = torch.empty_like(self._keys)
        self._update_spare = torch.empty_like(self._keys)
        self._words = self._keys.new_empty(trials, words)
        self._spare = torch.empty_like(self._words)
        quarters = self._words.view(torch.int16)
        strides = (quarters.stride(0), shape[1], 1)
        self._quarters = quarters.as_strided((trials, *shape), strides)
        bounds = [noise_bound(probability) for probability in probabilities]
        self._bounds = torch.tensor(bounds, dtype=torch.int16, device=device).view(-1, 1, 1)
        self._hidden = torch.zeros(trials, *shape, dtype=torch.bool, device=device)

    def hidden(self, update: int) -> Tensor:
        """Return whether each input is hidden in this update [trials, examples, inputs].

        The tensor is written over by the next call.
        """
        torch.add(self._keys, signed((update + 1) * GAMMA), out=self._update_keys)
        mix64_(self._update_keys, self._update_spare)
        torch.add(self._update_keys, self._places, out=self._words)
        mix64_(self._words, self._spare)
        return torch.lt(self._quarters, self._bounds, out=self._hidden)


def noise_key(seed: int, layer: int) -> int:
    """Return the seed of the noise in a hidden layer, from 0, of the trial with this seed."""
    return derive_seed(seed, "masking noise", layer)


def noise_bound(probability: float) -> int:
    """Return the signed 16-bit number below which a quarter of a word hides an input."""
    return min(round(probability * STEPS) - STEPS // 2, _LARGEST)
