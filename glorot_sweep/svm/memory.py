"""How much memory a support vector machine takes, known before anything is made."""

from dataclasses import dataclass, replace

from glorot_sweep.errors import UserError
from glorot_sweep.svm.classifier import KEPT_CACHE, MEGABYTE, PREDICTED_AT_ONCE
from glorot_sweep.svm.gaussian_kernel import BLOCK

GIGABYTE = 2**30
SMALLEST_CACHE = 200 * MEGABYTE
MORE_ASKED_FOR = "raise --memory on a machine that has more"
MORE_LEFT = "free memory of this machine, which has less left than --memory says"


@dataclass(frozen=True)
class Size:
    """What decides the memory.

    Attributes:
        examples: training examples of the machine.
        tuning: those of them that C and gamma are tuned on.
        fixed: validation or test examples, the more of both.
        inputs: pixels of an image.
    """

    examples: int
    tuning: int
    fixed: int
    inputs: int

    @property
    def images(self) -> int:
        """Bytes of all images, as 8-bit integers, and of the blocks made from them."""
        return (self.examples + 2 * self.fixed) * self.inputs + 4 * 8 * BLOCK * self.inputs

    @property
    def search(self) -> int:
        """Bytes of the search: distances among its examples and to the validation examples."""
        return 8 * self.tuning * (2 * self.tuning + self.fixed) + KEPT_CACHE + PREDICTED_AT_ONCE

    @property
    def kept(self) -> int:
        """Bytes of the last fit with the whole kernel in memory."""
        return 8 * self.examples**2 + KEPT_CACHE + PREDICTED_AT_ONCE

    @property
    def on_demand(self) -> int:
        """Bytes of the last fit without: the images in double precision, support vectors again."""
        return 2 * 8 * self.examples * self.inputs + PREDICTED_AT_ONCE

    @property
    def least(self) -> int:
        """Bytes below which it cannot be done."""
        fit = min(self.kept, self.on_demand + SMALLEST_CACHE)
        return self.images + max(self.search, fit)


@dataclass(frozen=True)
class MemoryPlan:
    """How the last fit is done.

    Attributes:
        kept: with the whole kernel in memory.
        cache: bytes for rows of the kernel otherwise.
    """

    kept: bool
    cache: int


def plan_memory(size: Size, budget: int, largest: int, remedy: str = MORE_ASKED_FOR) -> MemoryPlan:
    """Choose the faster way that fits.

    Args:
        size: of the problem.
        budget: bytes that may be used.
        largest: number of examples that the data set has at most.
        remedy: what gives a larger budget, for the message.

    Raises:
        UserError: none fits; the message says how many examples would.
    """
    if size.least > budget:
        raise UserError(
            f"an SVM on {size.examples:,} examples of {size.inputs:,} pixels needs "
            f"{size.least / GIGABYTE:.1f} GB of memory at least, of which {budget / GIGABYTE:.1f} "
            f"may be used; {_what_fits(size, budget, largest, remedy)}."
        )
    if size.images + size.kept <= budget:
        return MemoryPlan(True, KEPT_CACHE)
    left = budget - size.images - size.on_demand
    return MemoryPlan(False, min(left, max(SMALLEST_CACHE, 4 * size.examples**2)))


def largest_that_fits(size: Size, budget: int, largest: int) -> int:
    """Return the largest number of examples, up to `largest`, that a budget allows; 0 if none.

    The search keeps its examples, as far as there are so many.
    """
    low, high = 0, largest
    while low < high:
        middle = (low + high + 1) // 2
        smaller = replace(size, examples=middle, tuning=min(size.tuning, middle))
        low, high = (middle, high) if smaller.least <= budget else (low, middle - 1)
    return low


def _what_fits(size: Size, budget: int, largest: int, remedy: str) -> str:
    fits = largest_that_fits(size, budget, largest)
    if fits == 0:
        return f"not even a small one fits; {remedy}, or lower --tuning-examples"
    return f"--examples {fits} would fit, or {remedy}"
