"""Texts of people in the Markdown of descriptions: shown as they are, nothing in them interpreted.

MLflow renders a description with showdown, in GitHub's flavour, and takes most of HTML out of it.
"""

import re

_SIGNS = re.compile(
    r"[\\`*]"  # escapes, code, emphasis
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis, but for an underscore within a word
    r"|(?<=\])(?=[(\[:])"  # a link: between its text and its address
    r"|(?<=~)~"  # struck out
    r"|^[#+=-](?=[\s#+=-]|$)"  # a heading, a list
)
_NUMBER = re.compile(r"^(\d+)(?=[.)](\s|$))")  # of a list
_CHARACTERS = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;",  # HTML
    "@": "&#64;",  # a person's page
    "://": "&#58;//", "www.": "www&#46;",  # an address
}  # fmt: skip
_NAMED = re.compile("|".join(map(re.escape, _CHARACTERS)))


def as_text(text: str) -> str:
    r"""Return Markdown that shows this text.

    Most texts are it already.

    Example:
        >>> as_text("Tanh N beats tanh_n by 2.06 points [1.2, 3.1]")
        'Tanh N beats tanh_n by 2.06 points [1.2, 3.1]'
        >>> print(as_text("*a* <b> [c](d)"))
        \*a\* &lt;b&gt; [c]\(d)
    """
    escaped = _NUMBER.sub(r"\1\\", _SIGNS.sub(r"\\\g<0>", text))
    return _NAMED.sub(lambda found: _CHARACTERS[found[0]], escaped)


def in_a_cell(text: str) -> str:
    r"""Return the same for a cell of a table, which it does not end.

    Example:
        >>> print(in_a_cell("a|b *c*"))
        a\|b \*c\*
    """
    return as_text(" ".join(text.split())).replace("|", "\\|")
