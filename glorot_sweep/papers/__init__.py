"""The papers that a sweep can be compared with: a folder for each, found by its name.

A folder holds a package whose `PAPER` is a `glorot_sweep.report.paper.Paper`. Nothing else names
it: adding a paper is adding a folder.
"""

from importlib import import_module

from glorot_sweep.config.papers import NO_PAPER, paper_names
from glorot_sweep.errors import UserError
from glorot_sweep.report.paper import QUESTION, Paper
from glorot_sweep.spelling import nearest
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.sweeps import find_sweep


def find_paper(name: str) -> Paper:
    """Return the paper of a name; of `none` a report of the question itself.

    Raises:
        UserError: there is no such paper; names the nearest.

    Example:
        >>> find_paper("none").claims
        ()
    """
    if name == NO_PAPER:
        return QUESTION
    if name not in paper_names():
        raise UserError(f"unknown paper {name!r}{nearest(name, paper_names())}")
    found: Paper = import_module(f"{__name__}.{name}").PAPER
    return found


def paper_of(place: Place, sweep: str) -> Paper:
    """Return the paper that a stored sweep is compared with.

    Raises:
        UserError: there is no such sweep, or it names a paper that is not here any more.
    """
    return find_paper(find_sweep(place, sweep).paper)
