"""A world in which every claim holds, in parts that a test can change one at a time."""

import copy
import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from report_builders import svm
from run_builders import record
from sweep_builders import grouped

from glorot_sweep.papers.glorot2010.claims import CLAIMS
from glorot_sweep.papers.glorot2010.table_1 import ERRORS
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.claims.verdict import Finding, judge
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.evidence import Evidence, InitStudy, LookedAtRun, SupportVectorMachine

from .init_rows import LAYERS, put, study
from .run_rows import TRACE, full_curve, layers_of, monitored, set_histograms

FINITE = "shapeset_finite_100000"
SELECTED = 0.03  # learning rate of every winner
TRIALS = 4  # of each depth
BY_NUMBER = {claim.number: claim for claim in CLAIMS}
LATE = {"tanh": 0.3, "sigmoid": 0.9, "tanh_hessian": 0.15, "tanh_gradient_variance": 0.15}
OTHERS = ("mnist", "cifar10", "small_imagenet")
ELSEWHERE = [("mnist", "tanh"), ("mnist", "tanh_n")]  # of which there are whole runs


@dataclass
class World:
    """Evidence taken apart.

    Attributes:
        init_studies: by data set.
        runs: by name; replicates are `variant/depth/seed`.
        cells: (role, data set, variant) to errors and depth.
        trials: (variant, depth) to validation error.
        changes: of the sweep file.
        svms: support vector machines by data set.
        searches: whose winners the replicates repeat; 0: each that of its own.
    """

    init_studies: dict[str, InitStudy] = field(default_factory=dict)
    runs: dict[str, LookedAtRun] = field(default_factory=dict)
    cells: dict[tuple[str, str, str], tuple[np.ndarray, int]] = field(default_factory=dict)
    trials: dict[tuple[str, int], float] = field(default_factory=dict)
    changes: dict[str, object] = field(default_factory=dict)
    svms: dict[str, SupportVectorMachine] = field(default_factory=dict)
    searches: int = 0

    def copy(self):
        """A world of its own; pandas copies a table when one of both is written to."""
        runs = {
            name: replace(run, curve=run.curve.copy(deep=False),
                          statistics=run.statistics.copy(deep=False))
            for name, run in self.runs.items()
        }  # fmt: skip
        init_studies = {
            name: replace(study, statistics=study.statistics.copy(deep=False))
            for name, study in self.init_studies.items()
        }
        cells = {key: (errors.copy(), depth) for key, (errors, depth) in self.cells.items()}
        return World(init_studies, runs, cells, dict(self.trials), copy.deepcopy(self.changes),
                     dict(self.svms), self.searches)  # fmt: skip

    def set_run(self, name, **changes):
        self.runs[name] = replace(self.runs[name], **changes)

    def named(self, prefix):
        found = [run for name, run in self.runs.items() if name.startswith(prefix)]
        assert found, prefix
        return found

    def set_errors(self, value, variant, dataset="shapeset", role="table_depth"):
        errors, depth = self.cells[role, dataset, variant]
        self.cells[role, dataset, variant] = (errors - errors.mean() + value, depth)

    def set_svm(self, dataset, **changes):
        self.svms[dataset] = replace(self.svms[dataset], **changes)

    def sweep(self):
        cells = {
            (role, dataset, variant): Cell(
                dataset, variant, depth, SELECTED, errors, np.zeros((len(errors), 1), bool),
                np.zeros(1, np.uint8), 0, 0,
                tuple(f"{variant}-{dataset}-{depth}-{s}" for s in range(len(errors))),
                groups=self.searches or len(errors), label=VARIANTS[variant].label,
            )
            for (role, dataset, variant), (errors, depth) in self.cells.items()
        }  # fmt: skip
        trials = [
            record("trial", variant=variant, depth=depth, learning_rate=SELECTED, trial=number,
                   run_id=f"{variant}-t{depth}-{number}", objective=min(error + number, 90.0))
            for (variant, depth), error in self.trials.items()
            for number in range(TRIALS)
        ]  # fmt: skip
        datasets = dict.fromkeys(["shapeset", *(dataset for _, dataset, _ in self.cells)])
        groups = {"search.groups": self.searches} if self.searches else {}
        settings = grouped({**self.changes, **groups, "datasets": list(datasets)})
        return Collected(settings, record(), cells, trials, [])

    def evidence(self):
        sweep = self.sweep() if self.cells else None
        return Evidence(sweep, tuple(self.runs.values()), self.init_studies, (), self.svms)


def add_monitored(world, width, updates, seeds, full):
    depths = {"tanh": 5, "tanh_n": 5, "softsign": 5, "tanh_quadratic": 5, "sigmoid": 4,
              "sigmoid_pretrained": 5}  # fmt: skip
    for seed, rate in itertools.product(range(seeds), (0.01, 0.05)):
        for variant, depth in depths.items():
            length = max(updates, full) if variant == "softsign" else updates
            run = monitored(variant, depth, rate, width, length, seed)
            world.runs[run.name] = run
        curve = world.runs[f"monitored-tanh_n-5-{rate}-{seed}"].curve
        curve["validation_loss"] = np.interp(curve["update"], [0, 5_000], [2.2, 1.9])
        for dataset, variant in itertools.product(OTHERS, ("tanh", "sigmoid")):
            run = monitored(variant, depths[variant], rate, width, updates, seed, dataset)
            world.runs[run.name] = run


def add_cells(world, seeds):
    def cell(error, dataset, variant, role="table_depth", depth=5):
        spread = 0.2 if dataset == "shapeset" else 0.1
        steps = np.linspace(-spread, spread, seeds) if seeds > 1 else np.zeros(1)
        world.cells[role, dataset, variant] = (error + steps, depth)

    for variant, errors in ERRORS.items():
        for dataset, error in errors.items():
            cell(error, dataset, variant)
    for variant, error in (("tanh_pretrained", 12.0), ("tanh_hessian", 22.0),
                           ("tanh_gradient_variance", 21.0), ("tanh_n_hessian", 14.5),
                           ("tanh_n_gradient_variance", 14.4), ("tanh_growing", 26.0),
                           ("tanh_n_growing", 16.0), ("tanh_shrinking", 28.0),
                           ("tanh_n_shrinking", 17.0)):  # fmt: skip
        cell(error, "shapeset", variant)
    cell(40.0, "shapeset", "sigmoid", "best_depth", depth=4)
    world.svms[FINITE] = svm(59.47)
    cell(50.47, FINITE, "tanh_n")
    cell(5.0, "shapeset_single", "tanh_n")


def add_replicates(world, width, updates):
    for (role, dataset, variant), (errors, depth) in world.cells.items():
        if dataset != "shapeset" and (dataset, variant) not in ELSEWHERE:
            continue
        for seed, error in enumerate(errors):
            name = f"{variant}/{depth}/{seed}"
            if dataset != "shapeset":
                name = f"{dataset}/{variant}/{seed}"
            looked_at = dataset == "shapeset" and (
                variant in ("tanh", "softsign") or (variant, depth) == ("sigmoid", 4)
            )
            frame = layers_of(variant, depth).copy() if looked_at else pd.DataFrame()
            if looked_at:
                frame["update"] *= updates // TRACE[-1]
            world.runs[name] = LookedAtRun(
                name, name, "replicate", role, dataset, variant, depth, width, SELECTED, updates,
                seed, False, full_curve(error, updates, LATE.get(variant, 0.1)), frame,
                label=VARIANTS[variant].label,
            )  # fmt: skip
    for run in world.named("tanh/5"):
        set_histograms(run.statistics, LAYERS, 0.995)
    for run in (*world.named("softsign/5"), *world.named("monitored-softsign")):
        set_histograms(run.statistics, (1, 2, 3), 0.705)
    for run in world.named("sigmoid/4"):  # the top layer leaves 0 at half of the run
        for update, top in zip(TRACE, (0.5, 0.01, 0.02, 0.1, 0.3), strict=True):
            where = {"quantity": "activation", "update": update * (updates // TRACE[-1])}
            put(run.statistics, "mean", top, layer=4, **where)


@functools.cache
def _made(width, deep_width, short, full, seeds, short_seeds, draws):
    world = World()
    world.init_studies["shapeset"] = study("shapeset", width, deep_width, draws)
    for dataset in ("mnist", "cifar10", "small_imagenet"):
        world.init_studies[dataset] = study(dataset, width, deep_width, seeds=1)
    add_monitored(world, width, short, short_seeds, full)
    add_cells(world, seeds)
    add_replicates(world, width, full)
    for variant in ERRORS:
        for depth in range(1, 6):
            error = 40.0 - 4 * depth
            if variant == "sigmoid":
                error = {4: 40.0, 5: 83.0}.get(depth, 60.0)
            world.trials[variant, depth] = error
    world.changes = {
        "network.width": width, "replicates.updates": full, "replicates.evaluations": [],
        "search.updates": full, "search.rungs": [], "search.depth.high": 5,
        "replicates.seeds": max(seeds, 2),
    }  # fmt: skip
    return world


def shared_world(
    width=1000, deep_width=300, short=20_000, full=5_000_000, seeds=3, short_seeds=3, draws=5
):
    """As `whole_world`, but the same one for all, which nobody may change."""
    return _made(width, deep_width, short, full, seeds, short_seeds, draws)


def whole_world(
    width=1000, deep_width=300, short=20_000, full=5_000_000, seeds=3, short_seeds=3, draws=5
):
    """Everything that any claim looks at, so that it holds; short training has its own seeds."""
    return _made(width, deep_width, short, full, seeds, short_seeds, draws).copy()


def finding(number, world: World) -> Finding:
    return judge(BY_NUMBER[number], world.evidence())


Change = Callable[[World], object]


def contradicted(number: str, change: Change, because: str) -> None:
    """One change contradicts the claim, and the reason names the violated condition."""
    world = whole_world()
    change(world)
    found = finding(number, world)
    assert found.verdict == "CONTRADICTED", found.reason
    assert because in found.reason
    assert found.here == "DOES NOT HOLD"
