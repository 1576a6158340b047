"""Pre-trained variants in a sweep: what studies draw, what runs say, one whole sweep."""

import optuna
import pytest
from rich.console import Console
from small_sweep import sweep
from study_builders import drive, fake_result, open_study
from sweep_builders import (
    NOTE,
    by_name,
    config,
    small_dataset,
    spec,
    steps,
)

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.figures.figure import DrawnFigure
from glorot_sweep.specs import PackSpec, Pretraining
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.execution.packing import make_packs
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.sweep.plan import phases
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.recording import RunPlan, trial_params
from glorot_sweep.tracking.runs import RunStore

RANGES = {
    "updates": [20, 50],
    "learning_rate": {"low": 0.01, "high": 0.2},
    "noise": {"low": 0.1, "high": 0.5},
}
VARIANT = "tanh_pretrained"
CHANGES = {"variants": ["tanh", VARIANT], "search.pretraining": RANGES}
EACH = Pretraining(20, 0.05, 0.25)


def memory():
    return optuna.storages.InMemoryStorage()


def proposed(changes=None):
    return drive(open_study(memory(), {**CHANGES, **(changes or {})}, variant=VARIANT))


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_everything_is_drawn_from_its_range(sampler):
    found = proposed({"search.trials": 24, "search.generation": 4, "search.sampler": sampler})
    assert {one.pretraining.updates for one in found} == {20, 50}
    assert all(0.01 <= one.pretraining.learning_rate <= 0.2 for one in found)
    assert all(0.1 <= one.pretraining.noise <= 0.5 for one in found)
    assert len({(one.pretraining.noise, one.pretraining.learning_rate) for one in found}) == 24
    assert sum(one.pretraining.learning_rate < 0.045 for one in found) > 4, "log-uniform"


def test_variants_that_are_not_pretrained_draw_what_they_did():
    with_it = drive(open_study(memory(), CHANGES))
    without = drive(open_study(memory(), {"variants": ["tanh", "tanh_n"]}))
    assert with_it == without
    assert all(one.pretraining is None for one in with_it)


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_study_that_dies_after_every_generation_goes_on_alike(sampler):
    changes = {**CHANGES, "search.sampler": sampler}
    expected, store, found = proposed({"search.sampler": sampler}), memory(), []
    while asked := open_study(store, changes, variant=VARIANT).next_generation():
        again = open_study(store, changes, variant=VARIANT).next_generation()
        assert [one.spec for one in again] == [one.spec for one in asked]
        results = {one.key: fake_result(one.spec) for one in again}
        open_study(store, changes, variant=VARIANT).tell(results)
        found += [one.spec for one in again]
    assert found == expected


def test_the_winner_is_pretrained_as_its_trial_was():
    study = open_study(memory(), CHANGES, variant=VARIANT)
    trials = {one.key: one for one in drive(study)}
    best = study.best()
    assert best.chosen.pretraining == trials[study.trial_key(best.number)].pretraining


def test_monitored_runs_take_the_middle_of_the_ranges():
    changes = {**CHANGES, "monitored": {"updates": 30, "learning_rates": [0.05]}}
    found = {t.spec.variant.name: t.spec.pretraining for t in monitored_tasks(config(changes))}
    assert found["tanh"] is None
    assert found[VARIANT].updates == 50
    assert found[VARIANT].noise == pytest.approx(0.3)
    assert found[VARIANT].learning_rate == pytest.approx((0.01 * 0.2) ** 0.5)


def test_updates_of_both_kinds_are_planned():
    for phase in phases(config(CHANGES)):
        depths = [one.depth for one in phase.specs if one.variant.name == VARIANT]
        supervised = sum(one.updates for one in phase.specs)
        assert phase.model_updates == supervised + 50 * sum(depths)


def test_packs_share_the_updates_of_a_layer():
    trials = [
        spec(f"t{i}", variant=VARIANT, pretraining=Pretraining(20 + 10 * (i % 2), 0.1, 0.1 * i))
        for i in range(4)
    ]
    packs = make_packs([*trials, spec("plain")], 8)
    keys = sorted([trial.key for trial in pack.trials] for pack in packs)
    assert keys == [["plain"], ["t0", "t2"], ["t1", "t3"]]


def test_params_of_every_run():
    plain, own = trial_params(spec()), trial_params(spec(variant=VARIANT, pretraining=EACH))
    names = ("pretraining_updates", "pretraining_rate", "noise")
    assert [float(plain[name]) for name in names] == [0, 0, 0]
    assert [float(own[name]) for name in names] == [20, 0.05, 0.25]
    assert plain.keys() == own.keys()


def test_what_a_worker_tells_counts_pretraining(place):
    trials = [spec(f"t{d}", variant=VARIANT, depth=d, pretraining=EACH) for d in (1, 3)]
    told = []
    job = PackJob(PackSpec(tuple(trials)), {t.key: RunPlan(None, {}) for t in trials}, NOTE)
    store = RunStore(place.client, place.experiment_id)
    result = run_job(job, store, small_dataset(), lambda n, trials: told.append(n * trials))
    assert sum(told) == result.model_updates == (20 + 30) + (60 + 30)
    run = by_name(place)["t3"]
    assert run.data.metrics["updates_done"] == 30
    assert steps(place.client, run.info.run_id, "train/loss") == [10, 20, 30]


def test_the_bar_grows_by_what_is_drawn():
    progress = SweepProgress(Console(quiet=True))
    progress.start("search", "trials", 2, 60)
    progress.expect(40)
    progress.advance(50)
    assert "50 % of the updates" in progress._line()


@pytest.mark.slow
def test_a_whole_sweep(tmp_path):
    place = sweep(tmp_path, CHANGES).place
    runs = by_name(place)
    assert float(runs[f"{VARIANT}-shapeset-seed1"].data.params["noise"]) >= 0.1
    compiled = compile_report(place, "small", PAPER, ["figure_11"])
    assert [entry.cell.variant for entry in compiled.table] == ["tanh"]
    assert [entry.cell.variant for entry in compiled.beyond] == [VARIANT]
    (figure,) = compiled.figures
    assert isinstance(figure, DrawnFigure)
    assert "Tanh, pre-trained, the reference: before update 0" in figure.caption
