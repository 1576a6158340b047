"""How a place is named to a command that is to be typed."""

import shlex
from pathlib import Path

from glorot_sweep.tracking.address import (
    DEFAULT_DATABASE,
    DEFAULT_EXPERIMENT,
    experiment_name,
    sqlite_uri,
    tracking_uri,
)
from glorot_sweep.tracking.place import Place


def place_options(place: Place) -> str:
    """Return the options that name a place, as far as it is not the one that is meant anyway.

    That is the default, unless a variable of this process names another.

    Each with a blank before it, to be put behind a command.
    """
    words = []
    if {sqlite_uri(Path(DEFAULT_DATABASE)), tracking_uri()} != {place.uri}:
        words += ["--tracking-uri", shlex.quote(place.shown_uri)]
    if {DEFAULT_EXPERIMENT, experiment_name()} != {place.experiment}:
        words += ["--experiment", shlex.quote(place.experiment)]
    return "".join(f" {word}" for word in words)
