"""What a claim measured: numbers, the conditions on them, what is left open, and the runs used."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from glorot_sweep.report.claims.demands import CONFIDENCE, Demand, Some, number_text
from glorot_sweep.report.claims.estimate import Estimate


@dataclass(frozen=True)
class Source:
    """Runs of one kind that a number was read from.

    Attributes:
        run_ids: MLflow's.
        depth, width: of their networks; None if they have none or it plays no part.
        updates: SGD steps that were seen.
        seeds: runs that differ in their seed alone, or in that and in what a search chose.
        searches: whose winners they repeat, so that no more of them are independent of each
            other; None where no search plays a part.
    """

    run_ids: tuple[str, ...]
    depth: int | None = None
    width: int | None = None
    updates: int | None = None
    seeds: int | None = None
    searches: int | None = None

    @property
    def draws(self) -> int | None:
        """Return how many observations are independent of each other in all that is by chance."""
        if self.seeds is None or self.searches is None:
            return self.seeds
        return min(self.seeds, self.searches)

    @property
    def has_fewer_searches(self) -> bool:
        """Whether several seeds repeat the winner of one search."""
        return self.draws != self.seeds


@dataclass
class Measurement:
    """Numbers in the order they were measured; every condition must hold.

    Attributes:
        numbers: name to number.
        intervals: of those that have one, once it is settled.
        demands: conditions on numbers with intervals, until they are settled.
        violated: a sentence for each condition that does not hold.
        undecided: a sentence for each condition that the numbers leave open, and for what is
            not there.
        sources: the runs used.
        lacking: what else is needed before a verdict at the paper's scale, in words.
        before_contradiction: what else is needed before the claim may be contradicted there.
        stand_in: a data set that stands for the claim's own; empty if none does.
    """

    numbers: dict[str, float] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    demands: list[Demand | Some] = field(default_factory=list)
    violated: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    before_contradiction: list[str] = field(default_factory=list)
    stand_in: str = ""

    @property
    def holds(self) -> bool:
        """Whether no condition is violated."""
        return not self.violated

    def note(self, name: str, number: float) -> None:
        """Keep a number that nothing is demanded of.

        Raises:
            ValueError: the name is taken.
        """
        if name in self.numbers:
            raise ValueError(f"{name!r} was measured twice; give each number a name of its own.")
        self.numbers[name] = float(number)

    def check(self, name: str, number: float, fulfilled: bool, wanted: str) -> None:
        """Keep a number with a condition; `wanted` completes the sentence "it is not ..."."""
        self.note(name, number)
        if not fulfilled:
            self.violated.append(f"{name} is {number_text(number)}, not {wanted}")

    def at_most(self, name: str, number: float, bound: float) -> None:
        """Demand number <= bound."""
        self.check(name, number, bool(number <= bound), f"at most {number_text(bound)}")

    def at_least(self, name: str, number: float, bound: float) -> None:
        """Demand number >= bound."""
        self.check(name, number, bool(number >= bound), f"at least {number_text(bound)}")

    def below(self, name: str, number: float, bound: float) -> None:
        """Demand number < bound."""
        self.check(name, number, bool(number < bound), f"below {number_text(bound)}")

    def above(self, name: str, number: float, bound: float) -> None:
        """Demand number > bound."""
        self.check(name, number, bool(number > bound), f"above {number_text(bound)}")

    def between(self, name: str, number: float, low: float, high: float) -> None:
        """Demand low <= number <= high."""
        wanted = f"between {number_text(low)} and {number_text(high)}"
        self.check(name, number, bool(low <= number <= high), wanted)

    def demand(
        self, name: str, estimate: Estimate, low: float = -math.inf, high: float = math.inf
    ) -> None:
        """Demand that a number with an interval lies between two bounds; see `settle`."""
        self.note(name, estimate.value)
        self.demands.append(Demand(name, estimate, low, high))

    def some(
        self, what: str, least: int, among: Mapping[str, Demand], *, of: int, always: str = ""
    ) -> None:
        """Demand that so many of several demands are fulfilled; see `Some` and `settle`."""
        for demand in among.values():
            self.note(demand.name, demand.estimate.value)
        self.demands.append(Some(what, least, among, of, always))

    def every(self, name: str, outcomes: Sequence[bool | None]) -> None:
        """Demand something of every run; None is a run that does not tell.

        It is violated if at most a third of the runs can fulfill it: one of three by chance is
        no support, two of three are no proof.
        """
        fulfilled = sum(outcome is True for outcome in outcomes)
        silent = sum(outcome is None for outcome in outcomes)
        self.note(f"runs with {name}", fulfilled)
        what = f"{fulfilled} of {len(outcomes)} runs have {name}"
        if fulfilled == len(outcomes):
            return
        if 3 * (fulfilled + silent) <= len(outcomes):
            self.violated.append(what)
        else:
            told = f", {silent} do not tell" if silent else ""
            self.undecided.append(what + told)

    def settle(self) -> None:
        """Decide on the demands by their intervals.

        A demand is fulfilled if its interval of `CONFIDENCE` lies within the bounds. It is violated
        if an interval outside of them has the confidence that Bonferroni's inequality asks for.
        All must be fulfilled for a claim to hold and a single violation is enough against it, so
        neither error becomes likelier with the number of demands. Where some of several are
        enough, both need Bonferroni's confidence. Everything else is undecided.
        """
        demands, self.demands = self.demands, []
        count = sum(len(one.among) if isinstance(one, Some) else 1 for one in demands)
        together = 1 - (1 - CONFIDENCE) / max(count, 1)
        for one in demands:
            if isinstance(one, Some):
                self._decide_on_some(one, together)
            else:
                self._decide(one, together)

    def _decide(self, demand: Demand, together: float) -> None:
        self._keep_interval(demand)
        if demand.is_violated(together):
            self.violated.append(f"{demand.told}, not {demand.wanted}")
        elif not demand.is_fulfilled(CONFIDENCE):
            self.undecided.append(f"{demand.told}, not shown to be {demand.wanted}")

    def _decide_on_some(self, some: Some, together: float) -> None:
        for demand in some.among.values():
            self._keep_interval(demand)
        there = len(some.fulfilled(together))
        told = "; ".join(demand.told for demand in some.among.values())
        sentence = f"{some.what}: shown for {there}, {some.least} of {some.of} are wanted ({told})"
        if some.is_violated(together):
            self.violated.append(sentence)
        elif not some.is_fulfilled(together):
            self.undecided.append(sentence)

    def _keep_interval(self, demand: Demand) -> None:
        ends = demand.estimate.interval(CONFIDENCE)
        if ends is not None:
            self.intervals[demand.name] = ends
