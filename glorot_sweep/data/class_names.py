"""Names of classes: MLflow and every page must be able to write them."""

from collections.abc import Iterable

from glorot_sweep.errors import UserError


def refuse_no_text(origin: object, names: Iterable[str]) -> None:
    """Refuse names that are no UTF-8, as folders have them that were unpacked from old archives.

    Args:
        origin: of the names, for the message.
        names: of classes.

    Raises:
        UserError: names the first.
    """
    for name in names:
        if not is_text(name):
            raise UserError(
                f"{origin}: the name of the class folder {name!a} is no UTF-8. Rename it."
            )


def is_text(name: str) -> bool:
    r"""Return whether a name can be written as UTF-8.

    Example:
        >>> is_text("café"), is_text(b"caf\xe9".decode(errors="surrogateescape"))
        (True, False)
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
