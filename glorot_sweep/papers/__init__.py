"""The papers that a sweep can be compared with: a folder for each, found by its name.

A folder holds a package whose `PAPER` is a `glorot_sweep.report.paper.Paper`. Nothing else names
it: adding a paper is adding a folder.
"""

from importlib import import_module

from glorot_sweep.config.papers import DEFAULT_PAPER, NO_PAPER, paper_names
from glorot_sweep.errors import UserError
from glorot_sweep.report.paper import QUESTION, Paper
from glorot_sweep.spelling import nearest
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.sweeps import find_sweep, sweep_names

INITIALIZATION = "-"  # in the place of a sweep's name: what stands beside all sweeps


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


def asked_sweeps(place: Place, names: list[str]) -> tuple[list[str], Paper, list[str]]:
    """Return the sweeps whose claims are asked for, and the paper that all of them are about.

    Args:
        place: store and experiment.
        names: of sweeps; `-` alone: none of them; nothing: all finished ones about `DEFAULT_PAPER`.

    Returns:
        Each name once; the paper; a sentence for each sweep that was not named and is left out.

    Raises:
        UserError: there is no such sweep, `-` stands beside names, or sweeps are about different
            papers.
    """
    names = list(dict.fromkeys(names))
    if names == [INITIALIZATION]:
        return [], find_paper(DEFAULT_PAPER), []
    if INITIALIZATION in names:
        raise UserError(
            "- stands for the initialization alone; got it beside names of sweeps: "
            f"{', '.join(name for name in names if name != INITIALIZATION)}. Leave one of both out."
        )
    if not names:
        return _all_finished(place)
    papers = {name: paper_of(place, name) for name in names}
    if len({paper.name for paper in papers.values()}) > 1:
        about = ", ".join(f"{name}: {paper.name}" for name, paper in papers.items())
        raise UserError(
            f"sweeps can be verified together if all are about one paper; got {about}. Name those "
            "of one paper."
        )
    return names, papers[names[0]], []


def _all_finished(place: Place) -> tuple[list[str], Paper, list[str]]:
    paper, chosen, left_out = find_paper(DEFAULT_PAPER), [], []
    for name in sweep_names(place):
        sweep = find_sweep(place, name)
        if sweep.paper != paper.name:
            left_out.append(f"Left out: {name} is not about {paper.name} (paper: {sweep.paper})")
        elif sweep.state is not State.COMPLETE:
            left_out.append(f"Left out: {name} is unfinished (state: {sweep.state.word})")
        else:
            chosen.append(name)
    return chosen, paper, left_out
