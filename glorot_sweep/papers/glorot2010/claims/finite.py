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
    sizes = [int(found[1]) for name in named if (found := FINITE_SHAPESET.fullmatch(name))]
    svms = {m.examples: m for n, m in evidence.svms.items() if FINITE_SHAPESET.fullmatch(n)}
    common = [n for n in sizes if n in svms and svms[n].dataset.endswith(f"_{n}")]
    examples = max(common or sizes, default=SVM.examples)
    network = cell_of(evidence, f"shapeset_finite_{examples}", "tanh_n")
    if not common:
        raise MissingRunsError(
            f"no support vector machine on the {examples:,} examples that tanh N was given; run "
            f"`glorot-sweep svm --examples {examples}`"
        )
    return svms[examples], network
