"""`PYTHONPATH=. python docs/found.py` writes what was found into docs/results/README.md.

A line for each statement of the paper, from the published folders' `claims.json` alone: whether it
appears in training at the largest scale at which a folder decides it, with numbers and intervals.
docs/publish.py calls it for a folder which it publishes.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glorot_sweep.report.notation import in_notation

RESULTS = Path(__file__).parent / "results"
BEGIN, END = "<!-- from claims.json: begin -->\n", "<!-- from claims.json: end -->\n"
WORDS = {"HOLDS": "**appears**", "DOES NOT HOLD": "**does not appear**", "OPEN": "open"}
AT_THE_END = "observation at the end of training"
IN_TRAINING = ("observation in training", AT_THE_END)
PAPERS = {
    "CONFIRMED": "appears, at the paper's scale",
    "CONTRADICTED": "contradicted at the paper's scale",
}
MOST_NUMBERS = 2  # of a claim in a line; all are on the folder's page
HEAD = """| | what the paper says | here | at which scale | numbers, or what is missing | sweep |
| :-- | :-- | :-- | :-- | :-- | :-- |
"""

Claim = dict[str, Any]
"""An entry of a folder's `claims.json`."""


def found(results: Path) -> str:
    """Return the lines of all statements on training.

    Args:
        results: has a folder for each published sweep.
    """
    seen: dict[str, list[tuple[str, Claim]]] = {}
    for file in sorted(results.glob("*/claims.json")):
        for claim in json.loads(file.read_text(encoding="utf-8")):
            if claim.get("ground") in IN_TRAINING:
                seen.setdefault(claim["number"], []).append((file.parent.name, claim))
    numbers = sorted(seen, key=lambda number: int(number.removeprefix("C")))
    return HEAD + "".join(_line(number, seen[number]) for number in numbers)


def scale(claim: Claim) -> tuple[int, int, int]:
    """Return units, updates and seeds of the runs that a folder judged by; 0 where it had none.

    What the paper says of the end of training asks for long runs first.

    Example:
        >>> at = "5 hidden layers of 1,000 units, 20,000 updates, 3 seeds"
        >>> scale({"here_scale": at, "ground": "observation in training"})
        (1000, 20000, 3)
        >>> scale({"here_scale": at, "ground": "observation at the end of training"})
        (20000, 1000, 3)
    """
    units, updates, seeds = (
        max((int(n.replace(",", "")) for n in re.findall(pattern, claim["here_scale"])), default=0)
        for pattern in (r"([\d,]+) units", r"([\d,]+) updates", r"([\d,]+) seed")
    )
    first, second = (updates, units) if claim["ground"] == AT_THE_END else (units, updates)
    return first, second, seeds


def is_reduced(claim: Claim) -> bool:
    """Return whether a reduced data set stands for the claim's own."""
    return re.search(r"small_imagenet-\d", claim["here_scale"]) is not None


def _line(number: str, all_of: Sequence[tuple[str, Claim]]) -> str:
    """Return a statement's line: what is decided first, then whole data sets, then by scale."""
    name, claim = max(
        all_of,
        key=lambda one: (
            one[1]["here"] != "OPEN",
            min(scale(one[1])[:2]) > 0,
            not is_reduced(one[1]),
            scale(one[1]),
        ),
    )
    if min(scale(claim)[:2]) == 0:
        cells = ["not looked at", "", str(in_notation(claim["reason"])), ""]
    else:
        others = [
            f"{other['here'].lower()} in {there}"
            for there, other in all_of
            if there != name and _differs(other, claim)
        ]
        papers = f"**{PAPERS[claim['verdict']]}**" if claim["verdict"] in PAPERS else ""
        word = "; ".join([papers or WORDS[claim["here"]], *others])
        numbers = "; ".join(_numbers(claim))
        link = f"[{name}]({name}/report.html)"
        cells = [word, _told_scale(claim), str(in_notation(numbers)), link]
    statement = str(in_notation(claim["statement"]))
    return "| " + " | ".join([number, *(_cell(text) for text in (statement, *cells))]) + " |\n"


def _differs(other: Claim, claim: Claim) -> bool:
    """Return whether a folder says otherwise, or leaves it open at a larger scale."""
    if other["here"] == "OPEN":
        return min(scale(other)[:2]) > 0 and scale(other)[:2] > scale(claim)[:2]
    return bool(other["here"] != claim["here"])


def _told_scale(claim: Claim) -> str:
    """Return the scale of the runs, and the number of examples where the paper has more."""
    few = re.search(r"([\d,]+ )of [\d,]+ (examples)", claim["reason"])
    return str(claim["here_scale"]) + (", " + "".join(few.groups()) if few else "")


def _numbers(claim: Claim) -> list[str]:
    """Return the first numbers: those that the reason names, else a count and an interval of each.

    A reason says "c is 1, not above 2", or "2 of 3 runs have a top layer at 0". Where nothing has
    failed there is none; a count of runs then says what an interval beside it does not.
    """
    told = claim["measured"].split("; ")
    named = {one: one.rpartition(":")[0] for one in told}
    decisive = [
        one for one in told
        if f"{named[one]} is " in claim["reason"]
        or f" {named[one].replace('runs with', 'runs have', 1)}" in claim["reason"]
    ]  # fmt: skip
    counts = [one for one in told if one.startswith("runs with ")]
    with_interval = [one for one in told if named[one] in claim["intervals"]]
    both = [*counts[:1], *with_interval] if with_interval else told
    return (decisive or both)[:MOST_NUMBERS]


def _cell(text: str) -> str:
    return text.replace("|", "&#124;").replace("&#39;", "'")


def write(results: Path) -> None:
    """Put the lines between their marks in the README of `results`."""
    page = results / "README.md"
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} lacks the marks between which the statements stand")
    page.write_text(before + begin + found(results) + end + after, encoding="utf-8")


if __name__ == "__main__":
    write(RESULTS)
