"""The numbers that the native engine is to reach, beside what was measured.

Run from the repository: `python benchmarks/aims.py` prints the table from the JSON files in
`results/`; nothing is measured here. `make bench-engines` measures all that is in it.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from comparison import over_best, summary
from contenders import JAX_PYTHONS, TORCH_SIDE_BY_SIDE
from peers import BareLoop
from performance_tables import Measured, read_results
from pretraining import LIMITS as PRETRAINING_LIMITS
from pretraining import ratio as pretraining_ratio
from quick_sweep import LIMIT_SECONDS
from step_rules import HESSIAN, VARIANCE
from step_rules import LIMITS as RULE_LIMITS
from step_rules import ratio as rule_ratio

from glorot_sweep.specs import NATIVE, TORCH

RESULTS = Path(__file__).parent / "results"
FILES = ("training", "step_rules", "pretraining", "quick_sweep")
SMALL = "1024-100x5-9"
BEST_JAX = list(JAX_PYTHONS)

Found = dict[str, Measured]
"""Content of the JSON files that there are, by name."""

Spread = dict[str, float]
"""Median and extremes of the rounds."""


@dataclass(frozen=True)
class Aim:
    """A number to reach.

    Attributes:
        case: what is trained.
        what: is measured of the native engine.
        number: at least; seconds: at most.
        measured: finds it among the results; None if it was not measured.
        unit: `x`, `%` of a whole, or `s`.
    """

    case: str
    what: str
    number: float
    measured: Callable[[Found], Spread | None]
    unit: str = "x"

    def row(self, found: Found) -> str:
        """Return a row of the table."""
        spread, at_most = self.measured(found), self.unit == "s"
        limit = f"at {'most' if at_most else 'least'} {self._shown(self.number)}"
        cells = [self.case, self.what, limit]
        if spread is None:
            return f"| {' | '.join(cells)} | not measured | |"
        middle = spread["median"]
        reached = middle <= self.number if at_most else middle >= self.number
        between = f"[{self._shown(spread['min'])}, {self._shown(spread['max'])}]"
        shown = f"**{self._shown(middle)}** {between}"
        return f"| {' | '.join(cells)} | {shown} | {'yes' if reached else '**no**'} |"

    def _shown(self, value: float) -> str:
        if self.unit == "%":
            return f"{100 * value:.0f} %"
        return f"{value:.0f} s" if self.unit == "s" else f"{value:.3g} x"


def aims_table(found: Found) -> str:
    """Return all rows as a table in Markdown."""
    head = ["| case | native engine | aim | measured | reached |", "|:--|:--|--:|--:|:--|"]
    return "\n".join([*head, *(aim.row(found) for aim in AIMS)]) + "\n"


def _result(found: Found, case: str) -> Measured | None:
    results = found.get("training", {}).get("results", [])
    return next((one for one in results if one["case"] == case), None)


def _over(case: str, *peers: str) -> Callable[[Found], Spread | None]:
    """Return what finds the ratio to the best of these peers."""

    def measured(found: Found) -> Spread | None:
        one = _result(found, case)
        return over_best(one["rounds"], NATIVE, list(peers)) if one else None

    return measured


def _of_floor(case: str) -> Callable[[Found], Spread | None]:
    def measured(found: Found) -> Spread | None:
        one = _result(found, case)
        return one["roofline"]["share"] if one and one["compared"] == NATIVE else None

    return measured


def _beside(case: str) -> Callable[[Found], Spread | None]:
    def measured(found: Found) -> Spread | None:
        one = _result(found, case)
        beside = one["beside_busy_processes"] if one else None
        return beside["share_of_speed"][NATIVE] if beside and beside["processes"] == 1 else None

    return measured


def _rule(variant: str) -> Callable[[Found], Spread | None]:
    def measured(found: Found) -> Spread | None:
        if "step_rules" not in found:
            return None
        rounds = found["step_rules"]["seconds"][NATIVE][f"20 of {SMALL}"]
        return summary([rule_ratio(one, variant) for one in rounds])

    return measured


def _pretraining(found: Found) -> Spread | None:
    if "pretraining" not in found:
        return None
    return summary(
        [pretraining_ratio(one) for one in found["pretraining"]["seconds"][NATIVE][SMALL]]
    )


def _quick_sweep(found: Found) -> Spread | None:
    return summary([found["quick_sweep"]["seconds"]]) if "quick_sweep" in found else None


def _case_aims() -> list[Aim]:
    """Return the aims for speed: those of a case of `training.py`, and of its contenders."""
    twenty, mixed, one = f"{SMALL}*20", f"{SMALL}*20:mixed", f"{SMALL}*1"
    middle, wide = "1024-300x5-9*8", "1024-1000x5-9*4"
    plan = [
        (twenty, "the torch pack", 3.0, [TORCH]), (twenty, "a bare loop", 25.0, [BareLoop.name]),
        (mixed, "the torch pack", 3.0, [TORCH]),
        (one, "the best JAX", 2.0, BEST_JAX), (one, "the torch pack", 8.0, [TORCH]),
        (middle, "the torch pack", 2.0, [TORCH]),
        (wide, "a bare loop", 2.5, [BareLoop.name]),
        (wide, "torch, one pack or one for each core", 1.6, [TORCH, TORCH_SIDE_BY_SIDE]),
    ]  # fmt: skip
    aims = [
        Aim(case, f"times as fast as {peer}", number, _over(case, *names))
        for case, peer, number, names in plan
    ]
    aims.append(Aim(twenty, "share of the floor", 0.5, _of_floor(twenty), "%"))
    aims.append(Aim(mixed, "share of the floor", 0.4, _of_floor(mixed), "%"))
    aims.append(Aim(twenty, "speed beside a busy process, of its own", 0.45, _beside(twenty), "%"))
    return sorted(aims, key=lambda aim: [twenty, mixed, one, middle, wide].index(aim.case))


AIMS = [
    *_case_aims(),
    Aim(f"{SMALL}*20", "diagonal of the Hessian, of the speed of plain updates",
        RULE_LIMITS[NATIVE][HESSIAN], _rule(HESSIAN), "%"),
    Aim(f"{SMALL}*20", "gradient variance, of the speed of plain updates",
        RULE_LIMITS[NATIVE][VARIANCE], _rule(VARIANCE), "%"),
    Aim(f"{SMALL}*20", "pre-training of a layer, of the speed of plain updates",
        PRETRAINING_LIMITS[NATIVE], _pretraining, "%"),
    Aim("make sweep", "the quick preset, after installation", LIMIT_SECONDS, _quick_sweep, "s"),
]  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    print(aims_table(read_results(arguments.results, FILES)))


if __name__ == "__main__":
    main()
