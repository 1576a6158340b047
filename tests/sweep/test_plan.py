"""What a sweep will take: its runs counted, their rate measured."""

import io

import optuna
import pytest
from rich.console import Console
from study_builders import drive
from sweep_builders import config, small_dataset, write_sweep

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.engine.native import library
from glorot_sweep.errors import UserError
from glorot_sweep.sweep import plan
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.contents.phases import phases
from glorot_sweep.sweep.contents.replicates import replicate_tasks
from glorot_sweep.sweep.execution.pack_sizes import choose_pack_sizes
from glorot_sweep.sweep.plan import Estimate, estimate, show_plan
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.search.winners import find_winners
from glorot_sweep.training import module

SECTION = {"monitored": {"updates": 300, "learning_rates": [0.01, 0.05]}}


@pytest.fixture(autouse=True)
def short_and_small(monkeypatch):
    monkeypatch.setattr(plan, "MEASURE_SECONDS", 0.05)


def show(folder, changes, console):
    file = read_sweep_file(write_sweep(folder / "small.yaml", changes))
    show_plan(file, None, console, datasets={"shapeset": small_dataset()})


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


def test_an_estimate_is_updates_over_the_rate_and_the_evaluations():
    settings, dataset = config(SECTION), small_dataset()
    sizes = choose_pack_sizes(settings, {"shapeset": dataset}, "cpu", 1)
    for phase in phases(settings):
        found = estimate(phase, settings, dataset, "cpu", sizes)
        assert found.rate > 0
        assert found.evaluation > 0
        assert found.seconds == pytest.approx(phase.model_updates / found.rate + found.evaluation)


def test_packs_of_each_set_of_depths_are_measured(monkeypatch):
    """Small packs are of one depth: 4 trials of 30 updates at each of the depths 1, 2 and 3."""
    monkeypatch.setattr(plan, "_rate", lambda _, pack, __: 1000 / pack.first.depth)
    monkeypatch.setattr(plan, "_evaluation_seconds", lambda *_: 0.0)
    settings, dataset = config({"execution.pack_size": 2}), small_dataset()
    sizes = choose_pack_sizes(settings, {"shapeset": dataset}, "cpu", 1)
    search = next(phases(settings))
    found = estimate(search, settings, dataset, "cpu", sizes)
    assert found.seconds == pytest.approx(4 * 30 * (1 + 2 + 3) / 1000)


def test_a_plan_is_printed_and_nothing_created(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = io.StringIO()
    show(tmp_path, SECTION, Console(file=text, width=120))
    assert " seconds of one device if no trial" in text.getvalue()
    for word in ("search", "replicates", "monitored", "360", "of one device"):
        assert word in text.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


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
        return Estimate(phase, rate=phase.model_updates / 7200, evaluation=0.0)

    monkeypatch.setattr(plan, "estimate", estimate)
    show(tmp_path, SECTION, Console(file=text, width=120))
    search = "shapeset, search: 12 runs, 360 model-updates, 0 per second, 2 hours"
    replicates = "shapeset, replicates: 8 runs, 320 model-updates, 0 per second, 2 hours"
    assert shown == [[], [search], [search, replicates]]
    assert "6 hours of one device" in text.getvalue()
