"""The independent values of a cell: one for each group of the search, or one for each replicate."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def independent_values(errors: ArrayLike, groups: int) -> NDArray[np.float64]:
    """Return the values that a test over seeds may count as independent of each other.

    Replicate r repeats the winner of group r mod `groups`, so that replicates of one group share
    what the search chose: they are one observation of it, their mean. With a group for each
    replicate these are the replicates themselves; with a single group too, and then nothing that
    is computed from them covers the search.

    Args:
        errors: of the replicates in their order, any unit: [n_replicates], or of each on so many
            examples, [n_replicates, n_examples].
        groups: of the search, at most n_replicates.

    Returns:
        `errors` for one group or as many as replicates, else the groups' means, [groups] or
        [groups, n_examples].

    Raises:
        ValueError: there is no group, or are more than replicates.

    Example:
        >>> independent_values([10.0, 20.0, 12.0, 22.0, 14.0], 2).tolist()
        [12.0, 21.0]
        >>> independent_values([10.0, 20.0, 12.0], 1).tolist()
        [10.0, 20.0, 12.0]
    """
    values = np.asarray(errors, dtype=np.float64)
    if not 1 <= groups <= len(values):
        raise ValueError(
            f"{len(values)} replicates can be of 1 to {len(values)} groups, got {groups}. "
            "Ask for more replicates or fewer groups."
        )
    if groups in (1, len(values)):
        return values
    return np.array([values[group::groups].mean(axis=0) for group in range(groups)])
