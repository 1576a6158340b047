"""The report as a job: compile the tables from the server, store them there, show them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from glorot_sweep.errors import UserError
from glorot_sweep.host.provenance import provenance_tags
from glorot_sweep.report.compiled import Compiled, compile_report
from glorot_sweep.report.files import PAGE, SUMMARY, report_files
from glorot_sweep.report.further import FurtherEntry
from glorot_sweep.report.machines import machine_sentences
from glorot_sweep.report.render import caption, pair_sentence, table_terminal
from glorot_sweep.report.render_further import further_caption, further_terminal
from glorot_sweep.report.tables import Entry
from glorot_sweep.report.verify import count_line
from glorot_sweep.tracking.ending import true_statuses
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, find_runs, get_run, read_text
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter

FOLDER = "report"
AFTER_NOTE = "## Claims"  # the summary up to here is the runs' description


def run_report(
    place: Place,
    name: str,
    console: Console,
    output: Path | None = None,
    figures: list[str] | None = None,
) -> None:
    """Compile the report, store it as a run of its own, print the tables.

    Args:
        place: the sweep's store and experiment.
        name: of the sweep.
        console: where to print.
        output: a folder to write the same files to.
        figures: names of those wanted; None: all.

    Raises:
        UserError: the sweep cannot be reported, a figure is unknown, or the folder cannot be
            written.
    """
    report = compile_report(place, name, figures)
    files = report_files(report)
    if output is not None:
        _write(output, files)
    _close_unfinished(place, name)
    run = _store(place, name, report, files)
    show_report(report, place, console, run.run_id)


def existing_report(place: Place, name: str) -> RunRecord | None:
    """Return the newest finished report of a sweep, or None."""
    runs = find_runs(place.client, [place.experiment_id], kind="report", sweep=name)
    finished = [run for run in runs if run.status == "FINISHED"]
    return finished[-1] if finished else None


def show_existing(report: RunRecord, place: Place, console: Console) -> None:
    """Print the summary that a report has stored."""
    summary = read_text(place.client, report.run_id, f"{FOLDER}/{SUMMARY}")
    console.print(summary.partition(AFTER_NOTE)[0], markup=False, highlight=False, soft_wrap=True)
    _show_links(place, console, report.run_id)


def show_report(report: Compiled, place: Place, console: Console, run_id: str) -> None:
    """Print the tables, what was named beforehand, and where everything is."""
    config = report.collected.config
    console.print()
    if report.table:
        console.print(table_terminal(report.table, f"Table 1 of sweep {config.name}"))
        console.print(caption(config).replace("Bold", "Star"), style="dim")
        console.print()
        console.print(table_terminal(report.best, "At each variant's best depth", with_best=True))
        console.print()
    if report.further:
        console.print(further_terminal(report.further, f"Beyond Table 1, sweep {config.name}"))
        console.print(further_caption(config), style="dim")
        console.print()
        console.print(further_terminal(report.further_best, "The same at their best depths"))
        console.print()
    for pair in report.pairs:
        console.print(pair_sentence(pair, config.significance.level), soft_wrap=True)
    for sentence in machine_sentences(report.table, report.evidence.machines):
        console.print(sentence, soft_wrap=True, highlight=False)
    console.print()
    console.print(count_line(report.findings), highlight=False)
    console.print()
    _show_links(place, console, run_id)


def _show_links(place: Place, console: Console, run_id: str) -> None:
    first, *others = place.ui_lines()
    console.print(f"MLflow UI: {first}", soft_wrap=True, highlight=False)
    for line in others:
        console.print(f"           {line}", soft_wrap=True, highlight=False)
    console.print(
        f"Report: run {run_id}, artifact {FOLDER}/{PAGE}", soft_wrap=True, highlight=False
    )


def _store(place: Place, name: str, report: Compiled, files: Mapping[str, bytes]) -> RunWriter:
    runs = RunStore(place.client, place.experiment_id)
    tags = {
        **provenance_tags(),
        "kind": "report",
        "sweep": name,
        "config_hash": report.collected.sweep.tags["config_hash"],
        "state": "running",
        "mlflow.note.content": files[SUMMARY].decode().partition(AFTER_NOTE)[0][:7500],
    }
    adopted = place.project_run is not None and place.project_run != report.collected.sweep.run_id
    if adopted and not _is_taken(place):
        run = runs.adopt(str(place.project_run), f"{name}-report", tags)
    else:
        run = runs.create(f"{name}-report", tags)
    with true_statuses(run):
        run.files(files, FOLDER)
        run.add([*_points("table1", report.table), *_points("further", report.further)])
        run.finish("FINISHED", {"state": "complete"})
    RunWriter(place.client, report.collected.sweep.run_id, 0).tag(
        **{"mlflow.note.content": tags["mlflow.note.content"]}
    )
    return run


def _close_unfinished(place: Place, name: str) -> None:
    """Give reports that were killed their status."""
    for run in find_runs(place.client, [place.experiment_id], kind="report", sweep=name):
        if run.status == "RUNNING" and run.run_id != place.project_run:
            writer = RunWriter(place.client, run.run_id, run.started)
            writer.finish("KILLED", {"state": "killed"})


def _points(table: str, entries: Sequence[Entry | FurtherEntry]) -> Iterator[Point]:
    for entry in entries:
        if entry.mean is not None:
            name = f"{table}/{entry.cell.dataset}_{entry.cell.variant}_percent"
            yield Point(name, round(entry.mean, 4), 0)


def _is_taken(place: Place) -> bool:
    """Whether the run of `mlflow run` already stands for something else (an invocation)."""
    run = get_run(place.client, str(place.project_run))
    return run is None or "kind" in run.tags


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        raise UserError(f"cannot write the report to {folder}: {error}") from None
