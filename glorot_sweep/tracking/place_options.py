"""How a place is named to a command that is to be typed."""

import shlex
from pathlib import Path

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.address import (
    DEFAULT_DATABASE,
    DEFAULT_EXPERIMENT,
    experiment_name,
    sqlite_uri,
    tracking_uri,
)
from glorot_sweep.tracking.place import Place


def place_options(place: Place) -> str:
    """Return the options that name a place, each with a blank before it, to follow a command.

    One is left out where a command would mean that place anyway, whether or not it is typed with
    the variables of this process.
    """
    words = []
    if place.uri != sqlite_uri(Path(DEFAULT_DATABASE)) or place.uri != _uri_of_the_variable():
        words += ["--tracking-uri", shlex.quote(place.shown_uri)]
    if place.experiment != DEFAULT_EXPERIMENT or place.experiment != experiment_name():
        words += ["--experiment", shlex.quote(place.experiment)]
    return "".join(f" {word}" for word in words)


def _uri_of_the_variable() -> str | None:
    """Return what is meant where no option names a store; None if that is none."""
    try:
        return tracking_uri()
    except UserError:
        return None
