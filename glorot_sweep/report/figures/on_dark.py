"""What a colour that was chosen for white paper becomes on a dark page."""

from functools import cache
from typing import Final

import numpy as np
from matplotlib.colors import to_hex, to_rgb

PAPER: Final = "#16181c"
"""Of a dark page; its stylesheet has the same."""

INK: Final = "#e6e7ea"
"""Of black lines and letters on it."""

LEAST_CONTRAST: Final = 4.5  # of a coloured line with the dark page
GREY: Final = 0.05  # largest difference of a grey's channels


@cache
def on_dark(colour: str) -> str:
    """Return a colour's counterpart on a dark page.

    Greys are turned round between ink and paper; to other colours white is added until they stand
    out.

    Example:
        >>> on_dark("#ffffff"), on_dark("#000000"), on_dark("#0072b2")
        ('#16181c', '#e6e7ea', '#2989be')
    """
    channels = np.array(to_rgb(colour))
    if np.ptp(channels) < GREY:
        light = channels.mean()
        return to_hex(light * np.array(to_rgb(PAPER)) + (1 - light) * np.array(to_rgb(INK)))
    for white in np.linspace(0, 1, 101):
        lighter = to_hex((1 - white) * channels + white)
        if contrast(lighter, PAPER) >= LEAST_CONTRAST:
            return lighter
    raise AssertionError("white stands out on a dark page")


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, by WCAG 2.2.

    Example:
        >>> round(contrast("#000000", "#ffffff"))
        21
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
