"""How many trials share a pack: chosen, or refused if it does not fit."""

import pytest
from sweep_builders import config, on_torch, small_dataset, spec

from glorot_sweep.data.dataset import N_PROBE
from glorot_sweep.engine.engines import STEPPERS
from glorot_sweep.errors import UserError
from glorot_sweep.sweep.contents.phases import phases
from glorot_sweep.sweep.execution import pack_sizes
from glorot_sweep.sweep.execution.pack_sizes import (
    PLATEAU,
    PackSizes,
    choose_pack_sizes,
    deepest,
    device_memory,
)


def specs(changes=None):
    return [spec for phase in phases(config(changes)) for spec in phase.specs]


def test_a_size_is_chosen_by_what_pays_and_what_fits():
    settings = config({"execution.pack_size": "auto"})
    sizes = choose_pack_sizes(settings, {"shapeset": small_dataset()}, "cpu", 1)
    spec = deepest(settings, on_torch(settings))[0]
    assert sizes.largest(spec) == PLATEAU["cpu"]
    one = STEPPERS["torch"].trial_bytes(spec, *sizes.shapes["shapeset"], N_PROBE)
    for fits in (1, 3):
        assert PackSizes(20, one * fits + one // 2, sizes.shapes).largest(spec) == fits
    assert PackSizes(20, one // 2, sizes.shapes).largest(spec) == 1  # tried, and halved no more
    assert PackSizes(20, None, sizes.shapes).largest(spec) == 20


def test_a_network_that_fits_alone_is_tried_and_one_that_cannot_is_refused(monkeypatch):
    settings = config({"execution.pack_size": "auto"})
    shapes = {"shapeset": small_dataset()}
    deep = deepest(settings, on_torch(settings))
    most = max(
        STEPPERS["torch"].trial_bytes(s, shapes["shapeset"].n_inputs, 10, N_PROBE) for s in deep
    )
    monkeypatch.setattr(pack_sizes, "device_memory", lambda _: most)
    sizes = choose_pack_sizes(settings, shapes, "cpu", 1)
    sizes.refuse_too_large(deep)
    assert sizes.largest(deep[0]) == 1
    monkeypatch.setattr(pack_sizes, "device_memory", lambda _: most - 2)
    with pytest.raises(UserError, match=r"one trial of width 16 .* more than all the memory"):
        choose_pack_sizes(settings, shapes, "cpu", 1).refuse_too_large(deep)


@pytest.mark.parametrize(("width", "trials"), [(100, 20), (300, 18), (1000, 2), (3000, 2)])
def test_wide_networks_share_the_cache_with_few(width, trials):
    """Five layers of 300 units have 687,360 weights and biases, padded to 304 and 16."""
    trial = spec(dataset="shapeset", width=width, depth=5)
    shapes = {"shapeset": (1024, 9)}
    assert PackSizes(None, None, shapes).largest(trial) == trials
    assert PackSizes(None, None, shapes, "cuda").largest(trial) == PLATEAU["cuda"]
    assert PackSizes(50, None, shapes).largest(trial) == 50


@pytest.mark.parametrize("width", [100, 1000, 3000])
def test_native_networks_share_no_cache_and_no_thread_is_left_without_one(width):
    trial = spec(dataset="shapeset", width=width, depth=5, engine="native")
    shapes = {"shapeset": (1024, 9)}
    for threads, trials in ((1, PLATEAU["cpu"]), (64, 64)):
        assert PackSizes(None, None, shapes, "cpu", threads).largest(trial) == trials
    one = STEPPERS["native"].trial_bytes(trial, 1024, 9, N_PROBE)
    assert one != STEPPERS["torch"].trial_bytes(trial, 1024, 9, N_PROBE)
    assert PackSizes(None, 3 * one, shapes, "cpu", 64).largest(trial) == 3
    assert PackSizes(2, None, shapes, "cpu", 64).largest(trial) == 2


def test_what_was_asked_for_and_cannot_fit_is_refused_with_what_fits(monkeypatch):
    settings = config({"execution.pack_size": 50})
    shapes = {"shapeset": small_dataset()}
    deep = deepest(settings, on_torch(settings))
    most = max(
        STEPPERS["torch"].trial_bytes(s, shapes["shapeset"].n_inputs, 10, N_PROBE) for s in deep
    )
    monkeypatch.setattr(pack_sizes, "device_memory", lambda _: 2 * 7 * most + most)
    sizes = choose_pack_sizes(settings, shapes, "cpu", 1)
    with pytest.raises(
        UserError, match=r"pack_size 50 does not fit: .* width 16 on shapeset .* 7 fit"
    ):
        sizes.refuse_too_large(deep)
    choose_pack_sizes(settings, shapes, "cpu", 1, None).refuse_too_large(deep)


def test_the_deepest_trials_are_those_of_every_size_and_purpose():
    settings = config({"monitored": {"updates": 5, "width": 32, "depths": {"tanh": [4]}}})
    found = deepest(settings, on_torch(settings))
    assert {(s.width, s.purpose, s.depth) for s in found} == {
        (16, "trial", 3),
        (16, "replicate", 3),
        (32, "monitored", 4),
    }


def test_workers_share_the_memory(monkeypatch):
    settings, shapes = config(), {"shapeset": small_dataset()}
    monkeypatch.setattr(pack_sizes, "memory_limit", lambda: 2**20)
    whole = choose_pack_sizes(settings, shapes, "cpu", 1).memory
    assert (whole, device_memory("cpu")) == (2**19, 2**20)
    assert choose_pack_sizes(settings, shapes, "cpu", 1, 4).memory == whole // 4
