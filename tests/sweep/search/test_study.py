"""A study's list of trials depends on the seed and on what was told, and on nothing else."""

from dataclasses import replace

import optuna
import pytest
from optuna.trial import TrialState
from study_builders import drive, fake_result, number_of, open_group, open_study, trials_of
from sweep_builders import config

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.records.recording import trial_params
from glorot_sweep.sweep.search import study
from glorot_sweep.sweep.search.outcomes import complete_trials
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.tracking.life import State
from glorot_sweep.training.results import Trained, TrialResult, given_up

SAMPLERS = pytest.mark.parametrize("sampler", ["tpe", "random"])
DAMPED = {  # a study with three parameters
    "variants": ["tanh", "tanh_n", "tanh_hessian"],
    "search.step_rules": {
        "hessian": {
            "learning_rate": {"low": 0.0001, "high": 0.005},
            "damping": {"low": 0.001, "high": 1.0},
        }
    },
}


@pytest.fixture
def storage(stores):
    return optuna.storages.RDBStorage(f"sqlite:///{stores / 'optuna.db'}")


@pytest.fixture
def memory():
    return optuna.storages.InMemoryStorage


def test_lost_trials_are_as_they_were_asked_and_no_others_are_looked_up(memory, monkeypatch):
    store, asked = memory(), []
    while new := open_study(store).next_generation():
        asked += new
        open_study(store).tell({one.key: fake_result(one.spec) for one in new})
    looked_up = []

    def watched(trials):
        looked_up.append(len(trials))
        return complete_trials(trials)

    monkeypatch.setattr(study, "complete_trials", watched)
    found = open_study(store).lost(lambda task: number_of(task) not in {1, 5})
    assert found == [asked[1], asked[5]]
    assert found[1].limits
    assert looked_up == [0, 4]


@SAMPLERS
def test_same_seed_same_trials_other_seed_other_trials(memory, sampler):
    changes = {"search.sampler": sampler}
    first = drive(open_study(memory(), changes))
    assert drive(open_study(memory(), changes)) == first
    other = drive(open_study(memory(), {**changes, "seed": 4}))
    assert all(a.learning_rate != b.learning_rate for a, b in zip(first, other, strict=True))


def test_trials_have_the_sweeps_precision_of_products(memory):
    reduced = {"execution.device": "cuda", "network.matmul_precision": "medium"}
    for changes, wanted in (({}, "highest"), (reduced, "medium")):
        specs = drive(open_study(memory(), changes))
        assert {spec.matmul_precision for spec in specs} == {wanted}
        assert {trial_params(spec)["matmul_precision"] for spec in specs} == {wanted}


@pytest.mark.slow
@SAMPLERS
def test_a_damping_is_drawn_with_the_rate_of_its_own_rule(memory, sampler):
    changes = {**DAMPED, "search.sampler": sampler, "search.trials": 12}
    specs = drive(open_study(memory(), changes, variant="tanh_hessian"))
    assert len({spec.damping for spec in specs}) == 12
    assert all(0.001 <= spec.damping <= 1.0 for spec in specs)
    assert all(0.0001 <= spec.learning_rate <= 0.005 for spec in specs)
    assert drive(open_study(memory(), changes, variant="tanh_hessian")) == specs
    plain = drive(open_study(memory(), changes))
    assert {spec.damping for spec in plain} == {None}
    assert all(0.01 <= spec.learning_rate <= 0.5 for spec in plain)
    best = open_study(memory(), changes, variant="tanh_hessian")
    drive(best)
    assert best.best().chosen.damping in {spec.damping for spec in specs}


def test_a_proposal_that_was_stored_twice_is_warned_of(memory, caplog):
    caplog.set_level("WARNING", "glorot_sweep")  # libraries set the root's to ERROR
    drive(open_study(memory()))
    assert "undisturbed" not in caplog.text
    store = memory()
    real, calls = store.create_new_trial, []

    def create(*arguments, **keywords):
        calls.append(arguments)
        if len(calls) == 2:  # Optuna's own second try: the first one's reply was lost
            real(*arguments, **keywords)
        return real(*arguments, **keywords)

    store.create_new_trial = create
    drive(open_study(store))
    assert "its trials from 0 on are not those of an undisturbed sweep" in caplog.text
    assert open_study(store).finished() == 6


@SAMPLERS
def test_no_stream_is_repeated_within_or_between_studies(memory, sampler):
    store = memory()
    changes = {"search.sampler": sampler, "search.trials": 10}
    specs = [
        spec for v in ("tanh", "tanh_n") for spec in drive(open_study(store, changes, variant=v))
    ]
    assert len({spec.learning_rate for spec in specs}) == 20
    assert len({spec.weight_seed for spec in specs}) == 20
    assert len({spec.data_seed for spec in specs}) == 1  # all tuning trials share one stream


@pytest.mark.slow
@SAMPLERS
def test_every_process_may_die_after_every_generation(storage, memory, sampler):
    changes = {"search.sampler": sampler}
    expected = drive(open_study(memory(), changes))
    found = []
    while asked := open_study(storage, changes).next_generation():
        again = open_study(storage, changes).next_generation()
        assert [one.spec for one in again] == [one.spec for one in asked]
        results = {one.key: fake_result(one.spec) for one in again}
        open_study(storage, changes).tell(results)
        found += [one.spec for one in again]
    assert found == expected


@SAMPLERS
@pytest.mark.parametrize("variant", ["tanh", "tanh_hessian"])
@pytest.mark.parametrize("number", range(6))
def test_a_kill_after_any_proposal_changes_nothing(memory, sampler, variant, number):
    """Trials 1 and 5 have the table's depth, the others are free; 2 and later are TPE's."""
    changes = {**DAMPED, "search.sampler": sampler}
    expected = drive(open_study(memory(), changes, variant))
    store = memory()
    study = open_study(store, changes, variant)
    while study.finished() < number // 2 * 2:
        asked = study.next_generation()
        study.tell({one.key: fake_result(one.spec) for one in asked})
    study._with_new_ones(study._study.get_trials(), number + 1)
    start = number // 2 * 2
    assert drive(open_study(store, changes, variant)) == expected[start:]


def test_a_trial_that_was_queued_again_is_the_same_trial_and_runs(memory):
    store = memory()
    asked = open_study(store).next_generation()
    assert open_study(store).queue_again(0)
    assert not open_study(store).queue_again(0)
    again = open_study(store)
    assert [one.spec for one in again.next_generation()] == [one.spec for one in asked]
    assert [trial.state for trial in again._study.trials] == [TrialState.RUNNING] * 2


@pytest.mark.parametrize("told", [0, 1])
def test_a_kill_between_two_tells_changes_nothing(memory, told):
    expected = drive(open_study(memory()))
    store = memory()
    study = open_study(store)
    asked = study.next_generation()
    results = {one.key: fake_result(one.spec) for one in asked}
    study.tell({one.key: results[one.key] for one in asked[:told]})
    stored = study._study.trials[told]
    for one in results[asked[told].key].curve[:2]:  # dies between two reports
        store.set_trial_intermediate_value(stored._trial_id, one.update, one.validation_error)
    rest = open_study(store).next_generation()
    assert [number_of(one) for one in rest] == list(range(told, 2))
    open_study(store).tell({one.key: results[one.key] for one in rest})
    drive(open_study(store))
    found = [t.params["learning_rate"] for t in store.get_all_trials(study._study._study_id)]
    assert found == [spec.learning_rate for spec in expected]
    for trial in store.get_all_trials(study._study._study_id):
        assert sorted(trial.intermediate_values) == [10, 20, 30]


def test_the_share_is_at_the_tables_depth_and_the_rest_is_free(memory):
    for share in (0.25, 0.5, 1.0):
        changes = {
            "search.table_depth_share": share,
            "search.trials": 12,
            "search.generation": 4,
            "search.depth": {"low": 1, "high": 40},
            "search.table_depth": 17,
        }
        depths = [spec.depth for spec in drive(open_study(memory(), changes))]
        assert depths.count(17) == 12 * share
        assert all(1 <= depth <= 40 for depth in depths)


def test_budgets_are_equal_and_the_last_generation_may_be_smaller(memory):
    study = open_study(memory(), {"search.trials": 5, "search.generation": 3})
    sizes = []
    while asked := study.next_generation():
        sizes.append(len(asked))
        study.tell({one.key: fake_result(one.spec) for one in asked})
    assert sizes == [3, 2]
    assert study.finished() == 5
    assert study.next_generation() == []


def test_limits_come_from_complete_trials_of_earlier_generations_only(memory):
    changes = {"search.trials": 9, "search.generation": 3, "search.pruner.startup_trials": 2}
    study = open_study(memory(), changes)
    first = study.next_generation()
    assert [one.limits for one in first] == [{}, {}, {}]
    results = {one.key: fake_result(one.spec) for one in first}
    results[first[1].key] = fake_result(first[1].spec, "pruned")
    study.tell(results)
    second = study.next_generation()
    kept = [results[first[i].key].curve[0].validation_error for i in (0, 2)]
    assert second[0].limits[10] == pytest.approx(sum(kept) / 2)
    assert set(second[0].limits) == {10, 20}  # never at the end
    study.tell({second[0].key: fake_result(second[0].spec)})
    assert [one.limits for one in study.next_generation()] == [second[0].limits] * 2


def test_tells_come_in_trial_order_whatever_order_the_results_have(memory):
    study = open_study(memory(), {"search.generation": 4, "search.trials": 4})
    asked = study.next_generation()
    study.tell({one.key: fake_result(one.spec) for one in asked[::-1]})
    told = sorted(study._study.trials, key=lambda trial: trial.datetime_complete)
    assert [trial.number for trial in told] == [0, 1, 2, 3]


def test_pruned_is_told_pruned_and_diverged_is_told_complete_at_the_majority_error(memory):
    study = open_study(memory())
    asked = study.next_generation()
    pruned = fake_result(asked[0].spec, "pruned")
    diverged = TrialResult(asked[1].key, State.DIVERGED, 10, (), 83.3)
    study.tell({asked[0].key: pruned, asked[1].key: diverged})
    first, second = study._study.trials
    assert (first.state, sorted(first.intermediate_values)) == (TrialState.PRUNED, [10])
    assert first.value == pruned.curve[-1].validation_error
    assert (second.state, second.value) == (TrialState.COMPLETE, 83.3)
    assert [t.user_attrs["state"] for t in (first, second)] == ["pruned", "diverged"]


def test_a_trial_that_is_told_has_its_runs_times_and_page_whenever_it_is_told(storage):
    def page_of(run_id):
        return f"http://server/{run_id}"

    study = Study(storage, config(), "scope", "shapeset", "tanh", page_of=page_of)
    results = {}
    for one in study.next_generation():
        trained = Trained(f"run {one.key}", 1_000_000.25, 1_000_007.5)
        results[one.key] = replace(fake_result(one.spec), trained=trained)
    for _ in range(2):  # a lost reply
        study.tell(results)
        for trial, result in zip(study._study.trials, results.values(), strict=True):
            assert trial.datetime_start.timestamp() == 1_000_000.25
            assert trial.datetime_complete.timestamp() == 1_000_007.5
            run_id = f"run {result.key}"
            page = {"run_page": f"http://server/{run_id}", "run_id": run_id}
            assert trial.user_attrs == {"state": "complete", **page}


def test_a_trial_that_was_given_up_names_its_run_and_has_no_value(storage):
    study = Study(storage, config(), "scope", "shapeset", "tanh")
    first, second = study.next_generation()
    lost = given_up(first.key, Trained("lost", 1_000_000.0, 1_000_001.0))
    study.tell({first.key: lost, second.key: fake_result(second.spec)})
    trial = study._study.trials[0]
    assert (trial.state, trial.value) == (TrialState.FAIL, None)
    assert trial.user_attrs == {"state": "failed", "run_id": "lost"}
    assert trial.datetime_complete.timestamp() == 1_000_001.0


def test_a_study_says_of_what_it_is_and_follows_its_run(memory):
    store = memory()
    study = open_group(store, group=1)
    which = {"sweep": "small", "dataset": "shapeset", "variant": "tanh", "group": 1}
    for run_id in ("first", "second"):
        study.describe(run_id)
        assert study._study.user_attrs == {"run_id": run_id, **which}
    assert "group" not in _described(open_study(store))


def _described(study):
    study.describe("run")
    return study._study.user_attrs


def test_best_is_the_lowest_and_of_equals_the_earlier_and_never_a_pruned_one(memory):
    study = open_study(memory(), {"search.generation": 6, "search.pruner.kind": "none"})
    asked = study.next_generation()
    errors = [30.0, 40.0, 20.0, 40.0, 20.0, 10.0]
    results = {
        one.key: TrialResult(
            one.key, State.PRUNED if error == 10.0 else State.COMPLETE, 30, (), error
        )
        for one, error in zip(asked, errors, strict=True)
    }
    study.tell(results)
    assert (study.best().number, study.best().validation_error) == (2, 20.0)
    at_depth = study.best(depth=2)
    assert at_depth.chosen.depth == 2
    assert (
        at_depth.number
        == min(
            (e, number_of(one))
            for e, one in zip(errors, asked, strict=True)
            if one.spec.depth == 2 and e > 10
        )[1]
    )
    with pytest.raises(UserError, match="no complete trial at depth 99"):
        study.best(depth=99)


def test_two_sweeps_of_one_name_do_not_share_a_study(memory):
    store = memory()
    drive(Study(store, config(), "one", "shapeset", "tanh"))
    assert Study(store, config(), "two", "shapeset", "tanh").finished() == 0


def test_a_generation_told_twice_is_told_once(memory):
    study = open_study(memory())
    asked = study.next_generation()
    study.tell({one.key: fake_result(one.spec) for one in asked})
    before = trials_of(study)
    study.tell({one.key: fake_result(one.spec, "pruned") for one in asked})
    assert trials_of(study) == before


def test_a_mistake_of_ours_is_not_retried(memory):
    study = open_study(memory())
    (first, _) = study.next_generation()
    with pytest.raises(KeyError):
        study.tell({"tanh/mnist/t000": fake_result(first.spec)})
