"""Claims 28, 40 to 43 and 45: baselines, pre-training, second order, one object alone."""

import itertools
import math
from dataclasses import replace

from glorot_sweep.papers.glorot2010.claims.finite import same_examples
from glorot_sweep.papers.glorot2010.claims.monitored_runs import at_rate, monitored
from glorot_sweep.papers.glorot2010.claims.scales import FULL, OWN_LENGTH, SHORT
from glorot_sweep.papers.glorot2010.svm import SVM
from glorot_sweep.report.claims.cells import (
    cell_of,
    column_of,
    contrast,
    mean,
    measured,
    minus,
)
from glorot_sweep.report.claims.claim import Ground, claim
from glorot_sweep.report.claims.estimate import mean_over_seeds
from glorot_sweep.report.claims.looks import look_at, seen
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.claims.trained import evaluations_between
from glorot_sweep.report.evidence import Evidence

RATE = 0.05  # C28: as C16
END = 20_000
ESTIMATES = ("hessian", "gradient_variance")  # C42
NORMAL_95 = 1.959964  # half a 95 % interval in standard errors


@claim(
    "C28",
    Ground.TRAINING,
    expected="learning rate 0.05, by 20,000 updates of fine-tuning: std of the top hidden layer, "
    "interval above 0.02, and validation loss, interval below 2.0 nats",
    needs=replace(SHORT, depth=None),
)
def pretrained_sigmoid(evidence: Evidence) -> Measurement:
    """A pretrained sigmoid network does not saturate that way."""
    found = Measurement()
    for runs in monitored(evidence, "sigmoid_pretrained", None, (RATE, RATE)):
        depth, ends = runs[0].depth, [look_at(run, END) for run in runs]
        std = mean_over_seeds([end.values("activation", "std", [depth])[0] for end in ends])
        found.demand(f"std(z^{depth}), {at_rate(runs)}", std, low=0.02)  # C28
        rows = [evaluations_between(run, "validation_loss", 0, END).iloc[-1] for run in runs]
        loss = mean_over_seeds([row["validation_loss"] for row in rows])
        name = f"validation loss, {depth} hidden layers, {at_rate(runs)}"
        found.demand(name, loss, high=2.0)  # C28
        found.sources.append(seen(runs, [end.update for end in ends]))
        found.sources.append(seen(runs, [int(row["update"]) for row in rows]))
    return found


@claim(
    "C40",
    Ground.END,
    expected="the same fixed Shapeset examples, 100,000 or more at the paper's scale: the SVM's "
    "test error minus that of tanh N, interval above 0, over seeds and the SVM's test examples",
    needs=OWN_LENGTH,
)
def network_beats_svm(evidence: Evidence) -> Measurement:
    """On 100,000 examples the network beats an SVM with a Gaussian kernel."""
    svm, network = same_examples(evidence)
    found = Measurement(sources=[*measured(evidence, [network]), Source((svm.run_id,))])
    if svm.examples < SVM.examples:
        found.lacking.append(f"{svm.examples:,} of {SVM.examples:,} examples")
    own = (svm.high - svm.low) / 2 / NORMAL_95
    over_seeds = contrast(svm.test_error - mean(network), [(network, -1.0)])
    if over_seeds.standard_error is not None:
        whole = math.hypot(over_seeds.standard_error, own)
        over_seeds = replace(over_seeds, standard_error=whole)
    found.demand("SVM minus tanh N, points", over_seeds, low=0.0)  # C40
    return found


@claim(
    "C41",
    Ground.END,
    expected="tanh minus tanh pre-trained, interval above 0; (tanh minus the best of tanh N, "
    "softsign and softsign N) minus half of that gap, interval above 0",
    needs=FULL,
)
def gap_to_pretraining(evidence: Evidence) -> Measurement:
    """Good initialization or activation removes a good part of the gap to pretraining."""
    rivals = ("tanh_n", "softsign", "softsign_n")
    cells = column_of(evidence, "shapeset", ("tanh", "tanh_pretrained", *rivals))
    found = Measurement(sources=measured(evidence, cells.values()))
    tanh, pretrained = cells["tanh"], cells["tanh_pretrained"]
    best = min((cells[variant] for variant in rivals), key=mean)
    gap = minus(tanh, pretrained)
    lowest = gap.interval(0.95)
    if lowest is None or lowest[0] <= 0:
        found.undecided.append("pre-training shows no gain, so that there is no gap to remove")
        found.note("tanh minus tanh pretrained, points", gap.value)
        return found
    found.demand("tanh minus tanh pretrained, points", gap, low=0.0)
    # (tanh - best) - (tanh - pretrained) / 2
    value = mean(tanh) / 2 - mean(best) + mean(pretrained) / 2
    removed = contrast(value, [(tanh, 0.5), (best, -1.0), (pretrained, 0.5)])
    name = f"tanh minus {best.variant}, less half of the gap, points"
    found.demand(name, removed, low=0.0)  # C41
    return found


@claim(
    "C42",
    Ground.END,
    expected="test errors tanh > tanh with second-order rates > tanh N, for both estimates, by "
    "intervals of the differences",
    needs=FULL,
)
def second_order_helps_tanh(evidence: Evidence) -> Measurement:
    """Second-order rates help tanh with (1) but do not reach tanh N."""
    found = Measurement()
    for estimate in ESTIMATES:
        names = ("tanh", f"tanh_{estimate}", "tanh_n")
        cells = list(column_of(evidence, "shapeset", names).values())
        for a, b in itertools.pairwise(cells):
            found.demand(f"{a.variant} minus {b.variant}, points", minus(a, b), low=0.0)
        found.sources += measured(evidence, cells)
    return found


@claim(
    "C43",
    Ground.END,
    expected="tanh N minus tanh N with second-order rates, for both estimates: interval above 0",
    needs=FULL,
)
def second_order_helps_tanh_n(evidence: Evidence) -> Measurement:
    """Second-order rates also improve tanh N."""
    found = Measurement()
    for estimate in ESTIMATES:
        plain, second = (cell_of(evidence, "shapeset", v) for v in ("tanh_n", f"tanh_n_{estimate}"))
        found.demand(f"gain of the {estimate}, points", minus(plain, second), low=0.0)  # C43
        found.sources += measured(evidence, (plain, second))
    return found


@claim(
    "C45",
    Ground.END,
    expected="tanh N trained as long on images of one object alone: its test error minus half of "
    "the full task's, interval below 0",
    needs=FULL,
)
def single_shape_is_easy(evidence: Evidence) -> Measurement:
    """Recognizing a single shape alone is too easy."""
    single, full = (cell_of(evidence, d, "tanh_n") for d in ("shapeset_single", "shapeset"))
    found = Measurement(sources=measured(evidence, (single, full)))
    found.note("full task, percent", mean(full))
    found.note("one object alone, percent", mean(single))
    excess = contrast(mean(single) - mean(full) / 2, [(single, 1.0), (full, -0.5)])
    found.demand("one object alone minus half of the full task, points", excess, high=0.0)  # C45
    return found
