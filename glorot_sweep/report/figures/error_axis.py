"""The axis of errors: logarithmic where they span what a linear axis would press together."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter
from numpy.typing import ArrayLike

LOGARITHMIC_FROM = 12.0  # largest over smallest: MNIST's go from 90 to 2 %


def set_error_axis(axes: Axes, errors: ArrayLike) -> None:
    """Scale and label the vertical axis for these errors, in percent."""
    values = np.asarray(errors, dtype=np.float64)
    if not values.size or values.min() <= 0 or values.max() / values.min() < LOGARITHMIC_FROM:
        return
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
