"""Sentences and tables as the page has them: names as they are, symbols set, runs as links."""

import re
from collections.abc import Collection

from markupsafe import Markup

from glorot_sweep.report.compiled import Compiled
from glorot_sweep.report.labels import label
from glorot_sweep.report.names import name_in_html
from glorot_sweep.report.notation import in_notation
from glorot_sweep.tracking.place import ANY_RUN

P_VALUE = re.compile(r"\bp ([=≤≥]) ")
RUN_ID = re.compile(r"\b[0-9a-f]{32}\b")


class Words:
    """What turns a report's text into HTML.

    Args:
        report: whose sweep, data sets, variants and runs the text may name.
    """

    def __init__(self, report: Compiled) -> None:
        self._address = report.collected.address
        config = report.collected.config
        names = {config.name, *config.datasets, *map(label, config.datasets)}
        names |= {*config.rows, *(variant.label for variant in config.rows.values())}
        apart = [one for one in names if not one == name_in_html(one) == in_notation(one)]
        longest = sorted(apart, key=len, reverse=True)
        either = "|".join(map(re.escape, longest)) or "(?!)"
        self._apart = re.compile(rf"(?:{either})(?!\^)")  # with a layer it is a symbol

    def __call__(self, text: str) -> Markup:
        """Return a sentence: no name in it is interpreted, and its symbols are set."""
        parts, end = [], 0
        text = P_VALUE.sub("p\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}", text)
        for found in self._apart.finditer(text):
            parts += [in_notation(text[end : found.start()]), name_in_html(found[0])]
            end = found.end()
        return self.table(Markup("").join([*parts, in_notation(text[end:])]))

    def emphasized(self, text: str, phrases: Collection[str]) -> Markup:
        """Return a sentence with some of its words set apart."""
        pattern = "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))
        if not pattern:
            return self(text)
        parts = re.split(f"({pattern})", text)
        return Markup("").join(
            Markup("<b>{}</b>").format(self(part)) if number % 2 else self(part)
            for number, part in enumerate(parts)
        )

    def to_claim(self, text: str, numbers: Collection[str]) -> Markup:
        """Return a sentence whose first word, if it is the number of a claim, leads to that."""
        number, _, rest = text.partition(" ")
        if number not in numbers:
            return self(text)
        return Markup('<a href="#{0}">{0}</a> {1}').format(number, self(rest))

    def table(self, content: Markup) -> Markup:
        """Return HTML with the ids of runs as links, if a server is known that shows them."""
        if not self._address:
            return content

        def link(found: re.Match[str]) -> str:
            return Markup('<a href="{}">{}</a>').format(
                self._address.replace(ANY_RUN, found[0]), found[0]
            )

        return Markup(RUN_ID.sub(link, str(content)))
