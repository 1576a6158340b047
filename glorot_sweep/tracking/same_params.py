"""A run that is taken up again holds what it is taken up for, or is refused.

MLflow never changes a param. A run whose params said one thing, and whose points were another's,
would be believed. None may differ: where and by how many processes a run is trained, and whatever
else may change between two starts, are tags. Numbers are compared as numbers, `0.10` is `0.1`; and
the params that `mlflow run` gave to the run that it made stay in the user's own words.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from glorot_sweep.tracking.schema.fields import StoredRunError, shown


def lacking_params(
    run_id: str, name: str, stored: Mapping[str, str], wanted: Mapping[str, object]
) -> dict[str, str]:
    """Return the params that a run does not have yet.

    Args:
        run_id: of the run.
        name: of the run.
        stored: its params.
        wanted: those of what it is taken up for.

    Raises:
        StoredRunError: it has one of them with another value.
    """
    for param, value in wanted.items():
        if param in stored and not _same(stored[param], str(value)):
            raise StoredRunError(
                f"the run {name!r} ({run_id}) has the param {param} = {shown(stored[param])}, and "
                f"would be taken up again for {param} = {shown(str(value))}: it was made for "
                "something else, or was changed after it was written. A run is of one kind: "
                "delete it, and the same command trains it again from its start."
            )
    return {param: str(value) for param, value in wanted.items() if param not in stored}


def agree(stored: Mapping[str, str], wanted: Mapping[str, object]) -> bool:
    """Return whether a run has no param with another value than these."""
    return all(_same(stored[name], str(value)) for name, value in wanted.items() if name in stored)


def _same(stored: str, wanted: str) -> bool:
    """Whether two params say the same.

    Example:
        >>> _same("0.10", "0.1"), _same("0.1", "0.10000001"), _same("tanh", "softsign")
        (True, False, False)
    """
    if stored == wanted:
        return True
    try:
        return bool(Decimal(stored) == Decimal(wanted))
    except InvalidOperation:
        return False
