"""Which sweeps are to be compared, and where each is: known before anything large is loaded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.address import (
    experiment_name,
    refuse_missing_store,
    tracking_uri,
    where_it_is,
)


@dataclass(frozen=True)
class Asked:
    """A sweep that is to be compared.

    Attributes:
        name: its own.
        uri: tracking URI as it was given; None: the default.
        experiment: likewise.
        label: what it is called beside the others: its name, with its number where another sweep
            of the comparison has the same one.
    """

    name: str
    uri: str | None
    experiment: str | None
    label: str


def asked_sweeps(
    names: Sequence[str], uris: Sequence[str], experiments: Sequence[str]
) -> tuple[Asked, ...]:
    """Return the sweeps that a command line asks for.

    Args:
        names: of two sweeps or more.
        uris: tracking URIs: none, one for all sweeps, or one for each in their order.
        experiments: likewise.

    Raises:
        UserError: there are too few names, another number of addresses, the same sweep twice, or
            a SQLite store that does not exist.
    """
    if len(names) < 2:
        given = f"got {', '.join(names)} alone" if names else "got none"
        raise UserError(
            f"compare takes the names of two sweeps or more; {given}. `glorot-sweep list` has "
            "those of an experiment."
        )
    where = _for_each("--tracking-uri", uris, len(names))
    within = _for_each("--experiment", experiments, len(names))
    found = tuple(
        Asked(name, uri, experiment, label)
        for name, uri, experiment, label in zip(names, where, within, labels(names), strict=True)
    )
    _refuse_twice(found)
    for uri in dict.fromkeys(where):
        refuse_missing_store(tracking_uri(uri))
    return found


def labels(names: Sequence[str]) -> list[str]:
    """Return what sweeps are called beside each other.

    Example:
        >>> labels(["quick", "laptop", "quick"])
        ['quick (1)', 'laptop', 'quick (3)']
    """
    counts = Counter(names)
    return [
        f"{name} ({number})" if counts[name] > 1 else name for number, name in enumerate(names, 1)
    ]


def _for_each(option: str, values: Sequence[str], count: int) -> list[str | None]:
    """Return an option's value for each sweep; an empty one is the option's default."""
    if len(values) not in {0, 1, count}:
        raise UserError(
            f"{option} is given once for all sweeps, or once for each in their order; got it "
            f"{len(values)} times for {count} sweeps."
        )
    given = [value or None for value in values]
    return given if len(given) == count else (given or [None]) * count


def _refuse_twice(asked: Sequence[Asked]) -> None:
    """Refuse a sweep that would be compared with itself."""
    places: dict[tuple[str, str, str], int] = {}
    for number, one in enumerate(asked, 1):
        store = where_it_is(tracking_uri(one.uri)).rstrip("/")
        place = (store, experiment_name(one.experiment), one.name)
        first = places.setdefault(place, number)
        if first != number:
            raise UserError(
                f"the sweeps {first} and {number} are the same one: {one.name!r} in the experiment "
                f"{place[1]!r} of {store}. Name each once; a sweep of the same name in another "
                "store is told by one --tracking-uri for each sweep, in their order."
            )
