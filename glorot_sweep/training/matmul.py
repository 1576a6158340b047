"""How exactly float32 matrices are multiplied."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from glorot_sweep.specs import MatmulPrecision


@contextmanager
def matmul_precision(name: MatmulPrecision) -> Iterator[None]:
    """Multiply float32 matrices so for a while, on every device of this process.

    `highest` uses float32 throughout. `high` and `medium` allow what enters a product to be
    rounded to TF32 (10 bits) or bfloat16 (7 bits) where the device has such units; sums stay
    float32, and so does everything that is stored.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(name)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
