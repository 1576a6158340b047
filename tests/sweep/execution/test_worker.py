"""What a pack leaves in MLflow, on every way out."""

import json

import numpy as np
import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST
from sweep_builders import NOTE, by_name, small_dataset, spec, steps

from glorot_sweep.engine.single import SingleNetwork
from glorot_sweep.errors import StopRequested
from glorot_sweep.host.provenance import code_hash
from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.execution import worker
from glorot_sweep.sweep.execution.outcome import failure_of
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.sweep.records.recording import RunPlan, trial_params
from glorot_sweep.tracking.records import read_arrays, read_curve
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact
from glorot_sweep.tracking.schema.runs import origin_here
from glorot_sweep.training import fit

TAGS = tags_of(origin_here("small", "abc"))
CURVES = ("train/loss", "validation/loss", "validation/error_percent")


def plan(parent=None, existing=None):
    return RunPlan(parent, TAGS, existing)


def run(place, specs, plans=None, limits=None, advance=lambda *_: None):
    plans = plans or {one.key: plan() for one in specs}
    job = PackJob(PackSpec(tuple(specs)), plans, NOTE, limits or {})
    store = RunStore(place.client, place.experiment_id)
    return run_job(job, store, small_dataset(), advance)


def test_a_complete_trial(place):
    parent = RunStore(place.client, place.experiment_id).create("study", {}).run_id
    trial = spec("tanh-shapeset-t000", learning_rate=0.05)
    result = run(place, [trial], {trial.key: plan(parent)}).trials[0]
    left = by_name(place)["tanh-shapeset-t000"]
    assert left.info.status == "FINISHED"
    tags = left.data.tags
    expected = {"kind": "trial", "key": trial.key, "dataset": "shapeset", "variant": "tanh",
                "state": "complete", "attempt": "1", "sweep": "small", "config_hash": "abc",
                "code_hash": code_hash(), "mlflow.parentRunId": parent}  # fmt: skip
    assert expected.items() <= tags.items()
    assert {"package_version", "mlflow.source.name"} <= tags.keys()
    assert left.data.params == trial_params(trial)
    assert float(left.data.params["learning_rate"]) == 0.05
    metrics = left.data.metrics
    assert metrics["objective"] == metrics["final/validation_error_percent"]
    assert metrics["objective"] == result.validation_error
    assert metrics["best/validation_error_percent"] == min(
        look.validation_error for look in result.curve
    )
    assert metrics["updates_done"] == 30
    assert "final/test_error_percent" not in metrics  # tuning never looks at the test set
    for key in CURVES:
        assert steps(place.client, left.info.run_id, key) == [10, 20, 30]
    assert not place.client.list_artifacts(left.info.run_id)


def test_the_data_set_is_an_input_with_the_digest_of_its_whole_content(place):
    run(place, [spec("a")])
    inputs = by_name(place)["a"].inputs.dataset_inputs
    assert len(inputs) == 1
    assert inputs[0].dataset.digest == small_dataset().digest()
    changed = small_dataset()
    changed.test.images[-1, -1] ^= 1  # the last pixel of all
    assert changed.digest() != inputs[0].dataset.digest
    assert "uri" in json.loads(inputs[0].dataset.source)


def test_a_replicate_keeps_predictions_labels_and_weights(place, dataset):
    trial = spec("a", purpose="replicate", depth=3)
    result = run(place, [trial]).trials[0]
    left = by_name(place)["a"]
    stored = read_arrays(place.client, left.info.run_id, Artifact.PREDICTIONS)
    assert np.array_equal(stored["labels"], dataset.test.labels.numpy())
    wrong = 100 * np.mean(stored["predictions"] != stored["labels"])
    assert left.data.metrics["final/test_error_percent"] == pytest.approx(wrong, abs=1e-4)
    assert result.test_error == left.data.metrics["final/test_error_percent"]
    assert steps(place.client, left.info.run_id, "test/error_percent") == [10, 20, 30]
    weights = read_arrays(place.client, left.info.run_id, Artifact.WEIGHTS)
    assert [weights[f"weight_{layer}"].shape for layer in range(4)] == [
        (32, 16), (16, 16), (16, 16), (16, 4),
    ]  # fmt: skip
    answers = SingleNetwork("tanh", weights)(dataset.test.images.float()).argmax(1)
    assert np.array_equal(answers.numpy(), stored["predictions"])


def test_final_values_are_means_over_the_window_and_the_curves_hold_what_they_are_of(place):
    trial = spec("a", purpose="replicate", window=2)
    run(place, [trial])
    left = by_name(place)["a"]
    assert left.data.params["window"] == "2"
    for final, curve in (("validation", "validation"), ("test", "test")):
        key = f"{curve}/error_percent"
        points = read_curve(place.client, left.info.run_id, key)
        mean = (points[20] + points[30]) / 2
        assert points[20] != points[30]
        assert left.data.metrics[f"final/{final}_error_percent"] == pytest.approx(mean, rel=1e-15)
    metrics = left.data.metrics
    assert metrics["objective"] == metrics["final/validation_error_percent"]
    stored = read_arrays(place.client, left.info.run_id, Artifact.PREDICTIONS)
    wrong = 100 * np.mean(stored["predictions"] != stored["labels"])
    assert points[30] == pytest.approx(wrong, rel=1e-15)


def test_a_pruned_trial_is_killed_with_its_state_and_its_neighbour_goes_on(place):
    result = run(place, [spec("a"), spec("b", weight_seed=5)], limits={"a": {20: -1.0}})
    runs = by_name(place)
    assert (runs["a"].info.status, runs["a"].data.tags["state"]) == ("KILLED", "pruned")
    assert (runs["b"].info.status, runs["b"].data.tags["state"]) == ("FINISHED", "complete")
    assert steps(place.client, runs["a"].info.run_id, "validation/loss") == [10, 20]
    assert runs["a"].data.metrics["updates_done"] == 20
    assert "objective" not in runs["a"].data.metrics
    assert result.model_updates == 50


def test_each_result_says_which_run_it_is_and_when_it_was_trained(place):
    """One that is dropped, or diverges, has left its pack before the others end."""
    specs = [spec("a"), spec("b", weight_seed=5), spec("c", learning_rate=1e38)]
    results = {one.key: one for one in run(place, specs, limits={"a": {20: -1.0}}).trials}
    runs = by_name(place)
    for key, result in results.items():
        info = runs[key].info
        assert result.trained.run_id == info.run_id
        assert result.trained.began == info.start_time / 1000
        assert result.trained.began < result.trained.ended <= info.end_time / 1000
    assert [results[key].state.word for key in "abc"] == ["pruned", "complete", "diverged"]
    ended = {key: result.trained.ended for key, result in results.items()}
    assert ended["c"] < ended["a"] < ended["b"]


@pytest.mark.slow
@pytest.mark.parametrize("purpose", ["trial", "replicate"])
def test_a_diverged_trial_is_finished_at_the_majority_error(place, dataset, purpose):
    specs = [spec("a", learning_rate=1e38, purpose=purpose), spec("b", purpose=purpose)]
    run(place, specs)
    runs = by_name(place)
    lost = runs["a"]
    assert (lost.info.status, lost.data.tags["state"]) == ("FINISHED", "diverged")
    labels = dataset.validation.labels
    majority = int(labels.bincount().argmax())
    expected = 100 * float((labels != majority).double().mean())
    assert lost.data.metrics["objective"] == pytest.approx(expected)
    assert all(np.isfinite(value) for value in lost.data.metrics.values())
    assert runs["b"].data.tags["state"] == "complete"
    if purpose == "replicate":
        stored = read_arrays(place.client, lost.info.run_id, Artifact.PREDICTIONS)
        assert set(stored["predictions"]) == {majority}
        wrong = 100 * np.mean(stored["predictions"] != stored["labels"])
        assert lost.data.metrics["final/test_error_percent"] == pytest.approx(wrong)


def stop_after(chunks, error):
    seen = []

    def advance(updates, trials):
        seen.append(updates)
        if len(seen) == chunks:
            raise error

    return advance


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "status", "state", "reason"),
    [
        (RuntimeError("out of cheese"), "FAILED", "failed", "RuntimeError: out of cheese"),
        (StopRequested(15), "KILLED", "killed", "stopped by signal 15"),
    ],
)
def test_what_did_not_reach_its_end_has_a_true_status_and_a_reason(
    place, error, status, state, reason
):
    with pytest.raises(type(error)):
        run(place, [spec("a"), spec("b")], advance=stop_after(2, error))
    for left in by_name(place).values():
        assert (left.info.status, left.data.tags["state"]) == (status, state)
        assert left.data.tags["reason"] == reason
        assert steps(place.client, left.info.run_id, "validation/loss") == [10, 20]


def test_an_error_before_training_leaves_true_statuses(place, monkeypatch):
    def refuse(*args, **kwargs):
        raise MemoryError("too wide")

    monkeypatch.setattr(fit.PackModule, "__init__", refuse)
    with pytest.raises(MemoryError):
        run(place, [spec("a")])
    assert by_name(place)["a"].data.tags["reason"] == "MemoryError: too wide"


@pytest.mark.slow
def test_a_second_attempt_writes_every_point_once_and_forgets_the_reason(place):
    trial = spec("a")
    with pytest.raises(StopRequested):
        run(place, [trial], advance=stop_after(3, StopRequested(2)))
    first = by_name(place)["a"]
    run(place, [trial], {"a": plan(existing=first.info.run_id)})
    runs = by_name(place)
    assert list(runs) == ["a"]
    second = runs["a"]
    assert second.info.run_id == first.info.run_id
    assert second.info.status == "FINISHED"
    assert (second.data.tags["attempt"], second.data.tags["state"]) == ("2", "complete")
    assert "reason" not in second.data.tags
    assert len(second.inputs.dataset_inputs) == 1
    for key in CURVES:
        assert steps(place.client, second.info.run_id, key) == [10, 20, 30]


def test_a_second_attempt_completes_a_run_that_was_only_created(place):
    """As after kill -9 between the requests that make a run."""
    empty = place.client.create_run(place.experiment_id, run_name="x", tags={"key": "a"})
    run(place, [spec("a")], {"a": plan(existing=empty.info.run_id)})
    left = by_name(place)["a"]
    assert left.data.params["depth"] == "2"
    assert len(left.inputs.dataset_inputs) == 1


def test_all_runs_of_trials_have_the_same_params_so_that_they_can_be_compared(place):
    run(place, [spec("a", variant="sigmoid", depth=1), spec("b", variant="softsign_n", depth=5)])
    params = [left.data.params for left in by_name(place).values()]
    assert params[0].keys() == params[1].keys()
    assert {p["initialization"] for p in params} == {"standard", "normalized"}
    for one in params:
        rate = float(one["learning_rate"])
        assert float(one["log10_learning_rate"]) == pytest.approx(np.log10(rate), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["open_run", "close_run"])
@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'pyarrow'"),
        KeyError("a bug in writing"),
        MlflowException("experiment is deleted", RESOURCE_DOES_NOT_EXIST),
        OSError(28, "No space left on device"),
    ],
)
def test_what_fails_while_runs_are_written_is_not_the_trials_failure(
    place, monkeypatch, where, error
):
    def fail(*_arguments):
        raise error

    monkeypatch.setattr(worker, where, fail)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of several types
        run(place, [spec("a")])
    failure = failure_of(caught.value, "")
    assert failure.kind == "service"
    assert f"{type(error).__name__}: " in failure.reason


def test_what_fails_while_it_is_trained_is(place):
    def fail(*_arguments):
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom") as caught:
        run(place, [spec("a")], advance=fail)
    assert failure_of(caught.value, "").kind == "error"
