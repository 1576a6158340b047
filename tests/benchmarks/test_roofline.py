"""The floor of a model-update, against counting every product and every pass over the weights."""

import pytest
from cases import Case
from roofline import Machine, Work, floor_rate, floor_seconds, layer_weights, mean_work, work_of
from workload import BATCH, Size, pack_trials


def counted(inputs: int, widths: tuple[int, ...], classes: int) -> Work:
    """Walk through an update: two operations for each product, four bytes for each pass."""
    sizes = [inputs, *widths, classes]
    flops, moved, weights = 0, 0, 0
    for layer in range(len(sizes) - 1):
        w = sizes[layer] * sizes[layer + 1]
        passes = ["forward", "gradient", "read", "write"] + (["signal"] if layer else [])
        products = {"forward", "gradient", "signal"}
        flops += sum(2 * BATCH * w for kind in passes if kind in products)
        moved += sum(4 * w for kind in passes if kind != "gradient")
        weights += w
    return Work(flops, moved, weights)


@pytest.mark.parametrize("widths", [(100,), (1000,) * 5, (60, 80, 100)])
def test_work_is_what_an_update_does(widths):
    assert work_of(layer_weights(1024, widths, 9)) == counted(1024, widths, 9)


def test_work_of_ragged_networks_is_their_mean():
    size = Size.parse("1024-100x5-9")
    trials = pack_trials(size, 7, mixed=True)
    each = [counted(1024, (100,) * trial.depth, 9) for trial in trials]
    got = mean_work(size, trials)
    assert got.flops == pytest.approx(sum(one.flops for one in each) / 7)
    assert got.bytes == pytest.approx(sum(one.bytes for one in each) / 7)


def test_the_slower_term_is_the_floor():
    work = Work(flops=2e6, bytes=8e6, weights=5e5)
    arithmetic_bound = Machine(flops=1e9, bandwidth=1e12, footprint=0)
    memory_bound = Machine(flops=1e12, bandwidth=1e9, footprint=0)
    assert floor_seconds(work, memory_bound) == {"arithmetic": 2e-6, "memory": 8e-3}
    assert floor_rate(work, arithmetic_bound) == pytest.approx(500)
    assert floor_rate(work, memory_bound) == pytest.approx(125)


def test_the_paper_network_moves_80_megabytes_at_16_bytes_a_weight():
    assert round(16 * work_of(layer_weights(1024, (1000,) * 5, 9)).weights / 1e6) == 81


@pytest.mark.parametrize("name", ["1024-100x5-9*2", "784-30x1-10*3", "1024-100x2-9*1"])
def test_footprint_is_what_the_stacks_of_weights_take(name):
    from glorot_sweep.engine.torch.stepper import TorchStepper
    from glorot_sweep.specs import PackSpec

    size, trials = name.split("*")
    case = Case(Size.parse(size), int(trials))
    network = TorchStepper(PackSpec(case.specs()), case.size.inputs, case.size.classes).network
    stored = sum(weight.numel() * weight.element_size() for weight in network.weights)
    assert case.footprint() == stored
