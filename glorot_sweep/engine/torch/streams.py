"""Which stream of a chunk each slice of a stack is trained on."""

from collections.abc import Sequence

import torch
from torch import Tensor

from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.specs import TrialSpec


class Streams:
    """Gives each slice of a layer's stack its own stream; one that all share is not copied.

    Args:
        network: the pack.
        layer: of whose stack; see `PackLayout`.
        trials: of the pack.
        data_seeds: the distinct streams, in the order in which chunks hold them.
    """

    def __init__(
        self,
        network: PackedNetwork,
        layer: int,
        trials: Sequence[TrialSpec],
        data_seeds: Sequence[int],
    ) -> None:
        own = [data_seeds.index(trial.data_seed) for trial in trials]
        stacked = network.layout.stacked(own, layer, 0)
        self._numbers = torch.tensor(stacked, device=network.device)
        self._is_one = len(data_seeds) == 1

    def for_each(self, streams: Tensor, out: Tensor | None = None) -> Tensor:
        """Return [1, ...] of one stream as it is, of several [streams, ...] each slice's own."""
        if self._is_one:
            return streams
        return torch.index_select(streams, 0, self._numbers, out=out)
