"""Level and cost of looking until it is decided: `replicates.until_decided`, drawn 100,000 times.

Run from the repository: `python benchmarks/sequential_design.py` draws errors of variants that are
alike and of variants that differ, decides as a sweep does, and writes
`results/sequential_design.json` and `docs/until_decided.md`. `--draws` makes it quicker.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from level_and_power import GRID, LENGTH, TRIALS, WINDOW
from numpy.typing import NDArray
from procedure import TESTS, Side, decompose, draw, moved, read_errors, side
from procedure import Design as Fixed
from sequential_design_page import page

from glorot_sweep.config.looks import looks_at
from glorot_sweep.significance import (
    Decision,
    Outcome,
    SequentialDesign,
    decisions,
    seeds_wanted,
)
from glorot_sweep.significance.exact_seeds import dealt_p, swapped_p
from glorot_sweep.significance.sequential import LookP, Pair

HERE = Path(__file__).parent
RESULT = HERE / "results" / "sequential_design.json"
PAGE = HERE.parent / "docs" / "until_decided.md"

LEVEL: Final = 0.005
LOOKS: Final = looks_at(5, 5, 20)
MANY: Final = 100_000  # designs of each case
SOME: Final = 5_000  # of each difference that is clear: all of them end alike
FEW: Final = 1_000  # of each that is hard to find: its exact p-values at 20 seeds take long
BLOCK: Final = 10_000  # designs drawn together
EXACT: Final = {"welch": dealt_p, "paired_seeds": swapped_p}
ALL_OF_THREE: Final = (("a", "b"), ("a", "c"), ("b", "c"))

Floats = NDArray[np.float64]
Errors = dict[str, Floats]
"""Errors of each cell [draws, seeds]."""


@dataclass(frozen=True)
class Case:
    """Cells that are drawn.

    Attributes:
        name: in words.
        errors: of so many designs.
        pairs: what is compared.
        alike: the pairs of them without a difference.
        is_promised: the level is promised: normal errors, or cells that nothing distinguishes.
        most: designs of it that are drawn.
    """

    name: str
    errors: Callable[[int, np.random.Generator], Errors]
    pairs: tuple[Pair[str], ...] = ALL_OF_THREE
    alike: tuple[Pair[str], ...] = ALL_OF_THREE
    is_promised: bool = True
    most: int = MANY


def three(
    one: Callable[[np.random.Generator, tuple[int, int]], Floats],
    means: tuple[float, ...] = (0, 0, 0),
    spreads: tuple[float, ...] = (1, 1, 1),
    shared: float = 0.0,
) -> Callable[[int, np.random.Generator], Errors]:
    """Return how cells are drawn: around their means, with what all have in common on a seed."""

    def errors(draws: int, rng: np.random.Generator) -> Errors:
        shape = draws, LOOKS[-1]
        common = shared * rng.normal(size=shape)
        return {
            cell: 60 + mean + spread * one(rng, shape) + common
            for cell, mean, spread in zip("abc", means, spreads, strict=False)
        }

    return errors


def normal(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Return standard normal errors."""
    return rng.normal(size=shape)


def skewed(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Return errors with a long tail upwards: exponential, mean 0, standard deviation 1."""
    return rng.exponential(size=shape) - 1


def tied(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Return errors of which most are equal: -1, 0 or 1."""
    return rng.choice([-1.0, 0.0, 1.0], size=shape, p=[0.1, 0.8, 0.1])


def stuck(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Return errors of which a fifth are those of networks that learned nothing."""
    return np.where(rng.random(shape) < 0.2, 30.0, rng.normal(size=shape))


def nulls() -> list[Case]:
    """Return the ways in which variants can be alike."""
    world = decompose(read_errors(GRID, LENGTH, WINDOW))
    tanh, normalized = (side(variant, TRIALS) for variant in world.variants.values())
    few = side(tanh.variant, 2)

    def measured(one: Side, other: Side) -> Callable[[int, np.random.Generator], Errors]:
        fixed = Fixed(LOOKS[-1], LOOKS[-1])
        return lambda draws, rng: dict(
            zip("ab", draw(world, (one, other), fixed, draws, rng), strict=True)
        )

    half_skewed = three(normal)

    def one_skewed(draws: int, rng: np.random.Generator) -> Errors:
        return half_skewed(draws, rng) | {"c": 60 + skewed(rng, (draws, LOOKS[-1]))}

    one = (("a", "b"),)
    return [
        Case("normal", three(normal)),
        Case("normal, half of the spread shared by all variants", three(normal, shared=1)),
        Case("normal, standard deviations 1, 3 and 1/3", three(normal, spreads=(1, 3, 1 / 3))),
        Case("skewed (exponential)", three(skewed)),
        Case("four of five errors equal", three(tied)),
        Case("one of five networks learned nothing", three(stuck)),
        Case("normal, the third variant 4 standard deviations away", three(normal, (0, 0, 4)),
             alike=one),
        Case("measured: two copies of Tanh", measured(tanh, tanh), one, one),
        Case("measured: two copies of Tanh, both the best of two trials", measured(few, few),
             one, one),
        Case("measured: Tanh and Tanh N, moved to one mean",
             measured(tanh, moved(normalized, tanh.expected)), one, one, is_promised=False),
        Case("one variant skewed, two normal, one mean", one_skewed, is_promised=False),
    ]  # fmt: skip


def differences() -> list[Case]:
    """Return variants that differ, by standard deviations of a seed."""
    one = (("a", "b"),)
    return [
        Case("4 SDs, one comparison", three(normal, (0, 4)), one, (), most=SOME),
        Case("4 SDs, three comparisons", three(normal, (0, 4, 8)), alike=(), most=SOME),
        *(
            Case(f"{gap} SD{'s' if gap != 1 else ''}, one comparison", three(normal, (0, gap)), one,
                 one if not gap else (), most=FEW)
            for gap in (2, 1.5, 1, 0)
        ),
    ]  # fmt: skip


def lazily(design: SequentialDesign[str]) -> LookP:
    """Return a look's p-value, without the exact one where only a decision could need it.

    That is where the test's own decides nothing and no comparison is given up: at the last look, or
    in a design that gives up none. Before, the larger of both says how much hope there is.
    """
    own, exact = TESTS[design.test], EXACT[design.test]
    enough = dict(zip(design.looks, np.multiply(design.shares, design.level), strict=True))

    def p_value(a: Mapping[int, float], b: Mapping[int, float]) -> float:
        first, second = (np.array(list(cell.values())) for cell in (a, b))
        found = float(own(first[None], second[None])[0])
        hopes = design.futile > 0 and len(first) < design.looks[-1]
        needed = hopes or found <= enough[len(first)]
        return max(found, exact(first, second)) if needed else found

    return p_value


def may_decide(
    design: SequentialDesign[str], pairs: tuple[Pair[str], ...], errors: Errors
) -> NDArray[np.bool_]:
    """Return in which designs the own p-value of any pair is small enough at any look [draws]."""
    test = TESTS[design.test]
    small = np.array(
        [
            test(errors[a][:, :seeds], errors[b][:, :seeds]) <= share * design.level
            for a, b in pairs
            for seeds, share in zip(design.looks, design.shares, strict=True)
            if share
        ],
    )
    return np.asarray(small.any(axis=0))


def decided(design: SequentialDesign[str], errors: Errors, which: int) -> dict[Pair[str], Decision]:
    """Return the decisions of one design."""
    values = {cell: dict(enumerate(found[which].tolist())) for cell, found in errors.items()}
    return decisions(design, values, len(design.looks), lazily(design))


def blocks(case: Case, draws: int, seed: int) -> Iterator[Errors]:
    """Yield the errors of all designs of a case."""
    rng = np.random.default_rng(seed)
    for start in range(0, draws, BLOCK):
        yield case.errors(min(BLOCK, draws - start), rng)


def false_decisions(case: Case, test: str, draws: int, seed: int) -> dict[str, Any]:
    """Return how often any pair without a difference is decided, if nothing is given up."""
    design = SequentialDesign(case.pairs, LOOKS, test, LEVEL, futile=0.0)
    wrong = 0
    for errors in blocks(case, draws, seed):
        for which in np.flatnonzero(may_decide(design, case.alike, errors)):
            found = decided(design, errors, int(which))
            wrong += any(found[pair].outcome is Outcome.DECIDED for pair in case.alike)
    return {"case": case.name, "test": test, "draws": draws, "is_promised": case.is_promised,
            "comparisons": len(case.pairs), "false": wrong / draws}  # fmt: skip


def cost(case: Case, test: str, draws: int, seed: int) -> dict[str, Any]:
    """Return how often comparisons are decided, and with how many seeds."""
    design = SequentialDesign(case.pairs, LOOKS, test, LEVEL)
    outcomes, seeds = dict.fromkeys(Outcome, 0), 0
    for errors in blocks(case, draws, seed):
        for which in range(len(errors["a"])):
            found = decided(design, errors, which)
            seeds += sum(seeds_wanted(design, found).values())
            for one in found.values():
                outcomes[one.outcome] += 1
    trained = seeds / draws / len(design.cells)
    return {
        "case": case.name, "test": test, "draws": draws, "comparisons": len(case.pairs),
        **{outcome.value: count / draws / len(case.pairs) for outcome, count in outcomes.items()},
        "seeds": trained, "saved": 1 - trained / LOOKS[-1],
    }  # fmt: skip


def keeps_its_level(row: dict[str, Any]) -> bool:
    """Return whether no more is decided wrongly than the level, within three Monte Carlo errors."""
    return bool(row["false"] <= LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / row["draws"]))


def simulate(draws: int) -> dict[str, Any]:
    """Return everything that is on the page."""
    levels = [
        false_decisions(case, test, draws, 1_000 + number)
        for test in TESTS
        for number, case in enumerate(nulls())
    ]
    costs = [
        cost(case, test, min(draws, case.most), 2_000 + number)
        for test in TESTS
        for number, case in enumerate(differences())
    ]
    shares = {
        test: {
            str(n): SequentialDesign(ALL_OF_THREE[:n], LOOKS, test, LEVEL).shares for n in (1, 3)
        }
        for test in TESTS
    }
    return {"nominal": LEVEL, "looks": LOOKS, "shares": shares, "levels": levels, "costs": costs}


def main() -> None:
    """Draw, decide, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, default=MANY, help="designs of each case")
    parser.add_argument("--json", type=Path, default=RESULT)
    parser.add_argument("--page", type=Path, default=PAGE)
    arguments = parser.parse_args()
    found = simulate(arguments.draws)
    arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    arguments.page.write_text(page(json.loads(arguments.json.read_text("utf-8"))), encoding="utf-8")
    broken = [
        row["case"] for row in found["levels"] if row["is_promised"] and not keeps_its_level(row)
    ]
    print(f"{arguments.page}: the level is kept" if not broken else f"level exceeded: {broken}")


if __name__ == "__main__":
    main()
