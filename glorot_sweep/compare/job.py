"""The comparison as a job: read the sweeps, store what was found, show it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from glorot_sweep.compare.answer import answers
from glorot_sweep.compare.compared import Compared, compare
from glorot_sweep.compare.files import PAGE, SUMMARY, compared_files, note_of
from glorot_sweep.compare.render import (
    DIFFERENCES_HEAD,
    ROLE_TITLES,
    bits_sentence,
    caption,
    cell_rows,
    cells_head,
    difference_rows,
    is_marked,
    other_bits_rows,
    settings_head,
    settings_rows,
    terminal_table,
)
from glorot_sweep.compare.request import Asked
from glorot_sweep.host.sentences import print_sentence
from glorot_sweep.report.files import write_files
from glorot_sweep.report.job import LONGEST_NOTE
from glorot_sweep.report.whereabouts import NOT_STORED
from glorot_sweep.tracking.ending import true_statuses
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.comparison import ShownSweeps
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind
from glorot_sweep.tracking.schema.runs import Mark, Note, origin_here, standing

LISTED = 5  # networks without the same bits that are named in the terminal


def run_compare(asked: Sequence[Asked], console: Console, output: Path | None = None) -> Compared:
    """Compare sweeps, store that as a run beside the first of them, print the tables.

    Args:
        asked: the sweeps.
        console: where to print.
        output: a folder to write the same files to.

    Returns:
        What was found.

    Raises:
        UserError: see `compare`, or the folder cannot be written.
        ServiceLostError: a finished sweep was changed meanwhile; no comparison was made.
    """
    compared = compare(asked)
    files = compared_files(compared)
    if output is not None:
        write_files(output, files)
    place = compared.sides[0].place
    if blocked := place.obstacle():
        kept = NOT_STORED.format(blocked)
    else:
        run = _store(place, compared, files)
        kept = (
            f"run {run.run_id} in {place.experiment} of {place.shown_uri}, artifact "
            f"{Artifact.REPORT}/{PAGE}"
        )
    show_compared(compared, console)
    console.print(
        f"Comparison: {kept}" + (f"; {output / PAGE}" if output else ""),
        soft_wrap=True, highlight=False, markup=False,
    )  # fmt: skip
    return compared


def show_compared(compared: Compared, console: Console) -> None:
    """Print the answer, the tables, what has to be known beside them, and what differs."""
    for sentence in answers(compared):
        print_sentence(console, sentence, "bold")
    for table in compared.tables:
        console.print()
        title = ROLE_TITLES[table.role]
        console.print(terminal_table(title, cells_head(compared), cell_rows(compared, table)))
        marks = [is_marked(one, compared.level) for one in table.differences]
        rows = difference_rows(compared, table)
        console.print(terminal_table("Differences", DIFFERENCES_HEAD, rows, marks))
        console.print(caption(compared, table).replace("Bold", "Star"), style="dim", markup=False)
    console.print()
    for sentence in compared.cautions:
        print_sentence(console, sentence, "yellow")
    for sentence in compared.doubts:
        console.print(f"Doubtful: {sentence}", style="red", markup=False, soft_wrap=True)
    for sentence in compared.disagreements:
        console.print(f"Mixed: {sentence}", style="yellow", markup=False, soft_wrap=True)
    _show_settings(compared, console)
    print_sentence(console, bits_sentence(compared))
    other = other_bits_rows(compared.shared)
    for name, _, runs, what in other[:LISTED]:
        told = f"{name} ({runs}): {what}"
        console.print(told, style="yellow", markup=False, highlight=False, soft_wrap=True)
    if len(other) > LISTED:
        more = f"and {len(other) - LISTED:,} more, which the page names"
        console.print(more, style="yellow", markup=False, highlight=False)


def _show_settings(compared: Compared, console: Console) -> None:
    differing = settings_rows(compared.settings, differing=True)
    console.print()
    if differing:
        console.print(terminal_table("What differs", settings_head(compared), differing))
    else:
        console.print("Nothing that was recorded of the sweeps differs.", markup=False)


def name_of(labels: Sequence[str]) -> str:
    """Return the name of a comparison's run, however many sweeps it has.

    Example:
        >>> name_of(["quick", "cost"]), name_of(["quick", "cost", "inside", "laptop"])
        ('quick-cost-compare', 'quick-cost-and-2-more-compare')
    """
    more = f"-and-{len(labels) - 2}-more" if len(labels) > 2 else ""
    return f"{'-'.join(labels[:2])}{more}-compare"


def _store(place: Place, compared: Compared, files: Mapping[str, bytes]) -> RunWriter:
    """Store the files with a run that belongs to no sweep; under `mlflow run` with its own."""
    runs, name = RunStore(place.client, place.experiment_id), name_of(compared.labels)
    note = Note(note=note_of(files[SUMMARY].decode())[:LONGEST_NOTE])
    looks = {str(n): side.collected.sweep.run_id for n, side in enumerate(compared.sides, start=1)}
    shown = ShownSweeps(compared=looks)  # whoever lets one of them grow has seen it
    tags = tags_of(origin_here(), Mark(kind=Kind.REPORT), standing(State.RUNNING), note, shown)
    if place.project_run:
        run = runs.adopt(place.project_run, name, tags)
    else:
        run = runs.create(name, tags)
    with true_statuses(run):
        run.files(files, Artifact.REPORT)
        run.finish(State.COMPLETE)
    return run
