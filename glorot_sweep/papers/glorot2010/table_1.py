"""Table 1 of the paper, which of its entries are not worse than their column's best."""

from typing import Final

from glorot_sweep.config.datasets import REDUCED_IMAGENET

TABLE: Final = "Table 1"

N_TEST: Final = 10_000
"""Test examples of each data set (Sec. 2)."""

LEVEL: Final = 0.005
"""Significance level of Table 1's caption ("p = 0.005")."""

ERRORS: Final[dict[str, dict[str, float]]] = {
    "softsign": {"shapeset": 16.27, "mnist": 1.64, "cifar10": 55.78, "small_imagenet": 69.14},
    "softsign_n": {"shapeset": 16.06, "mnist": 1.72, "cifar10": 53.8, "small_imagenet": 68.13},
    "tanh": {"shapeset": 27.15, "mnist": 1.76, "cifar10": 55.9, "small_imagenet": 70.58},
    "tanh_n": {"shapeset": 15.60, "mnist": 1.64, "cifar10": 52.92, "small_imagenet": 68.57},
    "sigmoid": {"shapeset": 82.61, "mnist": 2.21, "cifar10": 57.28, "small_imagenet": 70.66},
}
"""Final test error in percent, as `ERRORS[variant][column]`.

Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward
neural networks", AISTATS, Table 1: networks of five hidden layers. It does not say how many
runs an entry stands for.
"""

ROWS: Final = tuple(ERRORS)

BOLD: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        ("softsign", "shapeset"),
        ("softsign_n", "shapeset"),
        ("tanh_n", "shapeset"),
        ("softsign", "mnist"),
        ("softsign_n", "mnist"),
        ("tanh", "mnist"),
        ("tanh_n", "mnist"),
        ("softsign_n", "cifar10"),
        ("tanh_n", "cifar10"),
        ("softsign", "small_imagenet"),
        ("softsign_n", "small_imagenet"),
        ("tanh_n", "small_imagenet"),
    }
)
"""The (variant, column) entries of Table 1 that are not distinguishable from the best.

The bold marks of the print are lost and its caption names no test. These are recomputed from
`ERRORS`: two-proportion z-test against the column's lowest error, two-sided, uncorrected,
at `LEVEL` with `N_TEST` examples. The stricter reading "every bold entry differs from every other
entry" contradicts the table itself: four pairs fail it.
"""


COMPARISONS: Final = (("tanh", "tanh_n"), ("softsign", "softsign_n"))
"""The two differences named before the runs: what does normalized initialization change?"""


def column_of(dataset: str) -> str:
    """Return the column of Table 1 that a data set stands beside.

    Example:
        >>> column_of("small_imagenet-8x500"), column_of("mnist"), column_of("mnist-2")
        ('small_imagenet', 'mnist', 'mnist-2')
    """
    return "small_imagenet" if REDUCED_IMAGENET.fullmatch(dataset) else dataset


def error_of(variant: str, dataset: str) -> float | None:
    """Return the error of a row in the column that a data set stands beside, percent.

    Example:
        >>> error_of("tanh", "mnist"), error_of("relu", "mnist"), error_of("tanh", "mine")
        (1.76, None, None)
    """
    return ERRORS.get(variant, {}).get(column_of(dataset))
