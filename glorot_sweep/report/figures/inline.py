"""A picture as a part of a page: small, light and dark, with what can be read off it.

Within a page ids must differ between pictures, and colours follow the page's. The values of lines
stand in data attributes, where the page's script finds them:

* `data-panel` on the group of a panel's axes: its title; `data-x`, `data-y`: what they count;
* `data-range` on the same where its vertical axis may be logarithmic: lowest and highest value,
  their places, and the scale;
* `data-series` on the group of a line, and of its band or intervals: its label;
* `data-points` on that of a line: x, y and both places of each point.
"""

import io
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from html import escape

import numpy as np
from PIL import Image

from glorot_sweep.report.figures.on_dark import on_dark
from glorot_sweep.report.figures.readings import Panel, Reading

UNSEEN = (  # pattern, what stands for it
    (re.compile(r"^.*?(?=<svg)", re.DOTALL), ""),
    (re.compile(r"<(metadata|title)>.*?</\1>", re.DOTALL), ""),
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r">\s+<"), "><"),
)
PLACES = re.compile(r' (?:d|x|y|points)="[^"]*"|translate\([^)]*\)')
PIXELS = re.compile(r'(?<=xlink:href="data:image/png;base64,)[^"]+')
SPACE, DECIMAL = re.compile(r"\s+"), re.compile(r"-?\d+\.\d+")
GROUP = re.compile(r'<g id="([^"]*)"')
ID = re.compile(r'(?<= id=")(?=[^"])|(?<=xlink:href="#)|(?<=url\(#)')
COLOUR = re.compile(r"(fill|stroke): (#[0-9a-f]{6})")
OPENING = re.compile(r"<svg[^>]*viewBox=\"([^\"]*)\"[^>]*>")


def inline_svg(svg: str, name: str, alt: str, panels: Iterable[Panel]) -> str:
    """Return a picture as it stands in a page.

    Args:
        svg: the picture, as matplotlib writes it.
        name: of the figure; no other one of the page has it.
        alt: what stands for the picture where it is not seen.
        panels: what can be read off it.
    """
    svg = smaller(svg)
    attributes = _attributes(panels)
    svg = GROUP.sub(lambda found: f"<g{attributes.get(found[1], _class(found[1]))}", svg)
    svg = ID.sub(f"{name}-", svg)
    svg = COLOUR.sub(_on_both, svg)
    label = escape(alt)
    return OPENING.sub(
        lambda found: f'<svg viewBox="{found[1]}" role="img" aria-label="{label}">', svg, count=1
    )


def smaller(svg: str) -> str:
    """Return a picture without what is not seen.

    Coordinates are rounded to 1/7,200 of an inch; pixels have the colours of a palette.

    Example:
        >>> smaller('<svg><!-- a --> <path d="M 1.23456 2 L 3 0.0001"/> </svg>')
        '<svg><path d="M 1.23 2 L 3 0"/></svg>'
    """
    for pattern, instead in UNSEEN:
        svg = pattern.sub(instead, svg)
    svg = PIXELS.sub(lambda found: with_palette(found[0]), svg)
    return PLACES.sub(lambda found: DECIMAL.sub(_rounded, SPACE.sub(" ", found[0])), svg)


def with_palette(png: str) -> str:
    """Return an image of at most 256 colours, as base64: a sixth of the bytes for a surface.

    Args:
        png: likewise, of any number of colours.
    """
    image, found = Image.open(io.BytesIO(b64decode(png))).convert("RGBA"), io.BytesIO()
    image.quantize(method=Image.Quantize.FASTOCTREE).save(found, "PNG", optimize=True)
    return b64encode(found.getvalue()).decode()


def _attributes(panels: Iterable[Panel]) -> dict[str, str]:
    """Return the attributes of a picture's groups, by their ids."""
    found = {}
    for panel in panels:
        found[panel.key] = _written(panel=panel.title, x=panel.x, y=panel.y, range=panel.range)
        found[panel.ticks_key] = ' data-ticks=""'
        for key, line in panel.readings.items():
            found[key] = _written(series=line.name, points=_points(line))
        for key, name in panel.companions.items():
            found[key] = _written(series=name)
    return found


def _written(**attributes: str) -> str:
    return "".join(f' data-{name}="{escape(text)}"' for name, text in attributes.items() if text)


def _points(line: Reading) -> str:
    rows = np.column_stack([line.values, line.places])
    return ";".join(f"{x:.6g} {y:.5g} {left:.1f} {top:.1f}" for x, y, left, top in rows)


def _class(name: str) -> str:
    return ' class="tick"' if name.startswith("ytick_") else ""


def _rounded(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _on_both(found: re.Match[str]) -> str:
    """Name a colour twice: a browser that does not know the second way takes the first."""
    what, colour = found.groups()
    return f"{what}:{colour};{what}:light-dark({colour},{on_dark(colour)})"
