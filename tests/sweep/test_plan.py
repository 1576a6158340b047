"""What a sweep will take: its runs counted, their rate measured."""

import io
from contextlib import contextmanager

import optuna
import pytest
from rich.console import Console
from study_builders import drive
from sweep_builders import config, small_dataset, spec, write_sweep

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.engine.native import library
from glorot_sweep.errors import UserError
from glorot_sweep.specs import PackSpec, StatisticsSpec
from glorot_sweep.sweep import plan, rehearsal
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.contents.phases import phases
from glorot_sweep.sweep.contents.replicates import replicate_tasks
from glorot_sweep.sweep.execution import executor
from glorot_sweep.sweep.execution.devices import LocalDevices
from glorot_sweep.sweep.execution.pack_sizes import choose_pack_sizes
from glorot_sweep.sweep.plan import Estimate, estimate, show_plan
from glorot_sweep.sweep.rehearsal import shortened
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.search.winners import find_winners
from glorot_sweep.training import module

SECTION = {"monitored": {"updates": 300, "learning_rates": [0.01, 0.05]}}


DATASETS = {"shapeset": small_dataset()}


@contextmanager
def no_rehearsal(_):
    """Say at once that a run takes half a second beside its updates."""
    yield lambda _: 0.5


@pytest.fixture(autouse=True)
def short_and_small(monkeypatch):
    monkeypatch.setattr(plan, "MEASURE_SECONDS", 0.05)
    monkeypatch.setattr(plan, "rehearsal", no_rehearsal)


def show(folder, changes, console):
    file = read_sweep_file(write_sweep(folder / "small.yaml", changes))
    show_plan(file, None, console, datasets=DATASETS)


def test_every_run_of_the_sweep_is_counted():
    found = {
        (p.name, p.dataset): p
        for p in phases(config({**SECTION, "datasets": ["shapeset", "mnist"]}))
    }
    assert {key: (len(p.specs), p.model_updates) for key, p in found.items()} == {
        ("search", "shapeset"): (12, 12 * 30),
        ("search", "mnist"): (12, 12 * 30),
        ("replicates", "shapeset"): (8, 8 * 40),  # 2 variants, 2 seeds, 2 depths
        ("replicates", "mnist"): (8, 8 * 40),
        ("monitored", "shapeset"): (4, 4 * 300),
    }
    for phase in found.values():
        assert len({spec.key for spec in phase.specs}) == len(phase.specs)
    assert {spec.depth for spec in found["search", "mnist"].specs} == {1, 2, 3}


def test_what_is_planned_is_what_will_be_trained():
    """All but the learning rates, the depths and the seeds that follow from them."""
    settings, storage = config(SECTION), optuna.storages.InMemoryStorage()
    planned = {phase.name: phase.specs for phase in phases(settings)}
    studies = [Study(storage, settings, "-", "shapeset", name) for name in settings.variants]
    trials = [spec for study in studies for spec in drive(study)]
    assert shapes(planned["search"]) == shapes(trials)
    winners = find_winners(studies)
    replicates = [task.spec for task in replicate_tasks(settings, winners)]
    assert shapes(replicates) <= shapes(planned["replicates"])
    assert planned["monitored"] == tuple(task.spec for task in monitored_tasks(settings))


def shapes(specs):
    return {(spec.key, spec.variant, spec.pace, spec.data_seed) for spec in specs}


@pytest.mark.slow
def test_an_estimate_is_updates_over_the_rate_and_what_is_around_them():
    settings = config(SECTION)
    sizes = choose_pack_sizes(settings, DATASETS, "cpu", 1)
    for phase in phases(settings):
        found = estimate(phase, settings, DATASETS, "cpu", sizes, lambda _: 0.25)
        assert found.rate > 0
        assert found.around == 0.25 * len(phase.specs)
        assert found.seconds == pytest.approx(phase.model_updates / found.rate + found.around)


def test_packs_of_each_set_of_depths_are_measured(monkeypatch):
    """Small packs are of one depth: 4 trials of 30 updates at each of the depths 1, 2 and 3."""
    monkeypatch.setattr(plan, "_rate", lambda pack, _: 1000 / pack.first.depth)
    settings = config({"execution.pack_size": 2})
    sizes = choose_pack_sizes(settings, DATASETS, "cpu", 1)
    search = next(phases(settings))
    found = estimate(search, settings, DATASETS, "cpu", sizes, lambda pack: pack.first.depth)
    assert found.training == pytest.approx(4 * 30 * (1 + 2 + 3) / 1000)
    assert found.around == 4 * (1 + 2 + 3)


def test_a_rehearsal_looks_at_a_network_as_often_with_one_update_between():
    seen = StatisticsSpec((0, 100, 300), (0, 300))
    full = spec(updates=300, evaluate_at=(100, 250, 300), statistics=seen, window=2)
    short = shortened(full)
    assert (short.updates, short.evaluate_at, short.window) == (3, (1, 2, 3), 2)
    assert short.statistics == StatisticsSpec((0, 1, 3), (0, 3))


@pytest.mark.slow
def test_a_rehearsed_pack_is_trained_and_logged_where_nothing_else_is(place, monkeypatch):
    monkeypatch.setattr(rehearsal, "open_store", lambda _: place.client)
    specs = [spec(f"tanh-shapeset-t{number}", width=8) for number in range(6)]
    with rehearsal.rehearsal(DATASETS) as seconds:
        assert seconds(PackSpec(tuple(specs))) > 0
        plan_id = place.client.get_experiment_by_name("plan").experiment_id
        runs = list(place.client.search_runs([plan_id]))
    assert len(runs) == 1 + rehearsal.MOST  # the first alone
    assert {run.info.status for run in runs} == {"FINISHED"}


def test_a_plan_is_printed_and_nothing_created(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = io.StringIO()
    show(tmp_path, SECTION, Console(file=text, width=120))
    assert " seconds of one device if no trial" in text.getvalue()
    for word in ("search", "replicates", "monitored", "360", "of one device", "Not counted: "):
        assert word in text.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


@pytest.mark.parametrize(("wanted", "found"), [(0, 2), (3, 3)])
def test_a_plan_is_measured_on_as_many_threads_as_its_sweep_has(
    tmp_path, monkeypatch, wanted, found
):
    """In a container that may keep two of eight processors busy."""
    threads = []
    monkeypatch.setattr(executor, "usable_processors", lambda: 2)
    monkeypatch.setattr("torch.get_num_threads", lambda: threads[-1])
    monkeypatch.setattr("torch.set_num_threads", threads.append)
    monkeypatch.setattr(plan, "estimate", lambda phase, *_: Estimate(phase, 1.0, 1.0))
    changes = {"execution.threads": wanted}
    for start in (
        lambda: show(tmp_path, changes, Console(quiet=True)),
        lambda: LocalDevices().start(config(changes), DATASETS, None),
    ):
        threads[:] = [8]
        start()
        assert threads == [8, found]


@pytest.mark.slow
def test_a_plan_says_and_measures_the_engine(tmp_path, monkeypatch):
    made, make = set(), module.make_stepper

    def noted(engine, *rest):
        made.add(engine)
        return make(engine, *rest)

    monkeypatch.setattr(module, "make_stepper", noted)
    text = io.StringIO()
    show(tmp_path, {}, Console(file=text, width=200))
    assert "small on this cpu, engine native" in text.getvalue()
    assert made == {"native"}
    monkeypatch.setattr(library, "why_unavailable", lambda: "no compiler")
    show(tmp_path, {}, Console(file=text, width=200))
    assert "engine torch: the native core cannot be had: no compiler; with it" in text.getvalue()
    assert "small on this cpu, engine torch" in text.getvalue()
    assert made == {"native", "torch"}
    with pytest.raises(UserError, match=r"cannot have it: .*no compiler"):
        show(tmp_path, {"network.engine": "native"}, Console(file=text))


def test_each_row_is_shown_as_soon_as_it_is_measured(tmp_path, monkeypatch):
    text, shown = io.StringIO(), []

    def estimate(phase, *_):
        shown.append(text.getvalue().splitlines())
        return Estimate(phase, rate=phase.model_updates / 3600, around=3600.0)

    monkeypatch.setattr(plan, "estimate", estimate)
    show(tmp_path, SECTION, Console(file=text, width=120))
    hour = "0 per second, 60 minutes and 60 minutes around it"
    search = f"shapeset, search: 12 runs, 360 model-updates, {hour}"
    replicates = f"shapeset, replicates: 8 runs, 320 model-updates, {hour}"
    assert shown == [[], [search], [search, replicates]]
    assert "6 hours of one device" in text.getvalue()
