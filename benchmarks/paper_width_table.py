"""What the run of `paper_width.py` gave: prints the table and the differences of its networks.

Run from the repository: `python benchmarks/paper_width_table.py`. It reads the evaluations in
`results/paper_width` and nothing else; docs/results/README.md has what it prints.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.significance import welch

RESULTS = Path(__file__).with_name("results") / "paper_width" / "curves.json"
UPDATE, TEST_ERROR = 0, 4  # columns of an evaluation
AMID = 300_000  # updates, where differences are looked at besides the end
PAIRS = (("tanh", "tanh_n"), ("softsign", "softsign_n"), ("softsign", "tanh"),
         ("softsign_n", "tanh_n"))  # fmt: skip
LEARNS = 80.0  # percent: below it a network has left the plateau of the majority class

Curves = dict[tuple[str, float], list[list[list[float]]]]
"""Every evaluation of each seed, by variant and rate."""


def curves_of(run: dict[str, Any]) -> Curves:
    """Return the curves of a run, as `paper_width.py` wrote it."""
    found: Curves = defaultdict(list)
    for trial in run["trials"]:
        found[trial["variant"]["name"], trial["learning_rate"]].append(run["curves"][trial["key"]])
    return dict(found)


def error_at(curve: Sequence[Sequence[float]], update: int) -> float:
    """Return the test error after so many updates, percent."""
    return next(look[TEST_ERROR] for look in curve if look[UPDATE] == update)


def final_errors(run: dict[str, Any]) -> dict[str, list[float]]:
    """Return for each variant the test error of each seed: the mean of the last evaluations."""
    window, curves = run["trials"][0]["window"], curves_of(run)
    return {
        variant: [
            float(np.mean([look[TEST_ERROR] for look in curve[-window:]]))
            for curve in curves[variant, rate]
        ]
        for variant, rate in run["chosen"].items()
    }


def rows(run: dict[str, Any]) -> list[str]:
    """Return the table's rows in Markdown, rates in rising order; the sigmoid has one."""
    curves, chosen, final = curves_of(run), run["chosen"], final_errors(run)
    rates = sorted({rate for name, rate in curves if name != "sigmoid"})
    found = []
    for variant, errors in final.items():
        cells = []
        for rate in rates:
            seeds = curves.get((variant, rate), [])
            mean = np.mean([error_at(curve, run["chosen_at"]) for curve in seeds]) if seeds else 0
            text = f"{mean:.1f}" if seeds else ""
            cells.append(f"**{text}**" if rate == chosen[variant] else text)
        end = f"{np.mean(errors):.1f} | {np.std(errors, ddof=1):.1f}"
        found.append(f"| {VARIANTS[variant].label} | {' | '.join(cells)} | {end} |")
    return found


def differences(run: dict[str, Any]) -> list[str]:
    """Return for each pair the difference at the end, and amid the run."""
    curves, final, chosen = curves_of(run), final_errors(run), run["chosen"]
    found = []
    for a, b in PAIRS:
        test = welch(final[a], final[b])
        low, high = test.interval
        amid = [
            np.mean([error_at(curve, AMID) for curve in curves[name, chosen[name]]])
            for name in (a, b)
        ]
        found.append(
            f"{VARIANTS[a].label} minus {VARIANTS[b].label}: {test.difference:.1f} points "
            f"({low:.1f} to {high:.1f}), p = {test.p_value:.2g}; "
            f"after {AMID:,} updates {amid[0] - amid[1]:.1f}"
        )
    return found


def departures(run: dict[str, Any]) -> list[str]:
    """Return when each network of the sigmoid is first below `LEARNS`, and where it ends."""
    seeds = curves_of(run)["sigmoid", run["chosen"]["sigmoid"]]
    found = []
    for curve, end in zip(seeds, final_errors(run)["sigmoid"], strict=True):
        first = next((look[UPDATE] for look in curve if look[TEST_ERROR] < LEARNS), None)
        when = "never" if first is None else f"after {first:,} updates"
        found.append(f"Sigmoid below {LEARNS:g} %: {when}; {end:.1f} % at the end")
    return found


def main() -> None:
    """Print everything."""
    run = json.loads(RESULTS.read_text(encoding="utf-8"))
    for line in (*rows(run), *differences(run), *departures(run)):
        print(line)


if __name__ == "__main__":
    main()
