"""The report as files: tables, figures, verdicts and the page."""

import json

from glorot_sweep.report.beyond import all_tests_frame, beyond_frame
from glorot_sweep.report.claims.verdict import Finding
from glorot_sweep.report.collect import Collected
from glorot_sweep.report.compiled import Compiled
from glorot_sweep.report.figures.figure import DrawnFigure, MissingFigure
from glorot_sweep.report.page import render_page
from glorot_sweep.report.render import (
    caption,
    frame_markdown,
    pair_sentence,
    reading_note,
    table_latex,
    table_markdown,
)
from glorot_sweep.report.render_beyond import beyond_caption, beyond_markdown
from glorot_sweep.report.svms import svm_sentences, svms_frame
from glorot_sweep.report.tables import audit_frame, entries_frame
from glorot_sweep.tracking.schema.names import Artifact

PAGE = "report.html"
SUMMARY = "report.md"


def report_files(report: Compiled) -> dict[str, bytes]:
    """Return every file of the report by its path within the report's folder."""
    collected = report.collected
    texts = {
        PAGE: render_page(report),
        SUMMARY: _summary(report),
        **_table_1(report),
        **_beyond(report),
        "significance.csv": all_tests_frame(collected).to_csv(index=False),
        "audit.csv": audit_frame(collected).to_csv(index=False),
        "runs.csv": _runs_csv(collected),
        Artifact.FINDINGS: findings_json(report.findings),
    }
    files = {name: text.encode() for name, text in texts.items()}
    return {**files, **figure_files(report.figures)}


def figure_files(figures: list[DrawnFigure | MissingFigure]) -> dict[str, bytes]:
    """Return each drawn figure as vectors and as pixels."""
    files = {}
    for figure in figures:
        if isinstance(figure, DrawnFigure):
            files[f"{Artifact.FIGURES}/{figure.name}.svg"] = figure.svg.encode()
            files[f"{Artifact.FIGURES}/{figure.name}.png"] = figure.png
    return files


def findings_json(findings: list[Finding]) -> str:
    """Return verdicts with numbers and run ids as JSON."""
    return json.dumps([finding.as_dict() for finding in findings], indent=1) + "\n"


def _summary(report: Compiled) -> str:
    collected, config = report.collected, report.collected.config
    sentences = "\n".join(f"- {pair_sentence(p, config.significance.level)}" for p in report.pairs)
    claims = "\n".join(f"- {f.number} {f.verdict}: {f.statement}" for f in report.findings)
    paper = [
        "## Table 1\n",
        table_markdown(report.table),
        caption(config) + "\n",
        reading_note(config) + "\n",
        "## Named beforehand: normalized against standard initialization\n",
        sentences + "\n",
        "## At each variant's best depth\n",
        table_markdown(report.best, with_best=True),
    ]
    beyond = [
        "## Beyond Table 1\n",
        beyond_markdown(report.beyond),
        beyond_caption(config) + "\n",
        "### The same at their best depths\n",
        beyond_markdown(report.beyond_best),
    ]
    return "\n".join(
        [
            f"# Sweep {config.name}\n",
            *(paper if report.table else []),
            *(beyond if report.beyond else []),
            *_svms(report),
            "## Claims of the paper\n",
            claims + "\n",
            "## Audit: what each cell was given\n",
            frame_markdown(audit_frame(collected)),
            "## All tests\n",
            frame_markdown(all_tests_frame(collected)),
        ]
    )


def _svms(report: Compiled) -> list[str]:
    sentences = svm_sentences(report.table, report.evidence.svms)
    if not sentences:
        return []
    table = frame_markdown(svms_frame(report.table, report.evidence.svms))
    lines = "".join(f"- {sentence}.\n" for sentence in sentences)
    return ["## Support vector machine beside the networks\n", table, lines]


def _table_1(report: Compiled) -> dict[str, str]:
    if not report.table:
        return {}
    return {
        "table1.md": table_markdown(report.table),
        "table1.csv": entries_frame(report.table).to_csv(index=False),
        "table1.tex": table_latex(report.table, report.collected.config),
        "best_depth.md": table_markdown(report.best, with_best=True),
        "best_depth.csv": entries_frame(report.best).to_csv(index=False),
    }


def _beyond(report: Compiled) -> dict[str, str]:
    if not report.beyond:
        return {}
    return {
        "beyond_table1.md": beyond_markdown(report.beyond),
        "beyond_table1.csv": beyond_frame(report.beyond).to_csv(index=False),
        "beyond_best_depth.csv": beyond_frame(report.beyond_best).to_csv(index=False),
    }


def _runs_csv(collected: Collected) -> str:
    """List every run that the report used."""
    lines = ["run_id,name,kind,state"]
    for run in collected.runs:
        lines.append(f"{run.run_id},{run.name},{run.kind},{run.state.word}")
    return "\n".join(lines) + "\n"
