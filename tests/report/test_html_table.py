"""Data frames as tables of a page: numbers to the right, what is read to the left."""

import re

import pandas as pd

from glorot_sweep.report.html import html_table

FRAME = pd.DataFrame(
    {
        "dataset": ["<b>", "mnist"],
        "updates": [400000, 7],
        "p": [0.000123456, float("nan")],
        "depth": pd.Series([3, None], dtype=object),
        "why": [None, 'a "b"'],
    }
)


def test_numbers_stand_to_the_right_and_texts_to_the_left():
    heads = re.findall(r'<th scope="col"( class="text")?>(.*?)</th>', html_table(FRAME, "x"))
    assert [(name, bool(kind)) for kind, name in heads] == [
        ("data set", True), ("updates", False), ("p", False), ("depth", False), ("why", True),
    ]  # fmt: skip


def test_values_are_written_as_a_reader_wants_them_and_never_interpreted():
    cells = re.findall(r"<td[^>]*>(.*?)</td>", html_table(FRAME, "x"))
    assert cells == [
        "&lt;b&gt;", "400,000", "0.0001235", "3", "–",
        "mnist", "7", "–", "–", "a &#34;b&#34;",
    ]  # fmt: skip
    assert '<caption class="unseen">&lt;x</caption>' in html_table(FRAME, "<x")
