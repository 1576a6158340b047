"""Networks of any variants as they start, beside those of the paper."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.init_study.networks import Row, StartingNetwork, StudySize, look_into
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.variants import Variant


def differing(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """Return the variants whose networks differ before any training; of those alike the first.

    Example:
        >>> from glorot_sweep.parts.variants import VARIANTS
        >>> rows = [VARIANTS[name] for name in ("tanh_n", "tanh_n_adamw", "relu_he")]
        >>> [variant.name for variant in differing(rows)]
        ['tanh_n', 'relu_he']
    """
    found: dict[tuple[str, ...], Variant] = {}
    for one in variants:
        found.setdefault((one.activation, one.initialization, one.cost, one.profile), one)
    return tuple(found.values())


def look_at_variants(
    size: StudySize,
    dataset: ImageDataset,
    variants: Sequence[Variant],
    input_scaling: str = "unit",
) -> Iterator[list[Row]]:
    """Draw a network of each variant and take its statistics, one network after another.

    Args:
        size: how much.
        dataset: its first test examples are what layers are looked at on; the first of a training
            stream are what an initialization looks at that needs some.
        variants: see `differing`.
        input_scaling: see `scale_pixels`.

    Yields:
        Rows of one network.
    """
    for draw in range(size.draws):
        for one in variants:
            network = StartingNetwork(
                one.activation, one.initialization, 1.0, size.depth, size.width, draw,
                one.profile, one.name,
            )  # fmt: skip
            examples = 0 if draw else size.examples
            inputs = _inputs(dataset, one.initialization, size.seed, input_scaling)
            yield look_into(
                [network], size.seed, dataset.probe, dataset.n_classes, examples, one.cost, inputs,
                input_scaling,
            )  # fmt: skip


def _inputs(
    dataset: ImageDataset, initialization: str, seed: int, input_scaling: str
) -> Tensor | None:
    """Return what an initialization looks at; None: nothing."""
    count = INITIALIZATIONS[initialization].examples
    if not count:
        return None
    return scale_pixels(dataset.training(seed, 0, count).images, torch.float64, input_scaling)
