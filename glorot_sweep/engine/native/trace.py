"""What examples leave in the layers of a native pack."""

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.native.networks import NativeNetwork, structures
from glorot_sweep.engine.native.panels import Floats
from glorot_sweep.engine.stepper import Layers
from glorot_sweep.engine.trace import LayerTrace, Trace


@dataclass(frozen=True)
class _Seen:
    """One network: activations and derivatives of hidden layers, gradients of all [n, units]."""

    layers: Layers
    activations: list[Floats]
    derivatives: list[Floats]
    gradients: list[Floats]
    log_probabilities: Floats


def take_trace(
    core: ctypes.CDLL, networks: Sequence[NativeNetwork], images: Tensor, labels: Tensor
) -> Trace:
    """Run some examples forward and backward through all networks; no weight changes.

    Args:
        core: the functions of the native core.
        networks: of the pack.
        images: 8-bit [n, inputs].
        labels: classes [n].
    """
    seen = [_look(core, network, images, labels) for network in networks]
    x = scale_pixels(images, torch.float32, networks[0].trial.input_scaling).unsqueeze(0)
    hidden = []
    for layer in range(max(network.trial.depth for network in networks)):
        members = [i for i, network in enumerate(networks) if network.trial.depth > layer]
        below = x if layer == 0 else _stack(seen[i].activations[layer - 1] for i in members)
        hidden.append(_hidden(networks, seen, members, layer, below))
    last = _stack(one.activations[-1] for one in seen)
    output = LayerTrace(
        *_who(networks, range(len(networks))), last, None, None,
        _stack(one.gradients[-1] for one in seen), *_parameters(seen, -1),
    )  # fmt: skip
    return Trace(tuple(hidden), output, labels, _stack(one.log_probabilities for one in seen))


def _hidden(
    networks: Sequence[NativeNetwork],
    seen: Sequence[_Seen],
    members: Sequence[int],
    layer: int,
    below: Tensor,
) -> LayerTrace:
    those = [seen[member] for member in members]
    return LayerTrace(
        *_who(networks, members),
        below,
        _stack(one.activations[layer] for one in those),
        _stack(one.derivatives[layer] for one in those),
        _stack(one.gradients[layer] for one in those),
        *_parameters(those, layer),
    )


def _who(
    networks: Sequence[NativeNetwork], members: Sequence[int]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    return tuple(members), tuple(networks[i].trial.variant.activation for i in members)


def _parameters(seen: Sequence[_Seen], layer: int) -> tuple[Tensor, Tensor]:
    return (
        _stack(one.layers[layer][0] for one in seen),
        _stack(one.layers[layer][1] for one in seen),
    )


def _stack(arrays: Iterable[NDArray[Any]]) -> Tensor:
    return torch.from_numpy(np.stack(list(arrays)))


def _look(core: ctypes.CDLL, network: NativeNetwork, images: Tensor, labels: Tensor) -> _Seen:
    units, count = network.panels.sizes[1:], len(labels)
    activations, derivatives = (_rooms(count, units[:-1]) for _ in range(2))
    gradients, (log_p,) = _rooms(count, units), _rooms(count, units[-1:])
    core.gs_trace(
        structures([network], [1.0]), images.data_ptr(), labels.data_ptr(), count,
        *(_places(rooms) for rooms in (activations, derivatives, gradients)), log_p.ctypes.data,
    )  # fmt: skip
    return _Seen(network.layers(), activations, derivatives, gradients, log_p)


def _rooms(count: int, units: Sequence[int]) -> list[Floats]:
    return [np.empty((count, width), np.float32) for width in units]


def _places(rooms: Sequence[Floats]) -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * len(rooms))(*(room.ctypes.data for room in rooms))
