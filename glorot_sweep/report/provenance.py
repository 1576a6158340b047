"""Where the numbers of a page come from: every test, every run, and what made the sweep."""

from collections.abc import Sequence

import pandas as pd

from glorot_sweep.report.beyond import BeyondEntry, all_tests_frame
from glorot_sweep.report.compiled import Compiled
from glorot_sweep.report.headings import against_heading
from glorot_sweep.report.labels import label
from glorot_sweep.report.tables import Entry
from glorot_sweep.report.winners import depths_text, rates_text


def tests_frame(report: Compiled) -> pd.DataFrame:
    """Return all tests, without a column that says nothing."""
    frame = all_tests_frame(report.collected, report.paper)
    idle = not frame.empty and not frame["not tested"].any()
    return frame.drop(columns="not tested") if idle else frame


def cells_frame(report: Compiled) -> pd.DataFrame:
    """Return the runs behind each cell of the tables."""
    name = report.paper.table
    tables: list[tuple[str, Sequence[Entry | BeyondEntry]]] = [
        (name, report.table),
        (against_heading(report.collected.config), report.against),
        ("best depth", report.best),
        (f"beyond {name}", report.beyond),
        ("beyond, best depth", report.beyond_best),
    ]
    rows = [
        {
            "table": table,
            "data set": entry.cell.dataset,
            "variant": entry.cell.variant,
            "depth": depths_text(entry.cell.winners),
            "learning rate": rates_text(entry.cell.winners, 6),
            "runs, seed by seed": " ".join(entry.cell.runs),
        }
        for table, shown in tables
        for entry in shown
    ]
    return pd.DataFrame(rows)


def provenance_frame(report: Compiled) -> pd.DataFrame:
    """Return what made the sweep, what stands beside it, and what was left out."""
    collected = report.collected
    sweep = collected.sweep
    rows = [
        ("sweep", f"{sweep.name}, run {sweep.run_id}"),
        ("configuration", sweep.config_hash or "–"),
        ("glorot_sweep", sweep.package_version or "–"),
        ("source code", sweep.code_hash or "–"),
    ]
    rows += [
        (f"test images that occur in training, {label(name)}", str(sweep.overlaps[name]))
        for name in collected.config.datasets
        if name in sweep.overlaps
    ]
    rows += [
        (
            f"initialization, {label(init_study.dataset)}",
            f"{init_study.name}, run {init_study.run_id}",
        )
        for init_study in report.evidence.init_studies.values()
    ]
    rows += [
        (
            f"support vector machine, {label(svm.dataset)}",
            f"{svm.name}, run {svm.run_id}",
        )
        for svm in report.evidence.svms.values()
    ]
    rows += [
        (f"left out: {problem.name}", f"run {problem.run_id}: {problem.what}")
        for problem in report.evidence.problems
    ]
    return pd.DataFrame(rows, columns=["what", "which"])


def all_runs_frame(report: Compiled) -> pd.DataFrame:
    """Return every run of the sweep, with its state."""
    return pd.DataFrame(
        [
            {"run": run.run_id, "name": run.name, "kind": run.kind.value,
             "state": run.state.word}
            for run in report.collected.runs
        ]
    )  # fmt: skip
