"""What a crew is hired for follows from the engines that the driver has settled on."""

from types import SimpleNamespace

import pytest

pytest.importorskip("ray")

from sweep_builders import config, small_dataset

from glorot_sweep.engine.choice import Resolved
from glorot_sweep.errors import UserError
from glorot_sweep.sweep.execution.ray import devices
from glorot_sweep.sweep.execution.ray.cluster import Cluster
from glorot_sweep.sweep.execution.ray.devices import RayDevices

NATIVE, TORCH = Resolved("native"), Resolved("torch")
DATASETS = {"shapeset": small_dataset()}


@pytest.fixture
def hired(monkeypatch):
    """What crews were hired with, on a cluster of CPUs."""
    found = []

    def crew(cluster, needs, wanted, setup, *, accept_other_types):
        found.append((setup.needs_native, accept_other_types))
        return SimpleNamespace(setup=setup, workers=[1, 2])

    monkeypatch.setattr(devices, "Crew", crew)
    monkeypatch.setattr(
        devices.cluster, "start_here", lambda _: Cluster("here", cpus=2.0, gpus=0.0, machines=1)
    )
    return found


@pytest.mark.parametrize(
    ("begun", "needs_native", "other_types"),
    [
        ({"tanh": NATIVE, "tanh_n": NATIVE}, True, True),
        ({"tanh": NATIVE, "tanh_n": TORCH}, True, False),
        ({"tanh": TORCH, "tanh_n": TORCH}, False, False),
    ],
)
def test_workers_must_have_what_is_needed_and_be_alike_where_bits_depend_on_it(
    hired, begun, needs_native, other_types
):
    ready = RayDevices(2, None).start(config(), DATASETS, begun)
    assert ready.engines == begun
    assert hired == [(needs_native, other_types)]


@pytest.mark.parametrize(("begun", "device"), [(NATIVE, "cpu"), (TORCH, "cuda")])
def test_beside_gpus_what_was_begun_with_the_native_engine_goes_on_on_cpus(
    monkeypatch, begun, device
):
    needs = []

    def crew(cluster, wanted, *_, **__):
        needs.append((wanted.device, wanted.gpu_share))
        return SimpleNamespace(setup=None, workers=[1, 2])

    monkeypatch.setattr(devices, "Crew", crew)
    monkeypatch.setattr(
        devices.cluster, "start_here", lambda _: Cluster("here", cpus=2.0, gpus=2.0, machines=1)
    )
    RayDevices(2, None)._hire(config(), dict.fromkeys(("tanh", "tanh_n"), begun))
    assert needs == [(device, 1.0 if device == "cuda" else 0.0)]


def test_native_is_refused_before_anybody_is_hired(hired, monkeypatch):
    begun = {"tanh": NATIVE, "tanh_n": NATIVE}
    left = []
    monkeypatch.setattr(devices.cluster, "leave", lambda: left.append(1))
    with pytest.raises(UserError, match="which tanh cannot have here: the device is cuda"):
        RayDevices(2, None).start(config({"execution.device": "cuda"}), DATASETS, begun)
    assert (hired, left) == ([], [1])
