"""What figures and claims are made from: runs as they stand on the server, as plain tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glorot_sweep.report.collect import Collected
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.schema.fields import StoredRunError
from glorot_sweep.tracking.schema.names import Kind


@dataclass(frozen=True)
class LookedAtRun:
    """A trained run with its curves and, if it was looked into, its layers.

    Attributes:
        run_id, name: MLflow's.
        kind: `monitored` (at a given learning rate, looked into often) or `replicate` (of a
            winner).
        role: of a replicate: `table_depth`, `best_depth` or both joined by `+`; else empty.
        dataset, variant, depth, width, learning_rate, updates, seed: its specification.
        label: how tables write the variant.
        diverged: a loss was no finite number.
        curve: a row for each evaluation, rising: update, train_loss, validation_loss,
            validation_error, test_error (losses in nats, errors in percent).
        statistics: rows of `LayerStatistics`, a column for each attribute; NaN or None where a
            quantity does not have it. Empty if its statistics are missing.
        widths: units of each hidden layer, where they differ.
        pretraining_updates: SGD steps of each hidden layer before `updates`.
    """

    run_id: str
    name: str
    kind: str
    role: str
    dataset: str
    variant: str
    label: str = field(kw_only=True)
    depth: int
    width: int
    learning_rate: float
    updates: int
    seed: int
    diverged: bool
    curve: pd.DataFrame
    statistics: pd.DataFrame
    widths: tuple[int, ...] = ()
    pretraining_updates: int = 0


@dataclass(frozen=True)
class CostSurfaces:
    """Both costs over two weights of small networks, one network a seed.

    Attributes:
        axis: values that the first weight of each layer takes [g].
        log_likelihood, quadratic: mean cost [seeds, g, g]; first axis W^0_11, second W^1_11.
        log_likelihood_plateau, quadratic_plateau: share of the grid [seeds] where the gradient's
            norm is below a tenth of its largest value there.
    """

    axis: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    quadratic: NDArray[np.float64]
    log_likelihood_plateau: NDArray[np.float64]
    quadratic_plateau: NDArray[np.float64]


@dataclass(frozen=True)
class InitStudy:
    """Networks at initialization, looked at on one data set.

    Attributes:
        run_id, name: MLflow's.
        dataset: where the probe is from.
        n_inputs, n_classes: of the data set.
        width, depth: of the main networks.
        statistics: rows of `LayerStatistics` (update 0), and the columns `activation` (tanh or
            identity), `initialization` (standard or normalized), `gain` (n Var[W] of the hidden
            layers over that of the initialization), `depth`, `width`, `seed`,
            `shape` (equal, growing or shrinking widths).
        surfaces: of the costs, or None.
    """

    run_id: str
    name: str
    dataset: str
    n_inputs: int
    n_classes: int
    width: int
    depth: int
    statistics: pd.DataFrame
    surfaces: CostSurfaces | None = None


@dataclass(frozen=True)
class SupportVectorMachine:
    """A support vector machine with a Gaussian kernel, tuned and tested.

    Attributes:
        run_id, name: MLflow's.
        dataset: whose training, validation and test examples it has seen.
        examples: training examples.
        tuning_examples: those of them that C and gamma were tuned on.
        trials: pairs of C and gamma that were tried.
        c, gamma: the best pair.
        validation_error, test_error: percent.
        low, high: 95 % interval of the test error over test examples, percent.
        support_vectors: how many examples are support vectors.
    """

    run_id: str
    name: str
    dataset: str
    examples: int
    tuning_examples: int
    trials: int
    c: float
    gamma: float
    validation_error: float
    test_error: float
    low: float
    high: float
    support_vectors: int


@dataclass(frozen=True)
class Problem:
    """A run that had to be left out.

    Attributes:
        run_id, name, kind: of the run.
        what: what is missing or unreadable, in words.
    """

    run_id: str
    name: str
    kind: Kind
    what: str


Understood = TypeVar("Understood")


def understood(
    runs: Iterable[RunRecord],
    kind: Kind,
    understand: Callable[[RunRecord], Understood],
    problems: list[Problem],
) -> list[Understood]:
    """Return what runs say; those that cannot be understood are added to the problems.

    Args:
        runs: all of one kind.
        kind: of these runs.
        understand: may raise StoredRunError.
        problems: that were found before.
    """
    found = []
    for run in runs:
        try:
            found.append(understand(run))
        except StoredRunError as error:
            problems.append(Problem(run.run_id, run.name, kind, str(error)))
    return found


@dataclass(frozen=True)
class Evidence:
    """Everything the report and `verify` look at.

    Attributes:
        sweep: tables of a finished sweep, or None.
        runs: its monitored runs and replicates.
        init_studies: an initialization study of each data set that has any.
        problems: runs left out.
        svms: a support vector machine of each data set of the sweep that has any.
    """

    sweep: Collected | None = None
    runs: tuple[LookedAtRun, ...] = ()
    init_studies: dict[str, InitStudy] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    svms: dict[str, SupportVectorMachine] = field(default_factory=dict)

    @property
    def first_init_study(self) -> InitStudy | None:
        """The one of the sweep's first data set; without a sweep of Shapeset, else the first."""
        if self.sweep is not None:
            return self.init_studies.get(self.sweep.config.datasets[0])
        by_name = [self.init_studies.get("shapeset"), *self.init_studies.values()]
        return next((one for one in by_name if one is not None), None)
