"""The report as a job: compile the tables from the server, store them there, show them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from glorot_sweep.errors import ServiceLostError
from glorot_sweep.host.sentences import print_sentence
from glorot_sweep.report.beyond import BeyondEntry
from glorot_sweep.report.cautions import cautions
from glorot_sweep.report.compiled import Compiled, compile_report
from glorot_sweep.report.files import PAGE, SUMMARY, note_of, report_files, write_files
from glorot_sweep.report.growth import growth_sentences
from glorot_sweep.report.headings import TAKES, against_heading, best_heading
from glorot_sweep.report.headline import leave_headline, with_links
from glorot_sweep.report.paper import Beside, Paper
from glorot_sweep.report.render import caption, table_terminal, terminal_heads
from glorot_sweep.report.render_beyond import beyond_caption, beyond_terminal
from glorot_sweep.report.render_over import show_over
from glorot_sweep.report.stored import stored_files
from glorot_sweep.report.svms import svm_sentences
from glorot_sweep.report.tables import Entry
from glorot_sweep.report.terminal_width import within_width
from glorot_sweep.report.verify import count_lines
from glorot_sweep.report.whereabouts import NOT_STORED, opened_by, stored_in
from glorot_sweep.report.would_take import LEAD as WANTING
from glorot_sweep.tracking.belonging import own_run, runs_digest, runs_digests, runs_of
from glorot_sweep.tracking.copies import artifact_paths
from glorot_sweep.tracking.ending import true_statuses
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import get_run, read_text
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.schema.fields import metrics_of, tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind, cell_name
from glorot_sweep.tracking.schema.report import MadeFrom, ReportRun, TableMeans
from glorot_sweep.tracking.schema.runs import (
    About,
    Mark,
    Note,
    OfSweep,
    kind_of,
    origin_here,
    read,
    standing,
)
from glorot_sweep.tracking.sweeps import find_sweep, refuse_partial
from glorot_sweep.tracking.views.keeping import keep_views, view_lines

LONGEST_NOTE = 7500  # characters


def run_report(
    place: Place,
    name: str,
    paper: Paper,
    console: Console,
    output: Path | None = None,
    figures: list[str] | None = None,
) -> Compiled:
    """Compile the report, store it as a run of its own, print the tables.

    From a store that cannot be written it is compiled and printed all the same.

    Args:
        place: the sweep's store and experiment.
        name: of the sweep.
        paper: what the sweep is compared with.
        console: where to print.
        output: a folder to write the same files to.
        figures: names of those wanted; None: all.

    Returns:
        The report.

    Raises:
        UserError: the sweep cannot be reported, a figure is unknown, or the folder cannot be
            written.
        ServiceLostError: the sweep was changed meanwhile; no report was made.
    """
    made_from = _state(place, name)
    report = compile_report(place, name, paper, figures)
    files = report_files(report)
    if output is not None:
        write_files(output, files)
    if _state(place, name) != made_from:
        raise ServiceLostError(
            f"the sweep {name!r} was changed while its report was made. No report is stored; the "
            "same command makes it anew."
        )
    if blocked := place.obstacle():
        run_id, kept = None, NOT_STORED.format(blocked)
    else:
        _close_unfinished(place, name)
        own = own_run(report.collected.sweep)
        if refused := keep_views(place, own, report.collected.asked):
            console.print(refused, style="yellow", markup=False, soft_wrap=True)
        digest = made_from[-1] if figures is None else None
        run_id = _store(place, name, report, files, digest).run_id
        kept = stored_in(run_id)
    show_report(report, place, console, (kept, opened_by(place, name, run_id, output)))
    return report


def _state(place: Place, name: str) -> tuple[str, State, str]:
    """Return what a report is made from: run and state of a sweep, and a digest over its runs."""
    sweep = find_sweep(place, name)
    refuse_partial(place, sweep)
    return sweep.run_id, sweep.state, runs_digest(place, sweep)


def existing_report(place: Place, name: str, paper: Paper) -> ReportRun | None:
    """Return a finished report of a sweep as it is now, compared with this paper, or None.

    One that was asked for with chosen figures alone is none, and one whose files are lost.
    """
    digests = runs_digests(place, find_sweep(place, name))
    for run in reversed(_reports(place, name)):
        is_ours = run.status is Status.FINISHED and run.paper == paper.name
        if is_ours and run.runs_digest in digests and _has_files(place, run):
            return run
    return None


def _has_files(place: Place, report: ReportRun) -> bool:
    """Return whether the files that are shown of a report are still there."""
    there = set(artifact_paths(place.client, report.run_id))
    return {f"{Artifact.REPORT}/{name}" for name in (PAGE, SUMMARY)} <= there


def show_existing(
    report: ReportRun, place: Place, console: Console, output: Path | None = None
) -> None:
    """Print the summary that a report has stored, and write all its files to a folder, if given.

    Raises:
        UserError: the folder cannot be written.
        ArtifactError: a file is not there or cannot be read.
    """
    if output is not None:
        write_files(output, stored_files(place, report))
    summary = read_text(place.client, report.run_id, f"{Artifact.REPORT}/{SUMMARY}")
    console.print(note_of(summary), markup=False, highlight=False, soft_wrap=True)
    where = (stored_in(report.run_id), opened_by(place, report.sweep, report.run_id, output))
    _show_links(place, console, where, find_sweep(place, report.sweep).run_id)


def show_report(report: Compiled, place: Place, console: Console, where: tuple[str, str]) -> None:
    """Print the tables, what was named beforehand, and where everything is.

    Args:
        report: compiled.
        place: it was compiled from.
        console: where to print.
        where: the report is, and what opens its page.
    """
    for answer in report.answers:
        print_sentence(console, answer, "bold")
    console.print()
    _show_tables(report, console)
    for style, sentences in _told(report):
        for sentence in sentences:
            print_sentence(console, sentence, style)
    for sentence in svm_sentences(report.table, report.evidence.svms):
        print_sentence(console, sentence)
    console.print()
    if report.findings:
        for line in count_lines(report.findings):
            print_sentence(console, line)
        console.print()
    _show_links(place, console, where, report.collected.sweep.run_id)


def _show_tables(report: Compiled, console: Console) -> None:
    config, paper = report.collected.config, report.paper
    if report.table:
        title = f"{paper.table} of sweep {config.name}"
        _show_table(console, table_terminal(report.table, title, report.beside), report.beside)
        console.print(caption(config, paper).replace("Bold", "Star"), style="dim", markup=False)
        console.print()
        best = table_terminal(report.best, best_heading(config), Beside.WINNER)
        _show_table(console, best, Beside.WINNER)
        console.print()
    if report.against:
        against = table_terminal(report.against, against_heading(config), Beside.BASE)
        _show_table(console, against, Beside.BASE)
        console.print()
    if report.beyond:
        title = f"Beyond {paper.table}, sweep {config.name}"
        _show_table(console, beyond_terminal(report.beyond, title))
        console.print(beyond_caption(config), style="dim", markup=False)
        console.print()
        best_beyond = beyond_terminal(report.beyond_best, "The same at their best depths")
        _show_table(console, best_beyond)
        console.print()
    if report.over:
        show_over(report.over, console)


def _show_table(console: Console, table: Table, beside: Beside | None = None) -> None:
    columns = 0 if beside is None else len(terminal_heads(beside))
    for part in within_width(table, console, columns):
        console.print(part, markup=False)


def _told(report: Compiled) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield what is said beneath the tables, each with the style it is printed in."""
    yield "yellow", growth_sentences(report.collected)
    yield "yellow", cautions(report.collected)
    yield "", report.sentences_on_pairs
    if wanting := report.sentences_on_wanting:
        yield "dim", [f"{TAKES}. {WANTING}", *wanting]
    yield "red", [f"Doubtful: {sentence}" for sentence in report.doubts]
    yield "yellow", [f"Mixed: {sentence}" for sentence in report.disagreements]
    yield (
        "yellow",
        [
            f"Left out: {problem.name} ({problem.run_id}): {problem.what}"
            for problem in report.evidence.problems
        ],
    )


def _show_links(place: Place, console: Console, where: tuple[str, str], sweep_run: str) -> None:
    first, *others = place.ui_lines(place.sweeps_page)
    lines = [f"MLflow UI: {first}", *(f"           {line}" for line in others)]
    lines += [f"           {line}" for line in view_lines(place, sweep_run)]
    lines += [f"{heading}: {line}" for heading, line in zip(("Report", "Page"), where, strict=True)]
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _store(
    place: Place, name: str, report: Compiled, files: Mapping[str, bytes], digest: str | None
) -> RunWriter:
    runs = RunStore(place.client, place.experiment_id)
    said, sweep_run = note_of(files[SUMMARY].decode()), report.collected.sweep.run_id
    note = Note(note=with_links(place, said, sweep_run)[:LONGEST_NOTE])
    origin = origin_here(name, report.collected.sweep.config_hash)
    about = About(paper=report.paper.name)
    made_from = MadeFrom(runs_digest=digest)
    of_sweep = OfSweep(sweep_run=sweep_run)
    mark = Mark(kind=Kind.REPORT)
    tags = tags_of(origin, of_sweep, mark, standing(State.RUNNING), note, about, made_from)
    adopted = place.project_run is not None and place.project_run != sweep_run
    if adopted and not _is_taken(place):
        run = runs.adopt(str(place.project_run), f"{name}-report", tags)
    else:
        run = runs.create(f"{name}-report", tags)
    with true_statuses(run):
        run.files(files, Artifact.REPORT)
        table, is_own = _means(report.table), report.paper.is_none
        means = TableMeans(
            table_1={} if is_own else table,
            results=table if is_own else {},
            beyond=_means(report.beyond),
        )
        run.add(Point(key, value, 0) for key, value in metrics_of(means).items())
        run.finish(State.COMPLETE)
    leave_headline(place, report, with_links(place, said, sweep_run, run.run_id)[:LONGEST_NOTE])
    return run


def _close_unfinished(place: Place, name: str) -> None:
    """Give reports that were killed their status."""
    for run in _reports(place, name):
        if run.status is Status.RUNNING and run.run_id != place.project_run:
            RunWriter(place.client, run.run_id, run.started).finish(State.KILLED)


def _reports(place: Place, name: str) -> list[ReportRun]:
    own = own_run(find_sweep(place, name))
    found = runs_of(place.client, place.experiment_id, own, kind=Kind.REPORT)
    return [read(ReportRun, run) for run in found]


def _means(entries: Sequence[Entry | BeyondEntry]) -> dict[str, float]:
    return {
        cell_name(entry.cell.dataset, entry.cell.variant): round(entry.mean, 4)
        for entry in entries
        if entry.mean is not None
    }


def _is_taken(place: Place) -> bool:
    """Whether the run of `mlflow run` already stands for something else (an invocation)."""
    run = get_run(place.client, str(place.project_run))
    return run is None or kind_of(run) is not None
