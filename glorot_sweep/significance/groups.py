"""The independent values of a cell: one for each group of the search, or one for each replicate."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def independent_values(
    errors: ArrayLike, groups: int, numbers: Sequence[int] = ()
) -> NDArray[np.float64]:
    """Return the values that a test over seeds may count as independent of each other.

    Replicate r repeats the winner of group r mod `groups`, so that replicates of one group share
    what the search chose: they are one observation of it, their mean. With a group for each
    replicate these are the replicates themselves; with a single group too, and then nothing that
    is computed from them covers the search.

    Args:
        errors: of the replicates in their order, any unit: [n_replicates], or of each on so many
            examples, [n_replicates, n_examples].
        groups: of the search, at most n_replicates where none is missing.
        numbers: r of each, where replicates are missing; left out: 0, 1, ...

    Returns:
        `errors` for one group or as many as replicates, else the means of the groups that have
        replicates, [groups] or [groups, n_examples].

    Raises:
        ValueError: there is no group, or are more than replicates of which none is missing.

    Example:
        >>> independent_values([10.0, 20.0, 12.0, 22.0, 14.0], 2).tolist()
        [12.0, 21.0]
        >>> independent_values([10.0, 20.0, 12.0], 1).tolist()
        [10.0, 20.0, 12.0]
        >>> independent_values([10.0, 12.0, 24.0], 3, (0, 2, 5)).tolist()
        [10.0, 18.0]
    """
    values = np.asarray(errors, dtype=np.float64)
    if groups < 1 or (not numbers and groups > len(values)):
        raise ValueError(
            f"{len(values)} replicates can be of 1 to {len(values)} groups, got {groups}. "
            "Ask for more replicates or fewer groups."
        )
    found = [values[place].mean(axis=0) for place in places_of(len(values), groups, numbers)]
    return np.array(found, dtype=np.float64)


def places_of(replicates: int, groups: int, numbers: Sequence[int] = ()) -> list[list[int]]:
    """Return the places of the replicates that each independent value is the mean of.

    Args:
        replicates: how many there are.
        groups: of the search.
        numbers: see `independent_values`.

    Example:
        >>> places_of(5, 2), places_of(2, 1), places_of(3, 3, (0, 2, 5))
        ([[0, 2, 4], [1, 3]], [[0], [1]], [[0], [1, 2]])
    """
    if groups == 1:
        return [[place] for place in range(replicates)]
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(numbers or range(replicates)):
        places[number % groups].append(place)
    return list(places.values())
