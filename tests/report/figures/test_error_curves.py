"""Figures 11 and 12: means and bands over seeds, the order of the legend, divergence."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from glorot_sweep.config.window import evaluated_at
from glorot_sweep.papers.glorot2010.table_1 import ERRORS
from glorot_sweep.parts.variants import PAPER_VARIANTS
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import NotInEvidence
from glorot_sweep.report.figures.error_curves import ErrorCurve

from .builders import FIGURES, cut, evidence, replicate, replicates
from .readers import band_of, legend, titles


def errors_of(runs, variant, dataset):
    """Test errors [seeds, t], by hand."""
    return np.array(
        [r.curve["test_error"] for r in runs if (r.variant, r.dataset) == (variant, dataset)]
    )


def line_of(axes, variant):
    label = PAPER_VARIANTS[variant].label
    (line,) = [line for line in axes.lines if line.get_label() == label]
    return line


@pytest.mark.slow
@pytest.mark.parametrize(("name", "dataset"), [("figure_11", "shapeset"), ("figure_12", "mnist")])
def test_lines_are_means_and_bands_are_ranges(full, name, dataset):
    (axes,) = FIGURES[name].draw(full).figure.axes
    replicated = [run for run in full.runs if run.kind == "replicate"]
    for variant in PAPER_VARIANTS:
        errors = errors_of(replicated, variant, dataset)
        assert errors.shape[0] == 3
        line = line_of(axes, variant)
        # A mean of three numbers below 100 rounds twice.
        np.testing.assert_allclose(line.get_ydata(), errors.mean(0), rtol=0, atol=1e-13)
        np.testing.assert_array_equal(line.get_xdata(), replicated[0].curve["update"])
        updates, low, high = band_of(axes, line.get_label())
        for drawn, expected in ((updates, line.get_xdata()), (low, errors.min(0)),
                                (high, errors.max(0))):  # fmt: skip
            np.testing.assert_array_equal(drawn, expected)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "dataset"), [("figure_11", "shapeset"), ("figure_12", "mnist")])
def test_legend_goes_from_worst_to_best_and_has_the_papers_values(full, name, dataset):
    replicated = [run for run in full.runs if run.kind == "replicate"]
    finals = {v: errors_of(replicated, v, dataset)[:, -1].mean() for v in PAPER_VARIANTS}
    order = sorted(finals, key=finals.get, reverse=True)
    shown = legend(FIGURES[name].draw(full))
    label = {variant: row.label for variant, row in PAPER_VARIANTS.items()}
    assert shown == [f"{label[v]} {finals[v]:.2f} ({ERRORS[v][dataset]:.2f})" for v in order]
    assert shown[0].startswith("Sigmoid")


@pytest.mark.slow
def test_what_is_beyond_table_1_has_a_panel_of_its_own():
    """Its variants have styles that differ, and the caption says which are not equally wide."""
    beyond = []
    for variant, label, widths in (
        ("tanh_growing", "Tanh, growing", (60, 140)),
        ("tanh_shrinking", "Tanh, shrinking", (140, 60)),
        ("relu", "ReLU", ()),
    ):
        for run in replicates(seeds=2):
            if run.variant == "tanh":
                name = f"{variant}-{run.seed}"
                changes = {"variant": variant, "label": label, "widths": widths}
                beyond.append(replace(run, run_id=name, name=name, **changes))
    drawing = FIGURES["figure_11"].draw(evidence([*replicates(seeds=2), *beyond]))
    assert titles(drawing) == ["Shapeset", "Shapeset, beyond Table 1"]
    paper, other = drawing.figure.axes
    assert len(paper.lines) == 5
    assert {line.get_label() for line in other.lines} == {
        "Tanh, growing", "Tanh, shrinking", "ReLU"
    }  # fmt: skip
    assert "5 hidden layers of 60 and 140 units (Tanh, growing)" in drawing.caption
    alone = FIGURES["figure_11"].draw(evidence(beyond))
    assert titles(alone) == ["Shapeset, beyond Table 1"]


@pytest.mark.slow
def test_figure_12_has_a_panel_for_each_of_its_data_sets():
    runs = replicates(("shapeset", "mnist", "cifar10"), seeds=2)
    drawing = FIGURES["figure_12"].draw(evidence(runs))
    assert titles(drawing) == ["MNIST", "CIFAR-10"]
    for axes, dataset in zip(drawing.figure.axes, ("mnist", "cifar10"), strict=True):
        errors = errors_of(runs, "tanh", dataset)
        np.testing.assert_allclose(line_of(axes, "tanh").get_ydata(), errors.mean(0))


@pytest.mark.slow
def test_errors_that_fall_far_are_on_a_logarithmic_axis():
    drawing = FIGURES["figure_12"].draw(evidence(replicates(("mnist", "cifar10"))))
    assert [axes.get_yscale() for axes in drawing.figure.axes] == ["log", "linear"]


def test_replicates_at_other_depths_are_left_out():
    """Winners over all depths belong to the other table."""
    runs = [replicate("tanh", seed) for seed in (0, 1)]
    other = replicate("tanh", 0, role="best_depth", run_id="other", curve=runs[0].curve * 2)
    with_other = FIGURES["figure_11"].draw(evidence([*runs, other])).figure.axes[0].lines
    without = FIGURES["figure_11"].draw(evidence(runs)).figure.axes[0].lines
    np.testing.assert_array_equal(with_other[0].get_xydata(), without[0].get_xydata())


def test_a_diverged_replicate_counts_as_in_the_tables():
    """Its curve ends at update 1,000; from then on it has the majority class's error."""
    runs = [replicate("tanh", 0), cut(replicate("tanh", 1), 1000)]
    drawing = FIGURES["figure_11"].draw(evidence(runs, finals={runs[1].run_id: 83.3}))
    updates, means = drawing.figure.axes[0].lines[0].get_xydata().T
    whole = errors_of([replicate("tanh", seed) for seed in (0, 1)], "tanh", "shapeset")
    early = updates <= 1000
    assert early.any()
    assert not early.all()
    np.testing.assert_allclose(means[early], whole[:, early].mean(0), rtol=0, atol=1e-13)
    np.testing.assert_allclose(means[~early], (whole[0, ~early] + 83.3) / 2, rtol=0, atol=1e-13)
    assert drawing.notes == ("run tanh-shapeset-seed1 diverged: it counts at 83.3 % from then on",)


def test_a_cell_of_diverged_replicates_ends_at_the_majority_class():
    runs = [cut(replicate("tanh", seed), 100) for seed in (0, 1)]
    finals = dict.fromkeys((run.run_id for run in runs), 83.3)
    drawing = FIGURES["figure_11"].draw(evidence(runs, finals=finals))
    points = drawing.figure.axes[0].lines[0].get_xydata()
    assert points[:, 0].tolist() == [100, 20_000]
    assert points[-1, 1] == pytest.approx(83.3, abs=1e-13)


def test_the_evaluations_of_a_final_error_are_one_point():
    """With eight they begin at update 18,000 of 20,000; the curve has points from there on."""
    run = replicate("tanh")
    within = evaluated_at((), 20_000, 8)
    row = run.curve.iloc[-1:]
    more = pd.concat([row.assign(update=update, test_error=70.0 + update % 7) for update in within])
    before = run.curve[run.curve["update"] < within[0]]
    run = replace(run, curve=pd.concat([before, more], ignore_index=True))
    seen = evidence([run], finals={run.run_id: 44.25})
    config = seen.sweep.config
    replicates = config.replicates.model_copy(update={"window": 8})
    config = config.model_copy(update={"replicates": replicates})
    drawing = FIGURES["figure_11"].draw(replace(seen, sweep=replace(seen.sweep, config=config)))
    assert legend(drawing) == ["Tanh 44.25 (27.15)"]
    (line,) = drawing.figure.axes[0].lines
    np.testing.assert_array_equal(line.get_xdata(), [*before["update"], 20_000])
    np.testing.assert_array_equal(line.get_ydata(), [*before["test_error"], 44.25])
    assert "last point and legend: mean of the last 8 evaluations" in drawing.caption


def test_failed_replicates_are_noted():
    drawing = FIGURES["figure_11"].draw(evidence([replicate("tanh")], failed=2))
    assert drawing.notes == ("replicates of Tanh on Shapeset that failed: 2",)


def test_one_seed_is_drawn():
    points = FIGURES["figure_11"].draw(evidence([replicate("tanh")])).figure.axes[0].lines[0]
    np.testing.assert_array_equal(points.get_ydata(), replicate("tanh").curve["test_error"])


def test_caption_gives_the_specification(full):
    caption = FIGURES["figure_11"].draw(full).caption
    assert "Shapeset: 5 hidden layers of 100 units, 20,000 updates, seeds 0, 1, 2" in caption
    rates = re.search(r"learning rates: (.*)\.$", caption).group(1)
    assert rates == "Sigmoid 0.1; Tanh 0.03; Softsign 0.08; Softsign N 0.07; Tanh N 0.05"


def test_caption_gives_the_seeds_of_each_variant_where_they_differ():
    """As they do where seeds are added until it is decided."""
    counts = {"tanh": 4, "tanh_n": 4, "sigmoid": 2}
    runs = [replicate(variant, seed) for variant, count in counts.items() for seed in range(count)]
    caption = FIGURES["figure_11"].draw(evidence(runs)).caption
    assert (
        "20,000 updates, seeds 0, 1 (Sigmoid); seeds 0, 1, 2, 3 (Tanh, Tanh N); learning rates"
    ) in caption


def pretrained(seed=0):
    run = replicate("tanh", seed)
    name = f"tanh_pretrained-shapeset-seed{seed}"
    curve = run.curve.assign(test_error=run.curve["test_error"] / 2)
    return replace(run, run_id=name, name=name, variant="tanh_pretrained", curve=curve,
                   label="Tanh, pre-trained", pretraining_updates=8_000)  # fmt: skip


@pytest.mark.slow
def test_a_pretrained_variant_is_the_reference():
    runs = [*replicates(seeds=2), pretrained(0), pretrained(1)]
    drawing = FIGURES["figure_11"].draw(evidence(runs))
    (line,) = [
        line for line in drawing.figure.axes[0].lines if "pre-trained" in str(line.get_label())
    ]
    halves = [pretrained(seed).curve["test_error"] for seed in (0, 1)]
    np.testing.assert_allclose(line.get_ydata(), np.mean(halves, axis=0), rtol=0, atol=1e-13)
    assert any(entry.startswith("Tanh, pre-trained ") for entry in legend(drawing))
    assert drawing.caption.endswith(
        "Tanh, pre-trained, the reference: before update 0 each hidden layer was trained for "
        "8,000 updates as a denoising autoencoder, which are not on the axis."
    )
    assert "pre-trained" not in FIGURES["figure_11"].draw(evidence(replicates(seeds=2))).caption


def test_caption_gives_the_shortest_and_the_longest_pretraining():
    lengths = 8_000, 20_000, 1_000
    runs = [replace(pretrained(seed), pretraining_updates=n) for seed, n in enumerate(lengths)]
    caption = FIGURES["figure_11"].draw(evidence(runs)).caption
    assert "each hidden layer was trained for 1,000 to 20,000 updates as" in caption


def test_a_label_with_an_underscore_first_stands_beside_its_own_line():
    runs = [
        replicate(variant, seed) for variant in ("tanh", "tanh_n", "sigmoid") for seed in (0, 1)
    ]
    labels = {"tanh": "_plain tanh", "tanh_n": "_child1"}
    named = [replace(run, label=labels.get(run.variant, run.label)) for run in runs]
    (axes,) = FIGURES["figure_11"].draw(evidence(named)).figure.axes
    seen = axes.get_legend()
    assert len(seen.get_texts()) == len(seen.legend_handles) == 3
    lines = {line.get_label(): line for line in axes.lines}
    for text, handle in zip(seen.get_texts(), seen.legend_handles, strict=True):
        name, error = text.get_text().partition(" (")[0].rsplit(" ", 1)
        line = lines.pop(name)
        assert (handle.get_color(), handle.get_marker()) == (line.get_color(), line.get_marker())
        assert error == f"{line.get_ydata()[-1]:.2f}"


def test_missing_data_sets_are_named(full):
    shapeset = evidence(replicates())
    with pytest.raises(NotInEvidence, match=r"no replicates on MNIST or CIFAR-10.* add mnist or"):
        FIGURES["figure_12"].draw(shapeset)
    with pytest.raises(NotInEvidence, match="report a sweep"):
        FIGURES["figure_11"].draw(Evidence(None, (), full.init_studies))


def test_groups_weigh_alike_as_in_the_tables_and_all_their_rates_are_told():
    runs = tuple(
        replicate("tanh", seed, learning_rate=rate) for seed, rate in enumerate([0.03, 0.05, 0.03])
    )
    curve = ErrorCurve(runs, np.array([10, 20]), np.array([[9.0, 6.0, 3.0], [8.0, 2.0, 6.0]]), 2)
    np.testing.assert_array_equal(curve.means, [(6.0 + 6.0) / 2, (7.0 + 2.0) / 2])
    assert curve.final == 4.5
    assert curve.rates == "0.03 to 0.05"
