"""All rows of a ragged pack against one network at a time, autograd, loops and dense SVD."""

import math
from collections import defaultdict
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
import torch
from oracles import ReferenceNetwork
from torch import Tensor

from diagnostics import slow_doubles
from glorot_sweep.diagnostics import detail
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.diagnostics.summary import summarize
from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.trace import take_trace
from glorot_sweep.parts.activations import ACTIVATIONS

pytestmark = pytest.mark.usefixtures("one_torch_thread")

N_EXAMPLES, N_INPUTS, N_CLASSES, WIDTH = 37, 7, 3, 12  # 7 examples are left of batches of 10
BOUND = 0.5  # so that some units of every kind are beyond it
JACOBIANS = 4
ARCHITECTURES = [
    Architecture("sigmoid", "standard", 2, weight_seed=1),
    Architecture("tanh", "normalized", 4, weight_seed=2),
    Architecture("identity", "normalized", 3, weight_seed=3),
    Architecture("softsign", "standard", 1, weight_seed=4),
    Architecture("tanh", "standard", 1, weight_seed=5),
]
TRIALS = pytest.mark.parametrize("trial", range(len(ARCHITECTURES)))
# A value takes at most 211 roundings on either side (counted in test_against_autograd.py), which
# is 5e-14 of the layer's largest; sums, roots and the dense SVD of 12 x 12 take no more again.
CLOSE = 1e-12

Rows = dict[tuple[str, int], LayerStatistics]


def examples() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(N_EXAMPLES, N_INPUTS, generator=generator, dtype=torch.float64)
    return x, torch.randint(0, N_CLASSES, (N_EXAMPLES,), generator=generator)


def a_network(
    architectures: list[Architecture],
    dtype: torch.dtype = torch.float64,
    width: int | tuple[int, ...] = WIDTH,
    device: str = "cpu",
) -> PackedNetwork:
    """A pack with biases, and with weights large enough to saturate."""
    network = PackedNetwork(architectures, N_INPUTS, N_CLASSES, width, dtype, device)
    network.initialize()
    for trial, architecture in enumerate(architectures):
        generator = torch.Generator().manual_seed(architecture.weight_seed)
        for weight, bias in network.layers_of(trial):
            weight.mul_(1.5).add_(0.02)
            bias.copy_(0.3 * torch.randn(len(bias), generator=generator, dtype=torch.float64))
    return network


def summary(network: PackedNetwork, detailed: bool = True) -> dict[int, Rows]:
    rows = summarize(
        take_trace(network, *examples()),
        300,
        detailed=detailed,
        saturation_bound=BOUND,
        jacobian_examples=JACOBIANS,
    )
    found = {
        trial: {(row.quantity, row.layer): row for row in ours} for trial, ours in rows.items()
    }
    assert {t: len(ours) for t, ours in found.items()} == {t: len(o) for t, o in rows.items()}
    return found


def expected(network: PackedNetwork, trial: int, detailed: bool = True) -> slow_doubles.Rows:
    layers = network.layers_of(trial)
    activation = network.layout.architectures[trial].activation
    reference = ReferenceNetwork(activation, [weight for weight, _ in layers], torch.float64)
    with torch.no_grad():
        for linear, (_, bias) in zip(reference.linears, layers, strict=True):
            linear.bias.copy_(bias)
    shown = JACOBIANS if detailed else None
    return slow_doubles.expected_rows(activation, reference, *examples(), BOUND, shown)


def columns(row: LayerStatistics) -> dict[str, Any]:
    """What a row has, besides its labels."""
    labels = ("update", "quantity", "layer")
    return {name: v for name, v in vars(row).items() if v is not None and name not in labels}


def size(row: LayerStatistics) -> float:
    """Root of the mean square of what was pooled; nats of a loss are of order 1."""
    return math.hypot(row.mean, row.std) if row.mean is not None and row.std is not None else 1.0


def assert_close(row: LayerStatistics, other: dict[str, Any], close: float = CLOSE) -> None:
    found = columns(row)
    assert sorted(found) == sorted(other)
    for name, value in other.items():
        if name == "histogram":  # shares of counts, none of which may differ
            assert found[name] == pytest.approx(value, rel=0, abs=1e-15)
        else:
            assert found[name] == pytest.approx(value, rel=0, abs=close * size(row)), name


@pytest.mark.slow
@pytest.mark.parametrize("widths", [(8, 12, 16), (16, 12, 8)])
def test_every_column_where_widths_differ(widths: tuple[int, ...]) -> None:
    """Jacobians of layers that are not square, predictions with their own fan-in and fan-out."""
    names = ("tanh", "softplus", "softsign", "elu", "gelu", "leaky_relu", "silu")
    network = a_network([Architecture(name, "normalized", 3, 1) for name in names], width=widths)
    for trial, ours in summary(network).items():
        wanted = expected(network, trial)
        assert sorted(ours) == sorted(wanted)
        assert ours["jacobian", 1].spectrum is not None
        assert len(ours["jacobian", 1].spectrum) == min(widths[:2])
        for place, row in ours.items():
            assert_close(row, wanted[place])


@TRIALS
@pytest.mark.parametrize("detailed", [False, True])
def test_every_column_of_every_row(trial: int, detailed: bool) -> None:
    network = a_network(ARCHITECTURES)
    found = summary(network, detailed)[trial]
    other = expected(network, trial, detailed)
    assert sorted(found) == sorted(other)
    for key, row in found.items():
        assert row.update == 300
        assert_close(row, other[key])


def test_the_comparison_is_not_an_empty_one() -> None:
    """Trials and layers differ, and every column that a trace can fill is filled somewhere."""
    found = summary(a_network(ARCHITECTURES))
    assert 0 < found[1]["activation", 1].saturation < 1  # type: ignore[operator]
    assert 0 < found[0]["activation", 1].saturation < 1  # type: ignore[operator]
    assert found[2]["activation", 1].saturation == 0
    assert found[1]["jacobian", 1].derivative_mean != found[1]["jacobian", 2].derivative_mean
    assert {key[1] for key in found[1] if key[0] == "jacobian"} == {1, 2, 3}
    assert not any(key[0] == "jacobian" for key in found[3])
    everything = [row for rows in found.values() for row in rows.values()]
    for name in LayerStatistics.__dataclass_fields__.keys() - {"above_damping"}:  # of step rules
        assert any(getattr(row, name) is not None for row in everything), name


@TRIALS
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_trial_alone_has_the_same_statistics(trial: int, dtype: torch.dtype) -> None:
    """The trace has the same bits; sums over it may be made in another order."""
    packed = summary(a_network(ARCHITECTURES, dtype))[trial]
    alone = summary(a_network([ARCHITECTURES[trial]], dtype))[0]
    assert packed.keys() == alone.keys()
    for key, row in packed.items():
        assert_close(row, columns(alone[key]))


@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
@pytest.mark.parametrize("part", ["weights", "output bias"])
def test_a_diverged_trial_is_left_out(poison: float, part: str) -> None:
    """And the rows of the others are what they were."""
    network = a_network(ARCHITECTURES)
    before = summary(network)
    if part == "weights":
        network.layers_of(1)[2][0][3, 4] = poison
    else:
        network.layers_of(1)[-1][1][0] = poison
    after = summary(network)
    assert sorted(before) == [0, 1, 2, 3, 4]
    assert sorted(after) == [0, 2, 3, 4]
    for trial, rows in after.items():
        assert rows == before[trial]


def test_a_pack_that_has_diverged() -> None:
    network = a_network(ARCHITECTURES[:1])
    network.layers_of(0)[0][0].fill_(float("nan"))
    assert summary(network) == {}


def test_no_spread_no_histogram() -> None:
    """A saturated sigmoid passes nothing down: its gradients are exactly 0."""
    network = a_network(ARCHITECTURES[:1])
    for _, bias in network.layers_of(0)[:-1]:
        bias.fill_(500.0)
    (found,) = summary(network).values()
    for layer in (1, 2):
        assert found["backpropagated_gradient", layer].std == 0
        assert found["backpropagated_gradient", layer].histogram is None
        assert found["weight_gradient", layer].histogram is None
        assert found["activation", layer].histogram is not None
        assert found["activation", layer].histogram[199] == 1.0  # type: ignore[index]
    assert found["jacobian", 1].geometric_mean == 0


def test_two_equal_asymptotes_bound_no_histogram(monkeypatch: pytest.MonkeyPatch) -> None:
    bump = replace(ACTIVATIONS["softsign"], asymptotes=(0.0, 0.0))
    monkeypatch.setattr(detail, "ACTIVATIONS", {"softsign": bump})
    (found,) = summary(a_network([Architecture("softsign", "standard", 1, 4)])).values()
    row = found["activation", 1]
    assert row.histogram_high == detail.REACH * row.std  # type: ignore[operator]
    assert sum(row.histogram) == pytest.approx(1.0)  # type: ignore[arg-type]


def test_too_few_examples_are_refused() -> None:
    x, labels = examples()
    trace = take_trace(a_network(ARCHITECTURES), x[:9], labels[:9])
    with pytest.raises(ValueError, match="9 examples do not fill a batch of 10"):
        summarize(trace, 0, detailed=False, saturation_bound=BOUND)


@pytest.mark.parametrize("initialization", ["standard", "normalized"])
def test_the_predictions_hold_in_the_linear_regime(initialization: str) -> None:
    """Claims 3 and 4, for the mean square over 16 draws.

    A layer of n units gives its mean square a relative variance of 2/n, so 4 layers and 16 draws
    leave a standard error of sqrt(4 x 2 / 250 / 16) = 4.5 %; four of them. Var[x] in the place of
    E[x^2] would be off by a factor of 4, a layer too many by one of 3 or of n/3.
    """
    draws, width, depth, n_inputs = 16, 250, 3, 140
    network = PackedNetwork(
        [Architecture("identity", initialization, depth, seed) for seed in range(draws)],
        n_inputs, N_CLASSES, width, torch.float64,
    )  # fmt: skip
    network.initialize()
    _, labels = examples()
    x = torch.rand(N_EXAMPLES, n_inputs, generator=torch.manual_seed(1), dtype=torch.float64)
    rows = summarize(take_trace(network, x, labels), 0, detailed=False, saturation_bound=BOUND)
    ratios = defaultdict(list)
    for row in chain.from_iterable(rows.values()):
        if row.quantity in {"activation", "backpropagated_gradient"}:
            assert row.std
            assert row.predicted_std
            ratios[row.quantity, row.layer].append((row.std / row.predicted_std) ** 2)
    assert len(ratios) == depth + depth + 1
    for key, squares in ratios.items():
        assert len(squares) == draws
        assert sum(squares) / draws == pytest.approx(1, abs=0.18), key


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_gpu() -> None:
    """Other sums, other matrix products: a thousand times the tolerance of one machine."""
    expected_rows = summary(a_network(ARCHITECTURES))
    network = a_network(ARCHITECTURES, device="cuda")
    x, labels = (tensor.cuda() for tensor in examples())
    rows = summarize(
        take_trace(network, x, labels), 300, detailed=True, saturation_bound=BOUND,
        jacobian_examples=JACOBIANS,
    )  # fmt: skip
    for trial, ours in rows.items():
        for row in ours:
            assert_close(row, columns(expected_rows[trial][row.quantity, row.layer]), 1e3 * CLOSE)
