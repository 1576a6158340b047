"""The report as one HTML page that needs nothing else: no network, no other file."""

from dataclasses import dataclass, replace
from typing import Any

import yaml
from markupsafe import Markup

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.against_base import base_caption, base_label
from glorot_sweep.report.agreement import HEADING
from glorot_sweep.report.answer_to_pair import questions
from glorot_sweep.report.audit import told_of_budgets
from glorot_sweep.report.beforehand import heading, registration
from glorot_sweep.report.belief import HEADING as DOUBTS
from glorot_sweep.report.belief import LEAD
from glorot_sweep.report.cautions import cautions
from glorot_sweep.report.compiled import Compiled
from glorot_sweep.report.coverage import groups_text, seeds_text
from glorot_sweep.report.datasets_told import dataset_sentences
from glorot_sweep.report.differences import differences
from glorot_sweep.report.engines import engine_sentence
from glorot_sweep.report.figures.cells import NAME as CELLS
from glorot_sweep.report.figures.figure import DrawnFigure, MissingFigure
from glorot_sweep.report.figures.over_factor import NAME as OVER
from glorot_sweep.report.growth import growth_sentences
from glorot_sweep.report.headings import TAKES, against_heading, best_heading, title
from glorot_sweep.report.html import html_table, page_template
from glorot_sweep.report.labels import label
from glorot_sweep.report.names import name_in_html
from glorot_sweep.report.notation import NOTE
from glorot_sweep.report.page_claims import counts, grounds
from glorot_sweep.report.page_words import Words
from glorot_sweep.report.paper import Beside
from glorot_sweep.report.provenance import (
    all_runs_frame,
    cells_frame,
    provenance_frame,
    tests_frame,
)
from glorot_sweep.report.render import (
    HEADS,
    caption,
    cell_parts,
    cell_text,
    note_on_bold,
    pair_sentence,
    short_caption,
    test_name,
    texts_beside,
)
from glorot_sweep.report.render_beyond import HEAD, beyond_caption, beyond_cells
from glorot_sweep.report.render_over import over_section, over_stem, over_title
from glorot_sweep.report.svms import svm_sentences, svms_frame
from glorot_sweep.report.tables import Entry, by_dataset
from glorot_sweep.report.would_take import LEAD as WANTING


@dataclass(frozen=True)
class _Picture:
    """A figure as the page shows it; `image` is empty if it could not be drawn."""

    name: str
    number: str
    title: str
    image: str
    caption: str
    paper: str
    problems: tuple[str, ...]
    reason: str


def render_page(report: Compiled) -> str:
    """Return the page."""
    return page_template("glorot_sweep.report").render(
        **_first(report), **_results(report), **_rest(report)
    )


def _first(report: Compiled) -> dict[str, Any]:
    """Return what the first screen has, and what is known everywhere on the page."""
    collected, config, paper = report.collected, report.collected.config, report.paper
    told, over = Words(report), _beside_a_table(report, OVER)
    cells = _beside_a_table(report, CELLS)
    verdicts = [text for one in questions(collected.asked, report.pairs) for text in one.verdicts]
    return {
        "config": config,
        "paper": paper,
        "told": told,
        "title": title(config, paper.title or paper.question),
        "answers": [told.emphasized(answer, verdicts) for answer in report.answers],
        "picture": over or cells,
        "table_picture": cells if over else None,
        "tuned": _tuned(config),
        "scale": _scale(report),
        "datasets": dataset_sentences(collected.profiles, (e.cell for e in _entries(report))),
        "engine": engine_sentence(collected),
        "growths": growth_sentences(collected),
        "sections": _sections(report),
        "labels": {name: name_in_html(variant.label) for name, variant in config.rows.items()},
    }


def _results(report: Compiled) -> dict[str, Any]:
    """Return the tables, and what they decide."""
    collected, config, paper = report.collected, report.collected.config, report.paper
    level = config.significance.level
    return {
        "table": _columns(report.table, report.beside),
        "head_here": "this sweep" if report.beside is Beside.PAPER else "test error",
        "head_beside": _head(report),
        "short_caption": short_caption(config, paper),
        "caption": caption(config, paper),
        "reading_note": note_on_bold(config, paper),
        "named": heading(config, paper),
        "decided": [
            *(pair_sentence(pair, level) for pair in report.pairs if pair.significant),
            *(missing.sentence for missing in report.missing if missing.beats),
        ],
        "undecided": [
            *(pair_sentence(pair, level) for pair in report.pairs if not pair.significant),
            *(missing.sentence for missing in report.missing if not missing.beats),
        ],
        "beside_pairs": report.sentences_beside_pairs,
        "takes": report.sentences_on_wanting,
        "takes_lead": WANTING,
        "takes_heading": TAKES,
        "cautions": cautions(collected),
        "registration": registration(config),
        "best_heading": best_heading(config),
        "best_depth": _columns(report.best, Beside.WINNER),
        "against": _columns(report.against, Beside.BASE),
        "against_heading": against_heading(config),
        "against_caption": base_caption(config, test_name(config)) if report.against else "",
        "beyond_head": HEAD,
        "beyond": [beyond_cells(entry) for entry in report.beyond],
        "beyond_best": [beyond_cells(entry) for entry in report.beyond_best],
        "beyond_caption": beyond_caption(config),
        "over": over_section(report.over),
    }


def _rest(report: Compiled) -> dict[str, Any]:
    """Return what follows the tables."""
    collected, paper, svms = report.collected, report.paper, report.evidence.svms
    told = Words(report)
    figures = [_picture(figure) for figure in _shown(report)]
    claims = [finding.number for finding in report.findings]
    return {
        "doubts": report.doubts,
        "doubt": DOUBTS,
        "doubt_lead": LEAD,
        "disagreements": report.disagreements,
        "disagreement": HEADING,
        "svms": svm_sentences(report.table, svms),
        "svms_table": told.table(
            html_table(
                svms_frame(report.table, svms, paper), "Support vector machine beside the networks"
            )
        ),
        "differences": [told.to_claim(one, claims) for one in differences(report)],
        "figures": [figure for figure in figures if figure.image],
        "missing_figures": [figure for figure in figures if not figure.image],
        "findings": report.findings,
        "counts": counts(report.findings),
        "grounds": grounds(report.findings),
        "notation": NOTE,
        "audit": html_table(told_of_budgets(collected), "Trials and updates of each search"),
        "provenance": told.table(html_table(provenance_frame(report), "Provenance")),
        "tests": html_table(tests_frame(report), "Every significance test"),
        "cells": told.table(html_table(cells_frame(report), "Runs behind each cell of the tables")),
        "runs": told.table(html_table(all_runs_frame(report), "All runs")),
        "n_runs": len(collected.runs),
        "configuration": yaml.safe_dump(
            collected.asked.identity(), sort_keys=False, allow_unicode=True
        ),
    }


def _entries(report: Compiled) -> list[Any]:
    return [*report.table, *report.against, *report.beyond]


def _beside_a_table(report: Compiled, name: str) -> _Picture | None:
    """Return a figure that stands with a table, if it is drawn."""
    drawn = (f for f in report.figures if f.name == name and isinstance(f, DrawnFigure))
    found = next((_picture(figure) for figure in drawn), None)
    is_said = bool(report.over and found and found.number == over_title(report.over))
    return replace(found, number="") if found and is_said else found


def _shown(report: Compiled) -> list[DrawnFigure | MissingFigure]:
    """Return the other figures; of a question of one's own none that nobody has asked for."""
    return [
        figure
        for figure in report.figures
        if not (figure.name in {CELLS, OVER} and isinstance(figure, DrawnFigure))
        and (isinstance(figure, DrawnFigure) or figure.is_asked or not report.paper.is_none)
    ]


def _head(report: Compiled) -> str:
    """Return the head of what stands beside the cells of the table."""
    if report.beside is Beside.BASE:
        return f"against {base_label(report.collected.config)}, p"
    return HEADS[report.beside][0]


def _sections(report: Compiled) -> list[tuple[str, str]]:
    """Return anchor and name of each section that the page has."""
    paper, figures = report.paper, {figure.name for figure in _shown(report)}
    drawn = {figure.name for figure in report.figures if isinstance(figure, DrawnFigure)}
    everything: list[tuple[str, str, object]] = [
        *([(over_stem(report.over), over_title(report.over), True)] if report.over else []),
        (paper.stem, paper.table, report.table),
        (f"beyond_{paper.stem}", f"Beyond {paper.table}", report.beyond),
        ("figures", "Figures", figures & drawn),
        ("learning_rate", "Learning rates", "learning_rate" in figures & drawn),
        ("claims", "Claims", report.findings),
        ("audit", "Budgets", True),
        ("provenance", "Provenance", True),
        ("appendix", "Appendix", True),
    ]
    return [(anchor, name) for anchor, name, content in everything if content]


def _columns(shown: list[Entry], what: Beside) -> list[Any]:
    """Return a table: of each data set its label, and of each cell what stands in it.

    That is (entry, value, interval, remark, what is beside it).
    """
    return [
        (
            label(column[0].cell.dataset),
            [(entry, *cell_parts(cell_text(entry)), _beside(entry, what)) for entry in column],
        )
        for column in by_dataset(shown)
    ]


def _beside(entry: Entry, what: Beside) -> str:
    texts = texts_beside(entry, what)
    if what is not Beside.BASE:
        return ", ".join(texts)
    if entry.against is None:
        return "–"
    points, _, interval = texts[0].rpartition(" [")
    return Markup("{} <small>[{}</small> <small>p {}</small>").format(points, interval, texts[1])


def _tuned(config: SweepConfig) -> str:
    """Return what the search chose for each variant."""
    depth = config.search.depth
    return "learning rate and depth" if depth.low < depth.high else "learning rate"


def _scale(report: Compiled) -> str:
    config, replicates = report.collected.config, report.collected.config.replicates
    theirs = f" The paper: {report.paper.scale}." if report.paper.scale else ""
    each = f" at each {report.over.factor}" if report.over else ""
    return (
        f"Networks of {_units(report)}, {replicates.updates:,} updates, "
        f"{seeds_text(config)}; {_trials(config)} of {config.search.updates:,} updates "
        f"for each variant and data set{each}.{theirs}"
    )


def _units(report: Compiled) -> str:
    """Return the size of layers; over width of the narrowest and the widest networks."""
    over = report.over
    if over is None or over.factor != "width":
        return report.collected.config.network.units
    return f"{over.values[0].number} to {over.values[-1].number} units"


def _trials(config: SweepConfig) -> str:
    search = config.search
    if search.is_old_way:
        return f"{search.group_trials} trials"
    groups = groups_text(config)
    many = "one group" if groups == "1" else f"{groups} groups"
    return f"{many} of {search.group_trials} trials"


def _picture(figure: DrawnFigure | MissingFigure) -> _Picture:
    if isinstance(figure, MissingFigure):
        return _Picture(figure.name, figure.number, figure.title, "", "", "", (), figure.reason)
    return _Picture(
        figure.name, figure.number, figure.title, Markup(figure.inline), figure.caption,
        figure.paper, figure.problems, "",
    )  # fmt: skip
