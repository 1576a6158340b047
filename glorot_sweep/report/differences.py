"""What did not reproduce: where our runs differ from the paper, whatever the reason."""

from collections.abc import Mapping

from glorot_sweep.report.beforehand import Pair, at_the_table
from glorot_sweep.report.claims.verdict import Here, Verdict
from glorot_sweep.report.compiled import Compiled
from glorot_sweep.report.labels import label
from glorot_sweep.report.paper import Paper
from glorot_sweep.report.render import pair_sentence
from glorot_sweep.report.tables import Entry, by_dataset


def differences(report: Compiled) -> list[str]:
    """Return a sentence for each difference: the paper's pairs, bold marks, claims.

    Of a sweep with a factor at the table's value, as the paper is judged.
    """
    config = report.collected.config
    found = [
        pair_sentence(pair, config.significance.level)
        for pair in at_the_table(report.pairs, config)
        if _differs(pair, report.paper)
    ]
    found += [
        sentence
        for column in by_dataset(report.table)
        if (sentence := _marks(column, report.paper))
    ]
    for finding in report.findings:
        if finding.verdict == Verdict.CONTRADICTED:
            found.append(f"{finding.number} is contradicted: {finding.statement}")
        elif finding.here == Here.DOES_NOT_HOLD:
            found.append(
                f"{finding.number} does not hold at the scale of these runs, and is open at the "
                f"paper's: {finding.statement}"
            )
    return found


def _differs(pair: Pair, paper: Paper) -> bool:
    """Whether the paper names the two, and the one that it names second is not better here.

    A sweep file may name other pairs, and the paper's in the other direction.
    """
    gains = {
        (pair.first, pair.second): pair.comparison.difference,
        (pair.second, pair.first): -pair.comparison.difference,
    }
    return any(
        named in gains and not (pair.significant and gains[named] > 0)
        for named in paper.comparisons
    )


def _marks(column: list[Entry], paper: Paper) -> str:
    """Compare a column's bold marks with the paper's, of the cells that have a mean in both.

    The paper's are against its best. Where that one was not measured here they say nothing of the
    others, and there is no difference to tell.
    """
    dataset = column[0].cell.dataset
    both = [one for one in column if one.mean is not None and one.reference is not None]
    found = {one.cell.variant: one.cell.label for one in both}
    labels = {name: found[name] for name in paper.rows or found if name in found}
    ours = {one.cell.variant for one in both if one.bold}
    theirs = paper.bold_in(dataset) & found.keys()
    if ours == theirs or not theirs & paper.best_in(dataset):
        return ""
    return (
        f"{label(dataset)}: not distinguishable from the best are {_names(ours, labels)} here, "
        f"{_names(theirs, labels)} in the paper."
    )


def _names(variants: set[str], labels: Mapping[str, str]) -> str:
    return ", ".join(labels[name] for name in labels if name in variants) or "none"
