"""A network and a support vector machine that were given the same fixed examples of Shapeset."""

from glorot_sweep.config.datasets import FINITE_SHAPESET
from glorot_sweep.papers.glorot2010.svm import SVM
from glorot_sweep.report.claims.cells import cell_of
from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.collect import Cell
from glorot_sweep.report.evidence import Evidence, SupportVectorMachine


def same_examples(evidence: Evidence) -> tuple[SupportVectorMachine, Cell]:
    """Return the SVM and tanh N that were given the same examples, the most there are.

    Raises:
        MissingRunsError: there is no such pair.
    """
    named = () if evidence.sweep is None else evidence.sweep.config.datasets
    sizes = [size for name in named if (size := _size(name))]
    svms = {m.examples: m for name, m in evidence.svms.items() if m.examples == _size(name)}
    common = [size for size in sizes if size in svms]
    examples = max(common or sizes, default=SVM.examples)
    network = cell_of(evidence, f"shapeset_finite_{examples}", "tanh_n")
    if not common:
        raise MissingRunsError(
            f"no support vector machine on the {examples:,} examples that tanh N was given; run "
            f"`glorot-sweep svm --examples {examples}`"
        )
    return svms[examples], network


def _size(dataset: str) -> int | None:
    """How many fixed examples of Shapeset a data set has; None of any other."""
    found = FINITE_SHAPESET.fullmatch(dataset)
    return int(found[1]) if found else None
