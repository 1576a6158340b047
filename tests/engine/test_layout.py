"""Positions in the stacks, segments, heights; padding that neither gives nor receives."""

import itertools

import pytest
import torch
from builders import a_trial
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.torch.descent import LinearDescent
from glorot_sweep.engine.torch.layout import PackLayout, padded
from glorot_sweep.engine.torch.packed import SILENT_LOGIT, PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.step_rules import STEP_RULES

pytestmark = pytest.mark.usefixtures("one_torch_thread")

UPDATES = 200
architectures = st.lists(
    st.builds(
        Architecture,
        activation=st.sampled_from(sorted(ACTIVATIONS)),
        initialization=st.just("standard"),
        depth=st.integers(1, 5),
        weight_seed=st.integers(0, 9),
    ),
    min_size=1,
    max_size=25,
)


@given(architectures)
def test_every_trial_has_one_position(trials: list[Architecture]) -> None:
    layout = PackLayout(trials)
    assert len(layout) == len(trials)
    assert sorted(layout.order) == list(range(len(trials)))
    assert [layout.order[layout.position(i)] for i in range(len(trials))] == list(
        range(len(trials))
    )


@given(architectures)
def test_the_members_of_a_layer_are_the_first_of_the_stack(trials: list[Architecture]) -> None:
    layout = PackLayout(trials)
    assert layout.depth == max(trial.depth for trial in trials)
    assert layout.output_height == max(2, len(trials))
    for layer in range(layout.depth):
        owners = {i for i, trial in enumerate(trials) if trial.depth >= layer + 1}
        assert set(layout.order[: layout.members(layer)]) == owners
        assert layout.height(layer) == max(2, len(owners))


@given(architectures)
def test_segments_cover_the_members_and_are_long(trials: list[Architecture]) -> None:
    layout = PackLayout(trials)
    for layer in range(layout.depth):
        names = [trials[i].activation for i in layout.order[: layout.members(layer)]]
        segments = layout.segments(layer)
        found = [one.activation for one in segments for _ in range(one.start, one.stop)]
        assert found == names
        for left, right in itertools.pairwise(segments):
            assert left.stop == right.start
            assert left.activation != right.activation


def test_activations_alternate_so_that_segments_join() -> None:
    """Two depths of twelve activations make one segment less in the first layer than twice that."""
    trials = [Architecture(a, "standard", depth, 0) for depth in (1, 2) for a in ACTIVATIONS]
    names = sorted(ACTIVATIONS)
    expected = [*names, *names[-2::-1]]
    assert [one.activation for one in PackLayout(trials).segments(0)] == expected
    assert len(expected) == 2 * 12 - 1


@given(architectures)
def test_a_value_for_each_slice(trials: list[Architecture]) -> None:
    layout = PackLayout(trials)
    for layer in range(layout.depth + 1):
        has_it = [layer == layout.depth or trial.depth > layer for trial in trials]
        own = [i for i in layout.order if has_it[i]]
        stacked = layout.stacked(list(range(len(trials))), layer, -1)
        assert stacked == own + [-1] * (layout.height(layer) - len(own))
        assert layout.members(layer) == len(own)


def test_rows_are_whole_lines() -> None:
    assert [padded(n) for n in (1, 9, 10, 16, 17, 33, 100, 1000)] == [
        *[16] * 4, 32, 48, 112, 1008
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("width", [33, 16])
def test_padding_stays_inert(activation: str, width: int) -> None:
    """After 200 updates every padded row, column and bias is bitwise what it was.

    A weight below a ReLU that never fired is where it began, and that is not 0 either.
    """
    trials = [Architecture(activation, "normalized", depth, depth) for depth in (3, 1, 2)]
    network = trained_pack(trials, width)
    for layer in range(4):
        members = 3 if layer == 3 else network.layout.members(layer)
        weight, bias = network.weights[layer][:members], network.biases[layer][:members]
        rows, columns = (23 if layer == 0 else width), (9 if layer == 3 else width)
        assert weight[:, :rows, :columns].all(), "every real weight is in use"
        assert not weight[:, rows:].any()
        assert not weight[:, :, columns:].any()
        silent = SILENT_LOGIT if layer == 3 else ACTIVATIONS[activation].silent_bias
        assert torch.equal(bias[:, :, columns:], torch.full_like(bias[:, :, columns:], silent))


@pytest.mark.slow
def test_padding_stays_inert_where_widths_differ() -> None:
    trials = [Architecture(name, "normalized", 3, i) for i, name in enumerate(sorted(ACTIVATIONS))]
    network = trained_pack(trials, (33, 16, 20))
    sizes = [23, 33, 16, 20, 9]
    for layer, (rows, columns) in enumerate(itertools.pairwise(sizes)):
        weight = network.weights[layer]
        assert not weight[:, rows:].any()
        assert not weight[:, :, columns:].any()
        for trial, architecture in enumerate(trials):
            position = network.layout.position(trial)
            silent = ACTIVATIONS[architecture.activation].silent_bias
            padding = network.biases[layer][position, 0, columns:]
            assert torch.equal(padding, padding.new_full(padding.shape, silent)) or layer == 3


@pytest.mark.parametrize("widths", [(20, 16), (20, 16, 12)])
def test_widths_that_differ_need_trials_of_one_depth(widths: tuple[int, ...]) -> None:
    trials = [Architecture("tanh", "standard", depth, 0) for depth in (3, 2)]
    with pytest.raises(ValueError, match=r"do not fit trials of \[2, 3\] hidden layers"):
        PackedNetwork(trials, 23, 9, widths)


def test_padded_classes_get_no_probability() -> None:
    network = trained_pack([Architecture("sigmoid", "standard", 1, 0)], 20)
    passes = PackedPass(network, 4, inference=True)
    probabilities = passes.forward(torch.rand(1, 4, 23)).exp()
    assert not probabilities[:, :, 9:].any()
    # 9 exponentials and their sum: below 20 roundings of numbers below 1.
    torch.testing.assert_close(probabilities.sum(2), torch.ones(2, 4), rtol=0, atol=20 * 2.0**-24)


def test_keep_copies_what_it_keeps() -> None:
    trials = [Architecture("tanh", "normalized", depth, depth) for depth in (3, 1, 2, 1)]
    network = trained_pack(trials, 20)
    kept = network.keep([3, 0])
    assert [a.depth for a in kept.layout.architectures] == [1, 3]
    for new, old in enumerate([3, 0]):
        for ours, theirs in zip(kept.layers_of(new), network.layers_of(old), strict=True):
            assert torch.equal(ours[0], theirs[0])
            assert torch.equal(ours[1], theirs[1])
    before = network.layers_of(0)[0][0].clone()
    kept.layers_of(1)[0][0].zero_()
    assert torch.equal(network.layers_of(0)[0][0], before)


@torch.no_grad()
def trained_pack(trials: list[Architecture], width: int | tuple[int, ...]) -> PackedNetwork:
    network = PackedNetwork(trials, n_inputs=23, n_classes=9, width=width)
    network.initialize()
    passes, alike = PackedPass(network, batch=5), [a_trial(learning_rate=1.0)] * len(trials)
    descent = LinearDescent(STEP_RULES["sgd"], network, alike)
    scale = torch.full((network.layout.output_height, 1, 1), 0.02)
    generator = torch.Generator().manual_seed(0)
    for _ in range(UPDATES):
        targets = torch.zeros(1, 5, 16)
        labels = torch.randint(0, 9, (1, 5, 1), generator=generator)
        passes.forward(torch.rand(1, 5, 23, generator=generator))
        passes.backward(targets.scatter_(2, labels, 1), scale, descent.descend)
    return network
