"""Support vector machines beside the networks on the same data set."""

import pandas as pd

from glorot_sweep.config.datasets import FINITE_SHAPESET
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.evidence import Machine
from glorot_sweep.report.render import label
from glorot_sweep.report.tables import Entry
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import find_runs
from glorot_sweep.tracking.schema.beside import SvmRun
from glorot_sweep.tracking.schema.names import Kind, Metric
from glorot_sweep.tracking.schema.runs import read

PAPER_EXAMPLES = 100_000  # Sec. 2.1
PAPER_SVM, PAPER_TANH_N = 59.47, 50.47  # Sec. 2.1, percent


def find_machines(place: Place) -> dict[str, Machine]:
    """Return the machine of each data set: of several the one of lowest validation error.

    Of machines on different numbers of examples of one data set, that on most examples counts.
    """
    runs = find_runs(place.client, [place.experiment_id], kind=Kind.BASELINE, state=State.COMPLETE)
    found = [_machine(read(SvmRun, run)) for run in runs]
    machines = sorted(found, key=lambda m: (m.examples, -m.validation_error))
    return {machine.dataset: machine for machine in machines}


def _machine(record: SvmRun) -> Machine:
    needs = record.needs
    return Machine(
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


def comparable(table: list[Entry], machines: dict[str, Machine]) -> list[tuple[Entry, Machine]]:
    """Return the cells that were measured with the machine of the same data set."""
    return [
        (entry, machines[entry.cell.dataset])
        for entry in table
        if entry.cell.dataset in machines and entry.mean is not None
    ]


def machines_frame(table: list[Entry], machines: dict[str, Machine]) -> pd.DataFrame:
    """Return a row for each network that stands beside a machine; errors in percent."""
    return pd.DataFrame(
        [
            {
                "data set": label(machine.dataset),
                "examples of the SVM": machine.examples,
                "SVM": f"{machine.test_error:.2f} [{machine.low:.2f}, {machine.high:.2f}]",
                "network": VARIANTS[entry.cell.variant].label,
                "its error": f"{entry.mean:.2f} [{entry.low:.2f}, {entry.high:.2f}]",
                "SVM minus network": f"{machine.test_error - (entry.mean or 0.0):.2f}",
                "paper": _paper(machine.dataset, entry.cell.variant),
            }
            for entry, machine in comparable(table, machines)
        ]
    )


def machine_sentences(table: list[Entry], machines: dict[str, Machine]) -> list[str]:
    """Say how each machine that stands beside a network was made, and on which examples."""
    shown = {machine.dataset: machine for _, machine in comparable(table, machines)}
    return [
        f"{label(machine.dataset)}: SVM with a Gaussian kernel, test error "
        f"{machine.test_error:.2f} % [{machine.low:.2f}, {machine.high:.2f}], one run, interval "
        f"over test examples; C {machine.c:.3g} and gamma {machine.gamma:.3g} are the best of "
        f"{machine.trials} trials on {machine.tuning_examples:,} of its {machine.examples:,} "
        f"examples, {machine.support_vectors:,} of which are support vectors; "
        f"{_examples_of_networks(machine)}"
        for machine in shown.values()
    ]


def _examples_of_networks(machine: Machine) -> str:
    finite = FINITE_SHAPESET.fullmatch(machine.dataset)
    if finite and int(finite[1]) == machine.examples:
        return "the networks had the same examples"
    return "the networks had all training examples, the first of which are the machine's"


def _paper(dataset: str, variant: str) -> str:
    """The paper's numbers stand beside the data set's own size alone."""
    finite = FINITE_SHAPESET.fullmatch(dataset)
    if finite and int(finite[1]) == PAPER_EXAMPLES and variant == "tanh_n":
        return f"SVM {PAPER_SVM}, network {PAPER_TANH_N}"
    return "–"
