"""The report as files: tables, figures, verdicts and the page."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from glorot_sweep.errors import UserError
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.markdown import as_text
from glorot_sweep.report.against_base import base_caption
from glorot_sweep.report.agreement import HEADING
from glorot_sweep.report.audit import audit_frame
from glorot_sweep.report.beforehand import heading, registration
from glorot_sweep.report.belief import HEADING as DOUBTS
from glorot_sweep.report.belief import LEAD
from glorot_sweep.report.beyond import all_tests_frame, beyond_frame
from glorot_sweep.report.cautions import cautions
from glorot_sweep.report.claims.claim import Ground
from glorot_sweep.report.claims.verdict import Finding
from glorot_sweep.report.compiled import Compiled
from glorot_sweep.report.engines import engine_sentence
from glorot_sweep.report.figures.figure import DrawnFigure, MissingFigure
from glorot_sweep.report.growth import growth_sentences
from glorot_sweep.report.headings import TAKES, against_heading, best_heading
from glorot_sweep.report.names import as_csv
from glorot_sweep.report.page import render_page
from glorot_sweep.report.paper import Beside, Paper
from glorot_sweep.report.provenance import tests_frame
from glorot_sweep.report.render import (
    caption,
    frame_markdown,
    note_on_bold,
    table_markdown,
    test_name,
)
from glorot_sweep.report.render_beyond import beyond_caption, beyond_markdown
from glorot_sweep.report.render_latex import table_latex
from glorot_sweep.report.render_over import over_files, over_markdown, over_title
from glorot_sweep.report.runs_table import evaluations_frame, runs_frame
from glorot_sweep.report.svms import svm_sentences, svms_frame
from glorot_sweep.report.tables import entries_frame
from glorot_sweep.report.would_take import LEAD as WANTING
from glorot_sweep.tracking.schema.names import Artifact

PAGE = "report.html"
SUMMARY = "report.md"
CLAIMS, AUDIT = "Claims", "Audit"  # headings of the summary
CLAIMS_LEAD = (
    "First the verdict at the paper's scale, then what these runs say at their own. What is "
    "proved, what checks the code and what was observed stand apart and should be counted apart."
)


def report_files(report: Compiled) -> dict[str, bytes]:
    """Return every file of the report by its path within the report's folder."""
    collected = report.collected
    texts = {
        PAGE: render_page(report),
        SUMMARY: _summary(report),
        **_table(report),
        **_beyond(report),
        **_against_files(report),
        **(over_files(report.over) if report.over else {}),
        "significance.csv": as_csv(all_tests_frame(collected, report.paper)),
        "audit.csv": as_csv(audit_frame(collected)),
        "runs.csv": as_csv(runs_frame(collected)),
        "evaluations.csv": as_csv(evaluations_frame(collected)),
    }
    if report.findings:
        texts[Artifact.FINDINGS] = findings_json(report.findings)
    files = {name: text.encode() for name, text in texts.items()}
    return {**files, **figure_files(report.figures)}


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if it is not there.

    Raises:
        UserError: that cannot be done.
        ServiceLostError: the disk is full.
    """
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        tell_full_disk(error, f"the folder {folder}")
        raise UserError(f"cannot write the report to {folder}: {error}") from None


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
    collected = report.collected
    engine, over = engine_sentence(collected), report.over
    return "\n".join(
        [
            f"# Sweep {collected.config.name}\n",
            *(f"{as_text(answer)}\n" for answer in report.answers),
            *([f"{as_text(engine)}\n"] if engine else []),
            *(f"{sentence}\n" for sentence in growth_sentences(collected)),
            *(_table_summary(report) if report.table else []),
            *(_beyond_summary(report) if report.beyond else []),
            *([f"## {over_title(over)}\n", over_markdown(over)] if over else []),
            *_doubts(report),
            *_disagreements(report),
            *_svms(report),
            *(_claims(report) if report.findings else []),
            f"## {AUDIT}: what each cell was given\n",
            frame_markdown(audit_frame(collected)),
            "## All tests\n",
            frame_markdown(tests_frame(report)),
        ]
    )


def note_of(summary: str) -> str:
    """Return what a summary begins with: the answers, the tables and what is said of them."""
    _, _, summary = summary.partition("\n\n")  # its heading is the run's name
    return summary.partition(f"## {CLAIMS}")[0].partition(f"## {AUDIT}")[0]


def _table_summary(report: Compiled) -> list[str]:
    config, paper = report.collected.config, report.paper
    return [
        f"## {paper.table}\n",
        table_markdown(report.table, report.beside),
        as_text(caption(config, paper)) + "\n",
        note_on_bold(config, paper) + "\n",
        *_search_notes(report),
        *_pairs_summary(report),
        f"## {best_heading(config)}\n",
        table_markdown(report.best, Beside.WINNER),
    ]


def _pairs_summary(report: Compiled) -> list[str]:
    """Return what became of the comparisons; it follows what is said of the first table."""
    named = heading(report.collected.config, report.paper)
    return [
        *([f"## {named}\n", _list(report.sentences_on_pairs)] if named else []),
        *_wanting(report),
        *_against(report),
    ]


def _list(sentences: Iterable[str]) -> str:
    return "".join(f"- {as_text(sentence)}\n" for sentence in sentences)


def _wanting(report: Compiled) -> list[str]:
    """Return what would decide the comparisons that are not decided."""
    said = report.sentences_on_wanting
    return [f"## {TAKES}\n", f"{WANTING}\n", _list(said)] if said else []


def _against(report: Compiled) -> list[str]:
    """Return the table of a base that stands beside a paper's."""
    if not report.against:
        return []
    config = report.collected.config
    return [
        f"## {as_text(against_heading(config))}\n",
        table_markdown(report.against, Beside.BASE),
        as_text(base_caption(config, test_name(config))) + "\n",
    ]


def _search_notes(report: Compiled) -> list[str]:
    """Return what is to be known of the search; it stands beneath the first table."""
    told = [f"- {as_text(one)}\n" for one in cautions(report.collected)]
    return [*told, f"{registration(report.collected.config)}\n"]


def _beyond_summary(report: Compiled) -> list[str]:
    return [
        f"## Beyond {report.paper.table}\n",
        beyond_markdown(report.beyond),
        beyond_caption(report.collected.config) + "\n",
        *([] if report.table else _search_notes(report)),
        "### The same at their best depths\n",
        beyond_markdown(report.beyond_best),
        *([] if report.table else _pairs_summary(report)),
    ]


def _claims(report: Compiled) -> list[str]:
    lines = [f"## {CLAIMS} of the paper\n", f"{CLAIMS_LEAD}\n"]
    for ground in Ground:
        of_it = [finding for finding in report.findings if finding.ground == ground]
        if of_it:
            lines.append(f"### {ground.heading}\n")
            lines.append("".join(map(_claim_line, of_it)))
    return lines


def _claim_line(finding: Finding) -> str:
    place = f" ({finding.here_scale})" if finding.here_scale else ""
    return (
        f"- {finding.number} {finding.verdict}; here {finding.here}{place}: {finding.statement}\n"
    )


def _doubts(report: Compiled) -> list[str]:
    if not report.doubts:
        return []
    return [f"## {DOUBTS}\n", f"{LEAD}\n", _list(report.doubts)]


def _disagreements(report: Compiled) -> list[str]:
    if not report.disagreements:
        return []
    return [f"## {HEADING}\n", _list(report.disagreements)]


def _svms(report: Compiled) -> list[str]:
    sentences = svm_sentences(report.table, report.evidence.svms)
    if not sentences:
        return []
    table = frame_markdown(svms_frame(report.table, report.evidence.svms, report.paper))
    lines = "".join(f"- {as_text(sentence)}.\n" for sentence in sentences)
    return ["## Support vector machine beside the networks\n", table, lines]


def _table(report: Compiled) -> dict[str, str]:
    if not report.table:
        return {}
    config, paper = report.collected.config, report.paper
    return {
        f"{paper.stem}.md": table_markdown(report.table, report.beside),
        f"{paper.stem}.csv": as_csv(entries_frame(report.table, report.beside)),
        f"{paper.stem}.tex": table_latex(report.table, config, paper),
        "best_depth.md": table_markdown(report.best, Beside.WINNER),
        "best_depth.csv": as_csv(entries_frame(report.best, _beside_best(paper))),
    }


def _beside_best(paper: Paper) -> Beside:
    return Beside.PAPER if paper.references else Beside.P


def _against_files(report: Compiled) -> dict[str, str]:
    if not report.against:
        return {}
    return {
        "against_base.md": table_markdown(report.against, Beside.BASE),
        "against_base.csv": as_csv(entries_frame(report.against, Beside.BASE)),
    }


def _beyond(report: Compiled) -> dict[str, str]:
    if not report.beyond:
        return {}
    stem = f"beyond_{report.paper.stem}"
    return {
        f"{stem}.md": beyond_markdown(report.beyond),
        f"{stem}.csv": as_csv(beyond_frame(report.beyond)),
        "beyond_best_depth.csv": as_csv(beyond_frame(report.beyond_best)),
    }
