"""Names of people stand in descriptions as they are, whatever signs they have."""

import pytest

from glorot_sweep.markdown import as_text, in_a_cell

AS_THEY_ARE = [
    "Tanh N", "12.5", "softsign_n", "ReLU, He", "-1.5 points [-2.0, -1.0], p = 0.02", "שלום עולם",
    "[a] and [b]", "50 % (of 9)", "it's 'quoted' and \"quoted\"", "n" * 200, "x - y + z",
]  # fmt: skip
INTERPRETED = {
    "<script>alert(1)</script>": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&lt;": "&amp;lt;",
    "**bold** `code`": r"\*\*bold\*\* \`code\`",
    "_emphasis_ and snake_case": r"\_emphasis\_ and snake_case",
    "![picture](http://x)": r"![picture]\(http&#58;//x)",
    "[a][b] [c]: d": r"[a]\[b] [c]\: d",
    "~~out~~": r"~\~out~\~",
    "# heading": r"\# heading",
    "12. list": r"12\. list",
    "www.a.org, @ann": "www&#46;a.org, &#64;ann",
    "a\\*b": r"a\\\*b",
}


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_most_texts_stay_as_they_are(text):
    assert as_text(text) == in_a_cell(text) == text


@pytest.mark.parametrize(("text", "markdown"), INTERPRETED.items())
def test_signs_of_markdown_and_html_are_escaped(text, markdown):
    assert as_text(text) == markdown


def test_no_text_ends_a_cell_of_a_table_or_its_row():
    assert in_a_cell("a | b\n| c\\| d") == r"a \| b \| c\\\| d"
