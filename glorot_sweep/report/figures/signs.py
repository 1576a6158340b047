"""Signs that figures cannot show: their one font has no picture of them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text

from glorot_sweep.report.figures.style import RC_PARAMS


def signs_lacking(figure: Figure) -> tuple[str, ...]:
    """Return a sentence for each text of a figure that has signs without a picture."""
    font = get_font(findfont(str(RC_PARAMS["font.family"])))
    texts = {text.get_text(): None for text in figure.findobj(Text) if isinstance(text, Text)}
    sentences = []
    for text in texts:
        lacking = {sign: None for sign in text if sign.isprintable()}
        signs = "".join(sign for sign in lacking if not font.get_char_index(ord(sign)))
        if signs:
            sentences.append(f"the font of figures lacks {signs} of {text!r}: boxes stand for it")
    return tuple(sentences)


@contextmanager
def told_by_sentences() -> Iterator[None]:
    """Keep matplotlib's warnings of such signs back, a line for each sign and each drawing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")
        yield
