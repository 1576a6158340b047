"""The report as a job: compile the tables from the server, store them there, show them."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from glorot_sweep.errors import UserError
from glorot_sweep.provenance import provenance_tags
from glorot_sweep.report.collect import Collected, collect
from glorot_sweep.report.render import (
    caption,
    frame_markdown,
    pair_sentence,
    reading_note,
    table_latex,
    table_markdown,
    table_terminal,
)
from glorot_sweep.report.tables import (
    Entry,
    Pair,
    audit_frame,
    entries,
    entries_frame,
    pairs,
    significance_frame,
)
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, find_runs, get_run, read_text
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter

FOLDER = "report"


@dataclass(frozen=True)
class Report:
    """What a report has found.

    Attributes:
        table: entries of Table 1.
        best: entries of the table of best depths.
        pairs: the differences that were named beforehand.
        files: the report's artifacts, by name.
        collected: what it was made from.
    """

    table: list[Entry]
    best: list[Entry]
    pairs: list[Pair]
    files: dict[str, str]
    collected: Collected


def compile_report(place: Place, name: str) -> Report:
    """Compile the report of a finished sweep; nothing is written."""
    collected = collect(place, name)
    table, best = entries(collected, "table_depth"), entries(collected, "best_depth")
    found = pairs(collected)
    return Report(table, best, found, _files(collected, table, best, found), collected)


def run_report(place: Place, name: str, console: Console, output: Path | None = None) -> None:
    """Compile the report, store it as a run of its own, print the tables.

    Args:
        place: the sweep's store and experiment.
        name: of the sweep.
        console: where to print.
        output: a folder to write the same files to.

    Raises:
        UserError: the sweep cannot be reported, or the folder cannot be written.
    """
    report = compile_report(place, name)
    if output is not None:
        _write(output, report.files)
    run = _store(place, name, report)
    show_report(report, place, console, run.run_id)


def existing_report(place: Place, name: str) -> RunRecord | None:
    """Return the newest finished report of a sweep, or None."""
    runs = find_runs(place.client, [place.experiment_id], kind="report", sweep=name)
    finished = [run for run in runs if run.status == "FINISHED"]
    return finished[-1] if finished else None


def show_existing(report: RunRecord, place: Place, console: Console) -> None:
    """Print the summary that a report has stored."""
    summary = read_text(place.client, report.run_id, f"{FOLDER}/report.md")
    console.print(summary.partition("## Audit")[0], markup=False, highlight=False, soft_wrap=True)
    _show_links(place, console, report.run_id)


def show_report(report: Report, place: Place, console: Console, run_id: str) -> None:
    """Print both tables, what was named beforehand, and where everything is."""
    config = report.collected.config
    console.print()
    console.print(table_terminal(report.table, f"Table 1 of sweep {config.name}"))
    console.print(caption(config).replace("Bold", "Star"), style="dim")
    console.print()
    console.print(table_terminal(report.best, "At each variant's best depth", with_best=True))
    console.print()
    for pair in report.pairs:
        console.print(pair_sentence(pair, config.significance.level), soft_wrap=True)
    console.print()
    _show_links(place, console, run_id)


def _show_links(place: Place, console: Console, run_id: str) -> None:
    first, *others = place.ui_lines()
    console.print(f"MLflow UI: {first}", soft_wrap=True, highlight=False)
    for line in others:
        console.print(f"           {line}", soft_wrap=True, highlight=False)
    console.print(
        f"Report: run {run_id}, folder {FOLDER}/ of its artifacts", soft_wrap=True, highlight=False
    )


def _files(
    collected: Collected, table: list[Entry], best: list[Entry], found: list[Pair]
) -> dict[str, str]:
    config = collected.config
    significance, audit = significance_frame(collected), audit_frame(collected)
    sentences = "\n".join(f"- {pair_sentence(p, config.significance.level)}" for p in found)
    summary = "\n".join(
        [
            f"# Sweep {config.name}\n",
            "## Table 1\n",
            table_markdown(table),
            caption(config) + "\n",
            reading_note(config) + "\n",
            "## Named beforehand: normalized against standard initialization\n",
            sentences + "\n",
            "## At each variant's best depth\n",
            table_markdown(best, with_best=True),
            "## Audit: what each cell was given\n",
            frame_markdown(audit),
            "## All tests\n",
            frame_markdown(significance),
        ]
    )
    return {
        "report.md": summary,
        "table1.md": table_markdown(table),
        "table1.csv": entries_frame(table).to_csv(index=False),
        "table1.tex": table_latex(table, config),
        "best_depth.md": table_markdown(best, with_best=True),
        "best_depth.csv": entries_frame(best).to_csv(index=False),
        "significance.csv": significance.to_csv(index=False),
        "audit.csv": audit.to_csv(index=False),
        "runs.csv": _runs_csv(collected),
    }


def _runs_csv(collected: Collected) -> str:
    """List every run that the report used."""
    lines = ["run_id,name,kind,state"]
    for run in [collected.sweep, *collected.trials, *collected.replicates]:
        lines.append(f"{run.run_id},{run.name},{run.tags['kind']},{run.tags['state']}")
    return "\n".join(lines) + "\n"


def _store(place: Place, name: str, report: Report) -> RunWriter:
    runs = RunStore(place.client, place.experiment_id)
    tags = {
        **provenance_tags(),
        "kind": "report",
        "sweep": name,
        "config_hash": report.collected.sweep.tags["config_hash"],
        "state": "running",
        "mlflow.note.content": report.files["report.md"].partition("## Audit")[0][:7500],
    }
    adopted = place.project_run is not None and place.project_run != report.collected.sweep.run_id
    if adopted and not _is_taken(place):
        run = runs.adopt(str(place.project_run), f"{name}-report", tags)
    else:
        run = runs.create(f"{name}-report", tags)
    for file, content in report.files.items():
        run.text(content, f"{FOLDER}/{file}")
    run.add(
        Point(f"table1/{entry.cell.dataset}_{entry.cell.variant}_percent", round(entry.mean, 4), 0)
        for entry in report.table
        if entry.mean is not None
    )
    run.finish("FINISHED", {"state": "complete"})
    RunWriter(place.client, report.collected.sweep.run_id, 0).tag(
        **{"mlflow.note.content": tags["mlflow.note.content"]}
    )
    return run


def _is_taken(place: Place) -> bool:
    """Whether the run of `mlflow run` already stands for something else (an invocation)."""
    run = get_run(place.client, str(place.project_run))
    return run is None or "kind" in run.tags


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write the report to {folder}: {error}") from None
