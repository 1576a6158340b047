"""Level and power of the tests of a sweep, the search for the learning rate included.

Run from the repository: `python benchmarks/level_and_power.py` reads `results/error_grid.jsonl`
(`error_grid.py` measures it), draws whole sweeps from it, and writes `results/level_and_power.json`
and `docs/level_and_power.md`. `--draws` makes it quicker and coarser.
"""

import argparse
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from level_and_power_page import page
from procedure import (
    TESTS,
    Design,
    Side,
    Variant,
    World,
    decompose,
    expected_error,
    moved,
    read_errors,
    rejected,
    side,
    winners,
)

HERE = Path(__file__).parent
GRID = HERE / "results" / "error_grid.jsonl"
RESULT = HERE / "results" / "level_and_power.json"
PAGE = HERE.parent / "docs" / "level_and_power.md"

LEVEL: Final = 0.005
TRIALS: Final = 8  # of a group
LENGTH: Final = 80_000
HALF: Final = 40_000
WINDOW: Final = 10
STREAMS: Final = 20  # of the whole grid
SHIFTS: Final = (1.0, 2.0, 3.0)  # points
DESIGNS: Final = (
    *(Design(n, n) for n in (3, 5, 8, 10)),
    Design(8, 4),
    Design(10, 5),
    *(Design(n, 1) for n in (3, 5, 8, 10)),
)
NORMAL: Final = 100_000  # draws of each case and design


@dataclass(frozen=True)
class Case:
    """Two variants that are compared, alike on average or `shift` points apart.

    Attributes:
        is_exact: nothing at all distinguishes the two; a p-value promises its level there.
    """

    name: str
    sides: tuple[Side, Side]
    shift: float = 0.0
    is_exact: bool = False


def nulls(world: World) -> list[Case]:
    """Return the ways in which two variants can be alike on average."""
    tanh, normalized = (side(v, TRIALS) for v in world.variants.values())
    few = side(tanh.variant, 2)
    noisy, wide = (side(tanh.variant, TRIALS, noise=3.0), side(tanh.variant, TRIALS, spread=3.0))
    return [
        Case("two copies of Tanh", (tanh, tanh), is_exact=True),
        Case("two copies of Tanh N", (normalized, normalized), is_exact=True),
        Case("two copies of Tanh, both the best of two trials (skewed winners)", (few, few),
             is_exact=True),
        Case("Tanh and Tanh N, moved to one mean", (tanh, moved(normalized, tanh.expected))),
        Case("two copies of Tanh, one with three times the noise (unequal spreads)",
             (tanh, noisy)),
        Case("two copies of Tanh, one the best of two trials (one skewed), moved to one mean",
             (tanh, moved(few, tanh.expected))),
        Case("two copies of Tanh, one with three times noise and luck of its search",
             (tanh, wide)),
    ]  # fmt: skip


def differences(world: World) -> list[Case]:
    """Return variants that differ: Tanh and Tanh N, moved so many points apart."""
    tanh, normalized = (side(v, TRIALS) for v in world.variants.values())
    seen = tanh.expected - normalized.expected
    return [
        Case(f"{shift:g} points", (tanh, moved(normalized, tanh.expected - shift)), shift)
        for shift in SHIFTS
    ] + [Case(f"{seen:.2f} points, as measured", (tanh, normalized), seen)]


def measured(world: World, cases: list[Case], draws: int, level: float) -> list[dict[str, Any]]:
    """Return how often each test finds a difference, for each case and design."""
    return [
        {
            "case": case.name,
            "shift": case.shift,
            "is_exact": case.is_exact,
            **asdict(design),
            "draws": draws,
            **rejected(world, case.sides, design, draws, seed(number, design), level),
        }
        for number, case in enumerate(cases)
        for design in DESIGNS
    ]


def seed(number: int, design: Design) -> int:
    """Return a seed of its own for each case and design."""
    return 1_000_000 * number + 1_000 * design.replicates + design.groups


def spreads(world: World) -> dict[str, dict[str, float]]:
    """Return what the spread of a replicate's test error is made of, standard deviations."""
    found = {}
    for name, variant in world.variants.items():
        chosen = winners(variant, TRIALS, (NORMAL,), np.random.default_rng(0))
        found[name] = {
            "expected": expected_error(variant, TRIALS),
            "search": float(variant.test.means[chosen].std()),
            "own": float(np.sqrt(np.mean(variant.test.deviations[chosen] ** 2))),
            "stream": float(world.streams.std()),
            "best_rate": float(variant.test.means.min()),
        }
    return found


def half_length(whole: dict[str, Variant], half: dict[str, Variant]) -> dict[str, float]:
    """Return how much worse replicates are whose rate was chosen at half of their length."""
    found = {}
    for name, variant in whole.items():
        chosen = winners(half[name], TRIALS, (NORMAL,), np.random.default_rng(1))
        found[name] = float(variant.test.means[chosen].mean()) - expected_error(variant, TRIALS)
    return found


def keeps_its_level(rows: list[dict[str, Any]], test: str, level: float) -> bool:
    """Return whether a test errs no more often than it promises, where each replicate has a group.

    That is, not more than three Monte Carlo errors above the level between copies of one variant.
    """
    return all(
        row[test] <= level + 3 * math.sqrt(level * (1 - level) / row["draws"])
        for row in rows
        if row["is_exact"] and row["groups"] == row["replicates"]
    )


def default_test(level_rows: list[dict[str, Any]], power_rows: list[dict[str, Any]]) -> str:
    """Return the test of more power among those that keep their level."""
    keeping = [test for test in TESTS if keeps_its_level(level_rows, test, LEVEL)]
    of_groups = [row for row in power_rows if row["groups"] == row["replicates"]]
    return max(keeping, key=lambda test: sum(row[test] for row in of_groups), default="none")


def simulate(grid: Path, draws: int) -> dict[str, Any]:
    """Return everything that is on the page."""
    world = decompose(read_errors(grid, LENGTH, WINDOW))
    last = decompose(read_errors(grid, LENGTH, 1))
    half = decompose(read_errors(grid, HALF, WINDOW))
    levels = measured(world, nulls(world), draws, LEVEL)
    powers = measured(world, differences(world), draws, LEVEL)
    last_powers = measured(last, differences(last)[:-1], draws, LEVEL)
    head = json.loads(grid.read_text(encoding="utf-8").partition("\n")[0])
    return {
        "grid": {"rates": head["rates"], "streams": world.streams.size, "wanted": STREAMS,
                 "cpu": head["cpu"], "length": LENGTH,
                 "half": HALF, "window": WINDOW, "trials": TRIALS},
        "nominal": LEVEL,
        "spreads": spreads(world),
        "spreads_last": spreads(last),
        "half_length": half_length(world.variants, half.variants),
        "level": levels,
        "power": powers,
        "power_last": last_powers,
        "default": default_test(levels, powers),
    }  # fmt: skip


def main() -> None:
    """Draw, decide, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--grid", type=Path, default=GRID)
    parser.add_argument("--draws", type=int, default=NORMAL, help="of each case and design")
    parser.add_argument("--json", type=Path, default=RESULT)
    parser.add_argument("--page", type=Path, default=PAGE)
    arguments = parser.parse_args()
    found = simulate(arguments.grid, arguments.draws)
    arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    arguments.page.write_text(page(found), encoding="utf-8")
    print(f"{arguments.page}: the default test is {found['default']}")


if __name__ == "__main__":
    main()
