"""What a claim measured: named numbers, the conditions they violate, and the runs used."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """Runs of one kind that a number was read from.

    Attributes:
        run_ids: MLflow's.
        depth, width: of their networks; None if they have none or it plays no part.
        updates: SGD steps that were seen.
        seeds: independent draws.
    """

    run_ids: tuple[str, ...]
    depth: int | None = None
    width: int | None = None
    updates: int | None = None
    seeds: int | None = None


def number_text(number: float) -> str:
    """Write a number for a sentence.

    Example:
        >>> number_text(0.10492), number_text(2_000_000)
        ('0.1049', '2,000,000')
    """
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


@dataclass
class Measurement:
    """Numbers in the order they were measured; every condition must hold.

    Attributes:
        numbers: name to number.
        violated: a sentence for each condition that does not hold.
        sources: the runs used.
        lacking: what else is needed before a verdict, in words.
    """

    numbers: dict[str, float] = field(default_factory=dict)
    violated: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

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
