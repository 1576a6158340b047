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
from scipy import stats
from sweep_builders import config

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.papers.glorot2010.claims import CLAIMS
from glorot_sweep.papers.glorot2010.table_1 import ERRORS
from glorot_sweep.report.claims.verdict import Finding, judge
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.evidence import (
    CostSurfaces,
    Evidence,
    InitStudy,
    LookedAtRun,
    SupportVectorMachine,
)

LAYERS = range(1, 6)
N_VAR = {"standard": 1 / 3, "normalized": 1.0}
TRACE = (0, 2_000, 5_000, 10_000, 20_000)
FINITE = "shapeset_finite_100000"
SELECTED = 0.03  # learning rate of every winner
SHAPES = {"equal": (0.1, 0.62), "growing": (0.15, 0.76), "shrinking": (0.069, 0.54)}


def row(quantity, layer, update=0, **columns):
    return dict(vars(LayerStatistics(update, quantity, layer, 1000, **columns)))


def bell(std, reach, bins=200):
    """Columns of a histogram of normal values."""
    shares = np.diff(stats.norm.cdf(np.linspace(-reach, reach, bins + 1) / std))
    return {"histogram_low": -reach, "histogram_high": reach, "histogram": tuple(shares)}


def put(frame, column, value, **where):
    """Set a column where the others have these values; a function gets the old numbers."""
    chosen = np.logical_and.reduce([frame[name] == wanted for name, wanted in where.items()])
    assert chosen.any(), where
    frame.loc[chosen, column] = value(frame.loc[chosen, column]) if callable(value) else value


def weight_rows(initialization, width, n_inputs, n_classes):
    sizes = [n_inputs, *[width] * 5, n_classes]
    for layer, (n, m) in enumerate(itertools.pairwise(sizes), start=1):
        bound = n**-0.5 if initialization == "standard" else (6 / (n + m)) ** 0.5
        yield row(
            "weight", layer, fan_in=n, fan_out=m, std=bound / 3**0.5, minimum=-0.999 * bound,
            maximum=0.999 * bound, largest_bias=0.0,
        )  # fmt: skip


def tanh_rows(initialization, shape, width, detailed):
    s, standard = N_VAR[initialization] ** 0.5, initialization == "standard"
    ratio = SHAPES[shape][0 if standard else 1]
    for k in LAYERS:
        std = 0.5 * (0.105 if standard else 0.62) ** ((k - 1) / 4)
        yield row("activation", k, std=std, **(bell(std, 1.0) if detailed else {}))
        std = 0.02 * ratio ** ((5 - k) / 4)
        more = bell(std, 0.12) if detailed else {}
        yield row("backpropagated_gradient", k, std=std, **more)
        std = 1 + 0.01 * k
        yield row("weight_gradient", k, std=std / 3, per_example_std=std)
    mean = 0.97 if standard else 0.9
    for k in LAYERS[:-1] if detailed else ():
        jacobian = row(
            "jacobian", k, mean=8 / (3 * np.pi) * s * mean, rms=s * (mean + 0.01),
            geometric_mean=0.5 * s, derivative_mean=mean, derivative_rms=mean + 0.01,
        )  # fmt: skip
        yield jacobian | {"count": 10 * width}


def identity_rows(initialization, n_var, depth, width, n_classes, detailed):
    s = n_var**0.5
    for k in range(1, depth + 1):
        yield row("activation", k, std=0.6 * s**k, predicted_std=0.6 * s**k)
        yield row("backpropagated_gradient", k, std=0.01 * s ** (depth - k))
        yield row("weight_gradient", k, std=0.3, per_example_std=1.0)
    n, m = width, n_classes
    factor = (n / m) ** 0.5 if initialization == "standard" else ((n + m) / (2 * m)) ** 0.5
    yield row("weight_gradient", depth + 1, std=0.3 * factor, per_example_std=factor)
    for k in range(1, depth) if detailed else ():
        jacobian = row("jacobian", k, mean=0.849 * s, rms=s, geometric_mean=np.exp(-0.5) * s)
        yield jacobian | {"count": width}


def study_frame(width, deep_width, n_inputs, n_classes, seeds):
    rows = []

    def add(own, activation, initialization, gain, depth, width, seed, shape="equal"):
        keys = {
            "activation": activation, "initialization": initialization, "gain": gain,
            "depth": depth, "width": width, "seed": seed, "shape": shape,
        }  # fmt: skip
        rows.extend(one | keys for one in own)

    for seed in range(seeds):
        for initialization, n_var in N_VAR.items():
            place = (initialization, 1.0, 5, width, seed)
            for shape in SHAPES:
                own = tanh_rows(initialization, shape, width, detailed=seed == 0)
                add(own, "tanh", *place, shape)
            add(weight_rows(initialization, width, n_inputs, n_classes), "tanh", *place)
            own = identity_rows(initialization, n_var, 5, width, n_classes, detailed=seed == 0)
            add(own, "identity", *place)
    for depth in (5, 10, 20):
        for initialization, gain in (("standard", 1.0), ("normalized", 1.0), ("normalized", 3.0)):
            n_var = N_VAR[initialization] * gain
            own = identity_rows(initialization, n_var, depth, deep_width, n_classes, False)
            add(own, "identity", initialization, gain, depth, deep_width, 0)
    return pd.DataFrame(rows)


@functools.cache
def study(dataset, width=1000, deep_width=300, seeds=5):
    frame = study_frame(width, deep_width, 1024, 9, seeds)
    grid = np.zeros((10, 2, 2))
    surfaces = CostSurfaces(np.array([-8.0, 8.0]), grid, grid, np.full(10, 0.13), np.full(10, 0.46))
    return InitStudy(f"study-{dataset}", f"start-{dataset}", dataset, 1024, 9, width, 5, frame,
                     surfaces)  # fmt: skip


@functools.cache
def layers_of(variant, depth):
    """Rows of a run's statistics along TRACE; `progress` runs from 0 to 1."""
    rows = []
    for update in TRACE:
        progress = update / TRACE[-1]
        for k in range(1, depth + 1):
            activation = {"std": 0.1 + 0.2 * progress**0.5, "saturation": 0.0}
            if variant == "tanh":
                activation["p98"] = 0.3 + (0.65 * progress if k == 1 else 0.0)
                activation["saturation"] = 0.048 if k == 1 else 0.01
            elif variant.startswith("sigmoid"):
                activation["mean"] = (0.51, 0.57, 0.76, 0.5 - 0.49 * progress**0.1, 0.4)[k - 1]
            else:
                activation |= {"p98": 0.3 + 0.3 * progress, "saturation": 0.0006}
            if variant in ("tanh", "softsign"):
                activation |= bell(0.3, 1.0)
            rows.append(row("activation", k, update, **activation))
            ratio = 0.1 + 0.6 * progress
            std = ratio ** ((depth - k) / (depth - 1))
            rows.append(row("backpropagated_gradient", k, update, std=std))
            ratio = 1.05 + (3 if variant == "tanh" else 0.5) * progress
            std = ratio ** ((depth - k) / (depth - 1))
            rows.append(row("weight_gradient", k, update, std=std))
        rows.append(row("output", depth + 1, update, loss=2.11, loss_from_mean=2.111))
    return pd.DataFrame(rows)


def curve(updates, **columns):
    return pd.DataFrame({"update": updates, **columns})


def short_curve(variant, last):
    updates = np.array([0, 1_000, *[u for u in TRACE[1:] if u < last], last])
    end = {"tanh": 2.02, "sigmoid": 2.11, "sigmoid_pretrained": 1.5}.get(variant, 1.6)
    losses = end + (2.2 - end) * (1 - updates / 20_000)
    if variant == "sigmoid":
        losses = np.full(len(updates), 2.11)
    error = {"tanh": 60.0, "tanh_quadratic": 75.0}.get(variant, 83.4)
    errors = error + (83.4 - error) * (1 - updates / 20_000)
    return curve(updates, validation_loss=losses, validation_error=errors, test_error=errors)


def monitored(variant, depth, rate, width=1000, updates=20_000, seed=0):
    frame = layers_of(variant, depth)
    frame = frame[frame["update"] <= updates].copy()
    name = f"monitored-{variant}-{depth}-{rate}-{seed}"
    return LookedAtRun(name, name, "monitored", "", "shapeset", variant, depth, width, rate,
                       updates, seed, False, short_curve(variant, updates), frame)  # fmt: skip


def full_curve(final, updates, late=0.1):
    """An error that falls from 85 to `final`, most of it around the share `late` of the run."""
    shares = np.array([0.002, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    errors = final + (85 - final) * np.exp(-4 * shares / late) * (final < 80)
    errors[-1] = final
    return curve(np.round(shares * updates).astype(int), validation_error=errors, test_error=errors)


LATE = {"tanh": 0.3, "sigmoid": 0.9, "tanh_hessian": 0.15, "tanh_gradient_variance": 0.15}


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
    """

    init_studies: dict[str, InitStudy] = field(default_factory=dict)
    runs: dict[str, LookedAtRun] = field(default_factory=dict)
    cells: dict[tuple[str, str, str], tuple[np.ndarray, int]] = field(default_factory=dict)
    trials: dict[tuple[str, int], float] = field(default_factory=dict)
    changes: dict[str, object] = field(default_factory=dict)
    svms: dict[str, SupportVectorMachine] = field(default_factory=dict)

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
                     dict(self.svms))  # fmt: skip

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
            )
            for (role, dataset, variant), (errors, depth) in self.cells.items()
        }  # fmt: skip
        trials = []
        for (variant, depth), error in self.trials.items():
            trials.append(
                record("trial", variant=variant, depth=depth, learning_rate=SELECTED,
                       run_id=f"{variant}-t{depth}", objective=error)
            )  # fmt: skip
        datasets = dict.fromkeys(["shapeset", *(dataset for _, dataset, _ in self.cells)])
        settings = config({**self.changes, "datasets": list(datasets)})
        return Collected(settings, record(), cells, trials, [])

    def evidence(self):
        sweep = self.sweep() if self.cells else None
        return Evidence(sweep, tuple(self.runs.values()), self.init_studies, (), self.svms)


def add_monitored(world, width, updates, seeds):
    depths = {"tanh": 5, "tanh_n": 5, "softsign": 5, "tanh_quadratic": 5, "sigmoid": 4,
              "sigmoid_pretrained": 5}  # fmt: skip
    for seed, rate in itertools.product(range(seeds), (0.01, 0.05)):
        for variant, depth in depths.items():
            run = monitored(variant, depth, rate, width, updates, seed)
            world.runs[run.name] = run
        curve = world.runs[f"monitored-tanh_n-5-{rate}-{seed}"].curve
        curve["validation_loss"] = np.interp(curve["update"], [0, 5_000], [2.2, 1.9])


def add_cells(world, seeds):
    def cell(error, dataset, variant, role="table_depth", depth=5):
        spread = 0.4 if dataset == "shapeset" else 0.1
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
        if dataset != "shapeset":
            continue
        for seed, error in enumerate(errors):
            name = f"{variant}/{depth}/{seed}"
            looked_at = variant in ("tanh", "softsign") or (variant, depth) == ("sigmoid", 4)
            frame = layers_of(variant, depth).copy() if looked_at else pd.DataFrame()
            if looked_at:
                frame["update"] *= updates // TRACE[-1]
            world.runs[name] = LookedAtRun(
                name, name, "replicate", role, dataset, variant, depth, width, SELECTED, updates,
                seed, False, full_curve(error, updates, LATE.get(variant, 0.1)), frame,
            )  # fmt: skip
    for run in world.named("tanh/5"):
        set_histograms(run.statistics, LAYERS, 0.995)
    for run in world.named("softsign/5"):
        set_histograms(run.statistics, (1, 2, 3), 0.705)
    for run in world.named("sigmoid/4"):  # the top layer leaves 0 at half of the run
        for update, top in zip(TRACE, (0.5, 0.01, 0.02, 0.1, 0.3), strict=True):
            where = {"quantity": "activation", "update": update * (updates // TRACE[-1])}
            put(run.statistics, "mean", top, layer=4, **where)


def set_histograms(frame, layers, place):
    """Let all activations of some layers be -+place."""
    chosen = (frame["quantity"] == "activation") & frame["layer"].isin(layers)
    for index in frame.index[chosen]:
        frame.at[index, "histogram"] = spike(place)


def spike(place, bins=200):
    """A histogram on [-1, 1] of the two values -+place."""
    shares = np.zeros(bins)
    index = int((place + 1) / 2 * bins)
    shares[index] = shares[bins - 1 - index] = 0.5
    return tuple(shares)


@functools.cache
def _world(width, deep_width, short, full, seeds, short_seeds, draws):
    world = World()
    world.init_studies["shapeset"] = study("shapeset", width, deep_width, draws)
    for dataset in ("mnist", "cifar10", "small_imagenet"):
        world.init_studies[dataset] = study(dataset, width, deep_width, seeds=1)
    add_monitored(world, width, short, short_seeds)
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


def whole_world(
    width=1000, deep_width=300, short=20_000, full=5_000_000, seeds=3, short_seeds=3, draws=5
):
    """Everything that any claim looks at, so that it holds; short training has its own seeds."""
    return _world(width, deep_width, short, full, seeds, short_seeds, draws).copy()


def finding(number, world: World) -> Finding:
    return judge({claim.number: claim for claim in CLAIMS}[number], world.evidence())


Change = Callable[[World], object]


def contradicted(number: str, change: Change, because: str) -> None:
    """One change contradicts the claim, and the reason names the violated condition."""
    world = whole_world()
    change(world)
    found = finding(number, world)
    assert found.verdict == "CONTRADICTED", found.reason
    assert because in found.reason
    assert found.holds_so_far is False
