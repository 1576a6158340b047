"""What the names of parts and variants look like."""

import re
from typing import Any, Final

PART_NAME: Final = r"^[a-z][a-z0-9_]{0,39}$"
IN_WORDS: Final = "a name has 1 to 40 small letters a-z, digits and _, a letter first"


def check_name(kind: str, name: Any) -> None:
    """Refuse what no name looks like.

    Args:
        kind: of what it is to be the name, for the message.
        name: given.

    Raises:
        ValueError: it is none.
    """
    if not (isinstance(name, str) and re.fullmatch(PART_NAME, name)):
        raise ValueError(f"{name!r} is no name of a {kind}: {IN_WORDS}")
