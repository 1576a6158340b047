"""How fast a model-update could be on this machine: its floor, and what the floor is made of.

A network with weights w_1 ... w_L (of each layer) needs for an update on a batch of B

    arithmetic   2 B (3 (w_1 + ... + w_L) - w_1) floating-point operations: three products with
                 each matrix, forward, backward and the weight gradient; below the first layer
                 there is nothing to pass a signal to;
    memory       16 (w_1 + ... + w_L) - 4 w_1 bytes of float32: read forward, read backward,
                 read and written by the step.

Both are divided by what the machine was measured to do at the same number of threads, in the same
round: the fused-multiply-add peak of the cores (`fma_peak.py`; on a GPU a product of large
matrices), and streaming over as much memory as the weights take that must be at hand at once: one
network for each thread, since a chunk of updates may go through a network before the next comes (on
a GPU the whole pack). What stays in a cache is compared with the cache. The floor is the larger of
the two. Biases, activations, the loss and the calls themselves are not in it: a share of 1 cannot
be reached.
"""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from devices import synchronizer
from fma_peak import peak_work
from workload import BATCH, Size

from glorot_sweep.specs import TrialSpec

MATRIX = 8192  # large enough for a GPU's best rate of a product
FLOAT = 4  # bytes


@dataclass(frozen=True)
class Work:
    """What a model-update needs, a mean over the trials of a pack.

    Attributes:
        flops: floating-point operations.
        bytes: moved between the processor and where the weights lie.
        weights: of one network.
    """

    flops: float
    bytes: float
    weights: float


def layer_weights(inputs: int, widths: tuple[int, ...], classes: int) -> list[int]:
    """Return the number of weights of each layer.

    Example:
        >>> layer_weights(1024, (100, 100), 9)
        [102400, 10000, 900]
    """
    sizes = [inputs, *widths, classes]
    return [fan_in * fan_out for fan_in, fan_out in itertools.pairwise(sizes)]


def work_of(layers: list[int]) -> Work:
    """Return what an update of one network needs.

    Args:
        layers: weights of each.

    Example:
        >>> paper = work_of(layer_weights(1024, (1000,) * 5, 9))
        >>> f"{paper.weights:,} weights, {paper.bytes / 1e6:.1f} MB"
        '5,033,000 weights, 76.4 MB'
    """
    total, first = sum(layers), layers[0]
    return Work(2 * BATCH * (3 * total - first), FLOAT * (4 * total - first), total)


def mean_work(size: Size, trials: tuple[TrialSpec, ...]) -> Work:
    """Return the mean of the trials, which may differ in depth."""
    each = [work_of(layer_weights(size.inputs, t.layer_widths, size.classes)) for t in trials]
    n = len(each)
    return Work(
        sum(one.flops for one in each) / n,
        sum(one.bytes for one in each) / n,
        sum(one.weights for one in each) / n,
    )


@dataclass(frozen=True)
class Machine:
    """What the machine does at some number of threads.

    Attributes:
        flops: a second, in float32: fused multiply-adds count as two.
        bandwidth: bytes read and written a second, streaming over `footprint` bytes.
        footprint: bytes of the weights that must be at hand at once.
    """

    flops: float
    bandwidth: float
    footprint: int


def floor_seconds(work: Work, machine: Machine) -> dict[str, float]:
    """Return the two terms of a model-update's floor.

    Example:
        >>> floor_seconds(Work(flops=3e6, bytes=8e6, weights=5e5), Machine(1e11, 2e10, 0))
        {'arithmetic': 3e-05, 'memory': 0.0004}
    """
    return {"arithmetic": work.flops / machine.flops, "memory": work.bytes / machine.bandwidth}


def floor_rate(work: Work, machine: Machine) -> float:
    """Return the model-updates/s that the floor allows."""
    return 1 / max(floor_seconds(work, machine).values())


def measure_machine(footprint: int, threads: int, device: str, seconds: float) -> Machine:
    """Measure both rates, each for about so many seconds.

    Raises:
        NativeUnavailable: on a CPU, there is no C compiler.
    """
    torch.set_num_threads(threads)
    work, operations = peak_work(threads) if device == "cpu" else _large_product(device)
    flops = operations / _shortest(work, device, seconds)
    return Machine(flops, _streaming_bandwidth(footprint, device, seconds), footprint)


def _large_product(device: str) -> tuple[Callable[[], object], float]:
    generator = torch.Generator().manual_seed(0)
    left = torch.randn(MATRIX, MATRIX, generator=generator).to(device)
    right = torch.randn(MATRIX, MATRIX, generator=generator).to(device)
    out = torch.empty_like(left)
    return lambda: torch.mm(left, right, out=out), 2 * MATRIX**3


def _streaming_bandwidth(footprint: int, device: str, seconds: float) -> float:
    """Return the faster of a copy (half to half) and an in-place product over the same memory.

    A copy of what no cache holds also reads what it will write over; an in-place product, like the
    step of a weight, does not.
    """
    n = max(footprint // FLOAT // 2, 1)
    memory = torch.ones(2 * n, device=device)
    source, target = memory[:n], memory[n:]
    copying = 2 * n * FLOAT / _shortest(lambda: target.copy_(source), device, seconds / 2)
    scaling = 4 * n * FLOAT / _shortest(lambda: memory.mul_(1.0), device, seconds / 2)
    return max(copying, scaling)


def _shortest(work: Callable[[], object], device: str, seconds: float) -> float:
    """Return the shortest time of a call: others' work only ever makes it longer.

    Calls are timed in groups of a millisecond or more, so that the clock is no part of it.
    """
    synchronize = synchronizer(device)

    def timed(calls: int) -> float:
        synchronize()
        started = time.perf_counter()
        for _ in range(calls):
            work()
        synchronize()
        return (time.perf_counter() - started) / calls

    timed(1)
    calls = max(1, int(1e-3 / timed(1)))
    best, ends = timed(calls), time.perf_counter() + seconds
    while time.perf_counter() < ends:
        best = min(best, timed(calls))
    return best
