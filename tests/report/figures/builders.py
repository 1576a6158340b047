"""Evidence made by hand: runs, the sweep they are from, studies."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
from report_builders import cell, collected
from run_builders import record

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.papers.glorot2010.table_1 import ERRORS
from glorot_sweep.parts.variants import PAPER_VARIANTS, VARIANTS
from glorot_sweep.report.evidence import Evidence, InitStudy, LookedAtRun
from glorot_sweep.tracking.layer_table import layer_frame

from .paper_like import cost_surfaces, error_curve, initial_rows, training_rows

RATES = {"softsign": 0.08, "softsign_n": 0.07, "tanh": 0.03, "tanh_n": 0.05, "sigmoid": 0.1}


FIGURES = {figure.name: figure for figure in PAPER.figures}


def monitored(variant, depth=5, updates=20_000, seed=0, rate=0.05, **changes):
    if "statistics" not in changes:
        changes["statistics"] = layer_frame(training_rows(variant, depth, updates))
    name = f"monitored-{variant}-shapeset-d{depth}-lr{rate:g}-seed{seed}"
    run = LookedAtRun(
        run_id=name, name=name, kind="monitored", role="", dataset="shapeset", variant=variant,
        depth=depth, width=100, learning_rate=rate, updates=updates, seed=seed, diverged=False,
        curve=pd.DataFrame(), statistics=pd.DataFrame(), label=VARIANTS[variant].label,
    )  # fmt: skip
    return replace(run, **changes)


def cut(run, last):
    """A run that diverged after this update: its looks and its curve end there."""
    table, curve = run.statistics, run.curve
    if not table.empty:
        table = table[table["update"] <= last]
    if not curve.empty:
        curve = curve[curve["update"] <= last]
    return replace(run, diverged=True, statistics=table, curve=curve)


def replicate(variant, seed=0, dataset="shapeset", updates=20_000, **changes):
    name = f"{variant}-{dataset}-seed{seed}"
    run = LookedAtRun(
        run_id=name, name=name, kind="replicate", role="table_depth+best_depth", dataset=dataset,
        variant=variant, depth=5, width=100, learning_rate=RATES[variant], updates=updates,
        seed=seed, diverged=False, curve=error_curve(variant, dataset, updates, seed),
        statistics=layer_frame([]), label=VARIANTS[variant].label,
    )  # fmt: skip
    return replace(run, **changes)


def replicates(datasets=("shapeset",), seeds=3, updates=20_000):
    return [
        replicate(variant, seed, dataset, updates)
        for dataset, variant, seed in itertools.product(datasets, PAPER_VARIANTS, range(seeds))
    ]


def trial(variant, dataset, number, state="complete"):
    """A trial whose error is lowest in the middle of the range of learning rates."""
    random = np.random.default_rng([number, len(variant), len(dataset)])
    logarithm, depth = random.uniform(-2.5, 0), int(random.integers(1, 6))
    best = ERRORS[variant][dataset]
    error = min(best * (1 + abs(logarithm + 1.2) * random.uniform(0.5, 1.5)), 90.0)
    objective = {"complete": error + 0.5, "diverged": 83.3}
    name = f"{variant}-{dataset}-t{number:03d}"
    return record(
        "trial", state, dataset=dataset, variant=variant, run_id=name, name=name, depth=depth,
        trial=number, learning_rate=float(10**logarithm), best_validation_error=error,
        objective=objective.get(state),
    )  # fmt: skip


def trials(number=12, datasets=("shapeset",)):
    states = itertools.cycle(["complete", "complete", "pruned", "complete", "diverged", "pruned"])
    return [
        trial(variant, dataset, i, next(states))
        for dataset, variant, i in itertools.product(datasets, PAPER_VARIANTS, range(number))
    ]


def sweep_of(runs=(), trials=(), finals=None, failed=0, table_depth=5):
    """The sweep that these runs are from; `finals` gives a diverged replicate's final error."""
    kinds = {(run.dataset, run.variant) for run in runs}
    kinds |= {(one.dataset, one.variant) for one in trials}
    kinds = kinds or {("shapeset", "tanh")}
    datasets = sorted({dataset for dataset, _ in kinds}, key=lambda d: (d != "shapeset", d))
    variants = [variant for variant in VARIANTS if any(variant == v for _, v in kinds)]
    cells = [cell(v, [1.0, 2.0], d, failed) for d, v in itertools.product(datasets, variants)]
    settings = {
        "variants": variants, "datasets": ["shapeset"], "network.width": 100,
        "search.table_depth": table_depth, "search.depth.high": 10, "search.sampler": "random",
    }  # fmt: skip
    if any(VARIANTS[variant].pretrained for variant in variants):
        rates = {"low": 0.01, "high": 0.1}
        settings["search.pretraining"] = {"updates": [10], "learning_rate": rates}
    records = {
        kind: [_record(run, finals or {}) for run in runs if run.kind == kind]
        for kind in ("replicate", "monitored")
    }
    records["replicate"] += [
        record("replicate", "failed", run_id=f"failed-{number}") for number in range(failed)
    ]
    made = collected(cells, settings, trials, records["replicate"])
    # The paper's data sets, whether or not a sweep file may name them already.
    config = made.config.model_copy(update={"datasets": tuple(datasets)})
    return replace(made, config=config, monitored=records["monitored"])


def _record(run, finals):
    start = record(
        run.kind, dataset=run.dataset, variant=run.variant, run_id=run.run_id, name=run.name
    )
    if run.kind != "replicate":
        return start
    last = float(run.curve["test_error"].iloc[-1])
    return replace(start, role=run.role, test_error=finals.get(run.run_id, last))


def evidence(runs, trials=(), init_studies=None, problems=(), **sweep):
    """Evidence of these runs and their sweep."""
    return Evidence(
        sweep_of(runs, trials, **sweep), tuple(runs), init_studies or {}, tuple(problems)
    )


def init_study(dataset="shapeset", depth=5, width=100, seeds=2, **changes):
    """Tanh with both initializations, and the rows of a study that no figure may take."""
    rows, extra = [], []
    # Another gain, depth or activation has another draw, so that a wrong choice would show.
    kinds = [("tanh", 1.0, depth + 2, 70), ("tanh", 3.0, depth, 60), ("tanh", 1.0, depth, 0),
             ("identity", 1.0, depth, 50)]  # fmt: skip
    for seed, initialization, (activation, gain, n, other) in itertools.product(
        range(seeds), ("standard", "normalized"), kinds
    ):
        made = initial_rows(initialization, n, width, n=2000, seed=seed + other)
        rows += made
        extra += [
            {"activation": activation, "initialization": initialization, "gain": gain,
             "depth": n, "width": width, "seed": seed}
        ] * len(made)  # fmt: skip
    study = InitStudy(
        f"id-{dataset}", f"init-{dataset}", dataset, 1024, 9, width, depth,
        layer_frame(rows, extra), cost_surfaces(),
    )  # fmt: skip
    return replace(study, **changes)


def monitored_runs(depth=5, updates=20_000):
    """What the paper's figures 2 to 4, 9 and 10 need."""
    kinds = [("sigmoid", depth), ("tanh", depth), ("tanh_n", depth), ("softsign", depth)]
    if depth > 1:
        kinds.insert(0, ("sigmoid", depth - 1))
    return [monitored(variant, n, updates) for variant, n in kinds]


def full_evidence(updates=20_000, depth=5, seeds=3, number=12, datasets=("shapeset", "mnist")):
    """Everything that all figures need."""
    runs = [*monitored_runs(depth, updates), *replicates(datasets, seeds, updates)]
    return evidence(runs, trials(number, datasets), {"shapeset": init_study(depth=depth)})
