"""A candidate for GPUs: kernels of our own that move as few bytes as an update of a pack allows.

Nine tenths of an update's time on a GPU are batched products whose kernels are not made for batches
of ten. `fused.cu` has one kernel for each layer and direction instead; weights are read once on
the way up, and read and written once on the way down. It knows plain SGD on the log-likelihood,
batches of ten, and the activations of Table 1; everything else refuses. nvcc builds it when it is
first used.
"""

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from glorot_sweep.engine import engines
from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.torch.descent import Descent
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.stepper import TorchStepper
from glorot_sweep.engine.torch.supervised import SupervisedUpdates
from glorot_sweep.specs import TrialSpec

FUSED = "fused"
SOURCE = Path(__file__).with_name("fused.cu")
KINDS = {"tanh": 0, "softsign": 1, "sigmoid": 2}
BATCH, PAD, CLASSES = 10, 12, 16


class _Pack(ctypes.Structure):
    """`Pack` of fused.cu."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("weights", "biases", "members", "activations")),
        *((name, ctypes.c_void_p) for name in ("deltas", "last", "source", "kinds", "scales")),
        *((name, ctypes.c_int) for name in ("depth", "networks", "inputs", "width", "streams")),
    ]


def compiler() -> str | None:
    """Return where nvcc is; None without it."""
    return shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")


@cache
def library() -> ctypes.CDLL:
    """Build and load the kernels for the GPU at hand; needs nvcc."""
    nvcc = compiler()
    assert nvcc is not None
    major, minor = torch.cuda.get_device_capability()
    target = Path(tempfile.mkdtemp()) / "fused.so"
    subprocess.run(
        [nvcc, "-O3", f"-arch=sm_{major}{minor}", "-shared", "-Xcompiler=-fPIC",
         "-Xptxas=-v", "-o", str(target), str(SOURCE)],
        check=True,
    )  # fmt: skip
    return ctypes.CDLL(str(target))


class FusedUpdates(SupervisedUpdates):
    """Updates of a pack by `fused.cu`; see `SupervisedUpdates`.

    Raises:
        ValueError: the pack has something that the kernels do not know.
    """

    def __init__(
        self,
        network: PackedNetwork,
        descent: Descent,
        trials: Sequence[TrialSpec],
        data_seeds: Sequence[int],
    ) -> None:
        super().__init__(network, descent, trials, data_seeds)
        _refuse_unknown(network, trials)
        layout, device = network.layout, network.device
        self.networks, self.width = len(layout), network.weights[-1].shape[1]
        depths = [architecture.depth for architecture in layout.architectures]
        kinds = [KINDS[architecture.activation] for architecture in layout.architectures]
        sources = [data_seeds.index(trial.data_seed) for trial in trials]

        def stacked(values: Sequence[int]) -> Tensor:
            held = layout.stacked(values, layout.depth, 0)
            return torch.tensor(held, dtype=torch.int32, device=device)

        rows = (layout.depth, self.networks)
        self._activations = torch.zeros(*rows, self.width, PAD, device=device)
        self._deltas = torch.zeros(*rows, BATCH, self.width, device=device)
        self._last, self._kinds = stacked([depth - 1 for depth in depths]), stacked(kinds)
        self._source, self._n_streams = stacked(sources), len(data_seeds)
        self._rates = self._scale.flatten().contiguous()
        self._members = (ctypes.c_int * layout.depth)(*map(layout.members, range(layout.depth)))
        self._weights = _pointers(network.weights)
        self._biases = _pointers(network.biases)
        self._pack = _Pack(
            ctypes.addressof(self._weights), ctypes.addressof(self._biases),
            ctypes.addressof(self._members), self._activations.data_ptr(),
            self._deltas.data_ptr(), self._last.data_ptr(), self._source.data_ptr(),
            self._kinds.data_ptr(), self._rates.data_ptr(), layout.depth, self.networks,
            network.n_inputs, self.width, self._n_streams,
        )  # fmt: skip

    def apply(
        self, images: Tensor, labels: Tensor, first: int, before: Callable[[int], None]
    ) -> Tensor:
        """Do the updates of a chunk; see `SupervisedUpdates.apply`."""
        updates = labels.shape[1] // BATCH
        by_update = images.view(self._n_streams, updates, BATCH, -1).permute(1, 0, 3, 2)
        x = torch.zeros(*by_update.shape[:3], PAD, device=images.device)
        x[..., :BATCH] = scale_pixels(by_update, x.dtype, self.input_scaling)
        y = labels.view(self._n_streams, updates, BATCH).transpose(0, 1).int().contiguous()
        losses = x.new_empty(updates, self.networks, BATCH)
        stream = torch.cuda.current_stream().cuda_stream if x.is_cuda else 0
        failed = library().train(
            ctypes.byref(self._pack), *(ctypes.c_void_p(t.data_ptr()) for t in (x, y, losses)),
            updates, ctypes.c_void_p(stream),
        )  # fmt: skip
        if failed:
            raise RuntimeError(f"the kernels of {SOURCE.name} failed with CUDA's error {failed}")
        return losses.double().mean(2)[:, self._positions]


class FusedStepper(TorchStepper):
    """Torch's stepper, but for the updates."""

    def _prepared(self) -> SupervisedUpdates:
        if self._supervised is None:
            self._supervised = FusedUpdates(
                self.network, self.descent, self.trials, self.data_seeds
            )
        return self._supervised


engines.STEPPERS[FUSED] = FusedStepper


def _pointers(stacks: Sequence[Tensor]) -> "ctypes.Array[ctypes.c_void_p]":
    return (ctypes.c_void_p * len(stacks))(*(stack.data_ptr() for stack in stacks))


def _refuse_unknown(network: PackedNetwork, trials: Sequence[TrialSpec]) -> None:
    first = trials[0]
    rules = {trial.variant.step_rule for trial in trials}
    activations = {trial.variant.activation for trial in trials}
    if (
        first.batch_size != BATCH
        or first.variant.cost != "log_likelihood"
        or rules != {"sgd"}
        or first.variant.schedule != "constant"
        or first.variant.weight_decay
        or not activations <= set(KINDS)
        or network.dtype != torch.float32
        or len(set(network.widths)) != 1
        or network.weights[-1].shape[2] != CLASSES
        or network.n_inputs % CLASSES
        or len(trials) == 1
    ):
        raise ValueError("fused.cu knows packs of two networks or more as Table 1 has them only")
