"""A report before it is written down: tables, tests, figures and verdicts of one sweep."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from glorot_sweep.report.against_base import base_entries, unmarked
from glorot_sweep.report.agreement import disagreement_sentences
from glorot_sweep.report.answer import answers
from glorot_sweep.report.beforehand import Pair, on_the_design, pairs
from glorot_sweep.report.beyond import BeyondEntry, beyond_entries
from glorot_sweep.report.claims.verdict import Finding, judge_all
from glorot_sweep.report.collect import Collected
from glorot_sweep.report.collect_evidence import collect_evidence
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.draw import draw_all
from glorot_sweep.report.figures.figure import DrawnFigure, MissingFigure
from glorot_sweep.report.figures.over_factor import factor_figures
from glorot_sweep.report.over_factor import OverFactor, over_factor
from glorot_sweep.report.paper import Beside, Paper
from glorot_sweep.report.render import pair_sentence
from glorot_sweep.report.several_datasets import PairImprovement, improvements
from glorot_sweep.report.tables import Entry, entries
from glorot_sweep.report.untested import Untested, untested
from glorot_sweep.report.would_take import WouldTake, would_take
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.schema.names import Role


@dataclass(frozen=True)
class Compiled:
    """What a report has found.

    Attributes:
        paper: what it is compared with.
        collected: the sweep's cells and runs.
        evidence: the same with curves and layer statistics.
        table: entries of the table.
        best: entries of the table of best depths.
        beyond: of the variants that are not the paper's, at the depth of that table.
        beyond_best: of the same at their best depths.
        pairs: the differences that were named beforehand.
        figures: drawn or missing, in the paper's order.
        findings: a verdict on each claim.
        over: how the error depends on the sweep's factor; None without one.
        disagreements: a sentence for each variant whose runs were not made by the same things.
        improvements: the named pairs over all data sets together, if there are several.
        missing: the differences that were named beforehand and could not be tested.
        wanting: what would decide those that are not decided.
        against: entries of all variants against the base of the sweep file, where the table is a
            paper's; in a question of one's own they are the table.
    """

    paper: Paper
    collected: Collected
    evidence: Evidence
    table: list[Entry]
    best: list[Entry]
    beyond: list[BeyondEntry]
    beyond_best: list[BeyondEntry]
    pairs: list[Pair]
    figures: list[DrawnFigure | MissingFigure]
    findings: list[Finding]
    over: OverFactor | None = None
    disagreements: list[str] = field(default_factory=list)
    improvements: list[PairImprovement] = field(default_factory=list)
    missing: list[Untested] = field(default_factory=list)
    wanting: list[WouldTake] = field(default_factory=list)
    against: list[Entry] = field(default_factory=list)

    @property
    def beside(self) -> Beside:
        """What stands beside the cells of the table."""
        return self.paper.beside(self.collected.config)

    @property
    def sentences_on_wanting(self) -> list[str]:
        """What would decide each comparison that is not decided."""
        return [one.sentence for one in self.wanting]

    @property
    def answers(self) -> list[str]:
        """The first sentences of whatever is shown of the sweep."""
        return answers(self.collected.asked, self.pairs, self.missing, self.table, self.beyond)

    @property
    def sentences_on_pairs(self) -> list[str]:
        """What was found of the differences that were named beforehand."""
        significance = self.collected.config.significance
        return [
            *on_the_design(self.collected),
            *(pair_sentence(pair, significance.level) for pair in self.pairs),
            *(missing.sentence for missing in self.missing),
            *(improvement.sentence for improvement in self.improvements),
        ]

    @property
    def sentences_beside_pairs(self) -> list[str]:
        """The same without those on single pairs: what was settled, and all data sets together."""
        together = (improvement.sentence for improvement in self.improvements)
        return [*on_the_design(self.collected), *together]

    @property
    def doubts(self) -> list[str]:
        """A sentence for each run whose numbers are not believed, and for what else is amiss."""
        return [doubt.sentence for doubt in self.collected.doubts]

    @property
    def is_beyond_doubt(self) -> bool:
        """Whether nothing had to be marked or left out: what `report --strict` asks."""
        return not (self.doubts or self.disagreements or self.evidence.problems)


def compile_report(
    place: Place, name: str, paper: Paper, only: Iterable[str] | None = None
) -> Compiled:
    """Compile the report of a finished sweep; nothing is written.

    Args:
        place: the sweep's store and experiment.
        name: of the sweep.
        paper: what it is compared with; `QUESTION`: with nothing.
        only: names of the figures wanted; None: all.

    Raises:
        UserError: a figure is unknown; or see `collect`.
    """
    return compile_evidence(collect_evidence(place, name, paper.size), paper, only)


def compile_evidence(
    evidence: Evidence, paper: Paper, only: Iterable[str] | None = None
) -> Compiled:
    """Compile the report of a sweep that was read; see `compile_report`."""
    assert evidence.sweep is not None
    collected = evidence.sweep
    tested = pairs(collected, paper)
    against = base_entries(collected, tested, paper)
    is_table = paper.beside(collected.config) is Beside.BASE
    table = against if is_table else entries(collected, Role.TABLE_DEPTH, paper)
    best = entries(collected, Role.BEST_DEPTH, paper)
    return Compiled(
        paper,
        collected,
        evidence,
        table,
        unmarked(best) if is_table else best,
        beyond_entries(collected, Role.TABLE_DEPTH, paper),
        beyond_entries(collected, Role.BEST_DEPTH, paper),
        tested,
        draw_all((*paper.figures, *factor_figures(collected.asked)), evidence, only),
        judge_all(paper.claims, evidence),
        over_factor(collected),
        _disagreements(collected),
        improvements(collected, paper),
        untested(collected, paper),
        would_take(collected, paper, tested, table),
        [] if is_table else against,
    )


def _disagreements(collected: Collected) -> list[str]:
    """Return a sentence for each data set, variant and value whose runs disagree."""
    return [
        sentence if one.value is None else f"{one.value}: {sentence}"
        for one in collected.at_values
        for sentence in disagreement_sentences(one.trials, one.replicates, one.config.rows)
    ]
