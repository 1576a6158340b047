"""Support vector machines beside the networks on the same data set."""

from collections.abc import Mapping

import pandas as pd

from glorot_sweep.config.datasets import FINITE_SHAPESET
from glorot_sweep.report.evidence import Problem, SupportVectorMachine, understood
from glorot_sweep.report.labels import label
from glorot_sweep.report.paper import Paper, SvmReference
from glorot_sweep.report.tables import Entry
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import dataset_digests, find_runs
from glorot_sweep.tracking.schema.beside import SvmRun
from glorot_sweep.tracking.schema.names import Kind, Metric
from glorot_sweep.tracking.schema.runs import read


def find_svms(
    place: Place, digests: Mapping[str, str], problems: list[Problem]
) -> dict[str, SupportVectorMachine]:
    """Return the one of each data set: of several that of lowest validation error.

    Of those on different numbers of examples of one data set, that on most examples counts. A name
    may stand for other images, of a plugin or of another folder: one that has seen those is left
    out, and named if there is no other.

    Args:
        place: where their runs are.
        digests: of the content of each data set of a sweep.
        problems: where those that cannot be read, or are of other images, are named.
    """
    runs = find_runs(place.client, [place.experiment_id], kind=Kind.BASELINE, state=State.COMPLETE)
    found = understood(runs, Kind.BASELINE, lambda run: _svm(read(SvmRun, run)), problems)
    svms, others = {}, []
    for svm in sorted(found, key=lambda m: (m.examples, -m.validation_error)):
        if svm.dataset in digests:
            seen, ours = _digest(place, svm), digests[svm.dataset]
            if seen == ours:
                svms[svm.dataset] = svm
            else:
                others.append((svm, f"its {svm.dataset} has the digest {seen}, the sweep's {ours}"))
    problems += [
        Problem(svm.run_id, svm.name, Kind.BASELINE, what)
        for svm, what in others
        if svm.dataset not in svms
    ]
    return svms


def _digest(place: Place, svm: SupportVectorMachine) -> str | None:
    return dataset_digests(place.client, svm.run_id).get(svm.dataset)


def _svm(record: SvmRun) -> SupportVectorMachine:
    needs = record.needs
    return SupportVectorMachine(
        run_id=record.run_id,
        name=record.name,
        dataset=record.dataset,
        examples=record.examples,
        tuning_examples=min(record.tuning_examples, record.examples),
        trials=record.trials,
        c=needs(Metric.C),
        gamma=needs(Metric.GAMMA),
        validation_error=needs(Metric.VALIDATION_ERROR),
        test_error=needs(Metric.TEST_ERROR),
        low=needs(Metric.TEST_ERROR_LOW),
        high=needs(Metric.TEST_ERROR_HIGH),
        support_vectors=int(needs(Metric.SUPPORT_VECTORS)),
    )


def comparable(
    table: list[Entry], svms: dict[str, SupportVectorMachine]
) -> list[tuple[Entry, SupportVectorMachine]]:
    """Return the cells that were measured with the one of the same data set."""
    return [
        (entry, svms[entry.cell.dataset])
        for entry in table
        if entry.cell.dataset in svms and entry.mean is not None
    ]


def svms_frame(
    table: list[Entry], svms: dict[str, SupportVectorMachine], paper: Paper
) -> pd.DataFrame:
    """Return a row for each network that stands beside one; errors in percent."""
    return pd.DataFrame(
        [
            {
                "data set": label(svm.dataset),
                "examples of the SVM": svm.examples,
                "SVM": f"{svm.test_error:.2f} [{svm.low:.2f}, {svm.high:.2f}]",
                "network": entry.cell.label,
                "its error": f"{entry.mean:.2f} [{entry.low:.2f}, {entry.high:.2f}]",
                "SVM minus network": f"{svm.test_error - (entry.mean or 0.0):.2f}",
            }
            | ({} if paper.svm is None else {"paper": _beside(svm, entry, paper.svm)})
            for entry, svm in comparable(table, svms)
        ]
    )


def svm_sentences(table: list[Entry], svms: dict[str, SupportVectorMachine]) -> list[str]:
    """Say how each one that stands beside a network was made, and on which examples."""
    shown = {svm.dataset: svm for _, svm in comparable(table, svms)}
    return [
        f"{label(svm.dataset)}: SVM with a Gaussian kernel, test error "
        f"{svm.test_error:.2f} % [{svm.low:.2f}, {svm.high:.2f}], one run, interval "
        f"over test examples; C {svm.c:.3g} and gamma {svm.gamma:.3g} are the best of "
        f"{svm.trials} trials on {svm.tuning_examples:,} of its {svm.examples:,} "
        f"examples, {svm.support_vectors:,} of which are support vectors; "
        f"{_examples_of_networks(svm)}"
        for svm in shown.values()
    ]


def _examples_of_networks(svm: SupportVectorMachine) -> str:
    finite = FINITE_SHAPESET.fullmatch(svm.dataset)
    if finite and int(finite[1]) == svm.examples:
        return "the networks had the same examples"
    return "the networks had all training examples, the first of which are the SVM's"


def _beside(svm: SupportVectorMachine, entry: Entry, paper: SvmReference) -> str:
    """The paper's numbers stand beside the data set's own size alone."""
    finite = FINITE_SHAPESET.fullmatch(svm.dataset)
    same = finite and int(finite[1]) == paper.examples and entry.cell.variant == paper.variant
    return f"SVM {paper.svm_error}, network {paper.network_error}" if same else "–"
