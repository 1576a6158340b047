"""Which networks a study draws, and that they are what their labels say."""

from collections import Counter

import pytest
import torch
from builders import toy_dataset

from glorot_sweep.init_study import variants
from glorot_sweep.init_study.networks import DEEP_WIDTH, DEPTHS, StudySize, groups, look

DATASET = toy_dataset(n_fixed=300)
SIZE = StudySize(width=40, depth=3, draws=2, examples=4, seed=5)


@pytest.fixture(scope="module")
def seen():
    return list(look(SIZE, DATASET.probe, DATASET.n_classes))


def rows(seen, **labels):
    return [
        row
        for group in seen
        for network, row in group
        if all(getattr(network, name) == value for name, value in labels.items())
    ]


@pytest.mark.slow
def test_as_many_groups_as_announced(seen):
    assert len(seen) == groups(SIZE) == 2 * 4 + len(DEPTHS)


@pytest.mark.slow
def test_every_network_once(seen):
    networks = Counter(network for group in seen for network in {n for n, _ in group})
    assert set(networks.values()) == {1}
    main = {(n.activation, n.initialization, n.seed, n.shape) for n in networks if n.width == 40}
    assert len(main) == 2 * 2 * 2 + 2 * 2 * 2
    assert {activation for activation, *_, shape in main if shape != "equal"} == {"tanh"}
    deep = {(n.depth, n.initialization, n.gain) for n in networks if n.width == DEEP_WIDTH}
    assert len(deep) == 3 * len(DEPTHS)


def test_spectra_and_histograms_are_those_of_the_first_draw(seen):
    for seed, expected in ((0, True), (1, False)):
        found = rows(seen, activation="tanh", width=40, seed=seed)
        assert any(row.quantity == "jacobian" for row in found) == expected
        assert any(row.histogram is not None for row in found) == expected
    assert rows(seen, activation="identity", width=40, seed=0)


def test_the_gain_scales_the_variance_of_hidden_weights_alone(seen):
    for depth in DEPTHS:
        by_gain = {
            gain: [r.std for r in rows(seen, depth=depth, initialization="normalized", gain=gain,
                                       width=DEEP_WIDTH) if r.quantity == "weight"]
            for gain in (1.0, 3.0)
        }  # fmt: skip
        ratios = [b / a for a, b in zip(by_gain[1.0], by_gain[3.0], strict=True)]
        # 90,000 entries of each of two independent draws: 0.3 % of their std each.
        assert ratios[1:-1] == pytest.approx([3**0.5] * (depth - 1), rel=0.02)
        assert ratios[0] == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize(
    ("shape", "widths"), [("growing", [24, 40, 56]), ("shrinking", [56, 40, 24])]
)
def test_varied_widths_are_those_of_the_weights(seen, shape, widths):
    for initialization in ("standard", "normalized"):
        found = rows(seen, shape=shape, initialization=initialization, seed=0)
        weights = [row for row in found if row.quantity == "weight"]
        inputs, classes = DATASET.n_inputs, DATASET.n_classes
        assert [row.fan_in for row in weights] == [inputs, *widths]
        assert [row.fan_out for row in weights] == [*widths, classes]


def test_what_an_initialization_looks_at_is_scaled_too():
    unit, symmetric = (variants._inputs(DATASET, "lsuv", 0, one) for one in ("unit", "symmetric"))
    assert torch.allclose(symmetric, 2 * unit - 1)
    assert variants._inputs(DATASET, "normalized", 0, "symmetric") is None


def test_the_seed_decides_every_number(seen):
    first = next(look(SIZE, DATASET.probe, DATASET.n_classes))
    other = next(look(StudySize(40, 3, 2, 4, seed=6), DATASET.probe, DATASET.n_classes))
    assert first == seen[0]
    assert [row.std for _, row in other] != [row.std for _, row in first]
