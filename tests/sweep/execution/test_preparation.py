"""What is asked of executors and devices is refused before anything is created."""

import os
import pickle
import sys
from fnmatch import fnmatch
from importlib.util import find_spec

import pytest
from small_sweep import sweep
from sweep_builders import NOTE, small_dataset, spec, store_uri, write_sweep
from typer.testing import CliRunner

from glorot_sweep.cli.app import app
from glorot_sweep.config.execution import ExecutionConfig
from glorot_sweep.engine.native import library
from glorot_sweep.errors import UserError
from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.execution.devices import LocalDevices
from glorot_sweep.sweep.execution.options import ExecutionOptions
from glorot_sweep.sweep.execution.outcome import Failure
from glorot_sweep.sweep.execution.preparation import prepare
from glorot_sweep.sweep.execution.ray.remote_worker import (
    RemoteWorker,
    RunTarget,
    WorkerFacts,
    WorkerSetup,
    local_versions,
)
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.sweep.records.recording import RunPlan
from glorot_sweep.training.results import PackResult

SQLITE = "sqlite:////somewhere/mlflow.db"


@pytest.mark.parametrize(
    ("options", "config", "tracking", "message"),
    [
        (ExecutionOptions("rya"), {}, SQLITE, "unknown executor 'rya'.*ray"),
        (ExecutionOptions("local", 3), {}, SQLITE, "--workers and --address need --executor ray"),
        (ExecutionOptions("local", 0, "h:1"), {}, SQLITE, "need --executor ray"),
        (ExecutionOptions("ray", 0, "h:1"), {}, SQLITE, "is a sqlite database.*mlflow server"),
        (
            ExecutionOptions("ray", 0, "h:1"), {}, "postgresql://u:secret@h/db",
            "^(?!.*secret).*is a postgresql database",
        ),
        (ExecutionOptions(), {"device": "cuda"}, SQLITE, "PyTorch sees no GPU.*it has cpu"),
    ],
)  # fmt: skip
def test_refusals(options, config, tracking, message, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UserError, match=message):
        prepare(options, ExecutionConfig(**config), tracking)


def test_without_ray_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserError, match=r"pip install 'glorot-sweep\[ray\]'"):
        prepare(ExecutionOptions("ray"), ExecutionConfig(), SQLITE)


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
def test_a_cluster_that_is_too_small_says_what_it_has():
    from glorot_sweep.sweep.execution.ray.cluster import Cluster, WorkerNeeds, count_workers

    cluster = Cluster("head:6379", cpus=16.0, gpus=2.0, machines=2)
    on_gpu = WorkerNeeds("cuda", 1, 0.5)
    assert count_workers(0, on_gpu, cluster) == 4
    assert count_workers(3, on_gpu, cluster) == 3
    assert count_workers(0, WorkerNeeds("cpu", 4, 0.0), cluster) == 4
    with pytest.raises(UserError, match=r"5 worker.*head:6379 \(2 machines, 16 CPUs, 2 GPUs\).* 4"):
        count_workers(5, on_gpu, cluster)


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere"])
def test_an_address_without_a_cluster_is_refused_at_once(address):
    from glorot_sweep.sweep.execution.ray.cluster import join

    with pytest.raises(UserError, match=f"cannot join the Ray cluster at '{address}'.*host:port"):
        join(address)


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
@pytest.mark.parametrize("error", [ConnectionError("no port is free.\nSee the manual."), OSError()])
def test_a_ray_that_does_not_start_on_this_machine_says_why(monkeypatch, error):
    from glorot_sweep.sweep.execution.ray import cluster as ray_cluster

    def fail(**_):
        raise error

    monkeypatch.setattr(ray_cluster.ray, "init", fail)
    reason = str(error).partition(".")[0] or "OSError"
    with pytest.raises(UserError, match=rf"^Ray cannot be .* machine: {reason}\. Its logs"):
        ray_cluster.start_here(None)


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
def test_a_machine_with_another_version_is_refused_by_name():
    from glorot_sweep.sweep.execution.ray.crew import _refuse_other_versions

    _refuse_other_versions(WorkerFacts("there", 1, local_versions(), "cpu"))
    other = {**local_versions(), "torch": "1.0"}
    with pytest.raises(
        UserError, match=r"worker on there runs other(.|\n)*torch: .* here, 1\.0 there"
    ):
        _refuse_other_versions(WorkerFacts("there", 1, other, "cpu"))


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
def test_a_machine_without_the_native_engine_is_refused_by_name_not_replaced():
    from glorot_sweep.sweep.execution.ray.crew import _refuse_without_native

    _refuse_without_native(WorkerFacts("there", 1, {}, "cpu"))
    with pytest.raises(
        UserError, match=r"worker on there lacks the native engine.*: no compiler\. Another engine"
    ):
        _refuse_without_native(WorkerFacts("there", 1, {}, "cpu", "no compiler"))


@pytest.mark.parametrize(("needs", "found"), [(True, "no compiler"), (False, None)])
def test_a_worker_looks_for_the_native_engine_if_it_needs_that(monkeypatch, needs, found):
    monkeypatch.setattr(library, "why_unavailable", lambda: "no compiler")
    setup = WorkerSetup("cpu", 1, needs_native=needs)
    assert RemoteWorker(setup).facts().lacks_native == found


@pytest.fixture
def worker():
    return RemoteWorker(WorkerSetup("cpu", 1, {}))


def job(*specs):
    return PackJob(PackSpec(specs), {s.key: RunPlan(None, {"sweep": "small"}) for s in specs}, NOTE)


@pytest.mark.slow
def test_a_worker_needs_its_data_set_once_and_counts_its_updates(worker, place, stores):
    target = RunTarget(store_uri(stores), place.experiment_id)
    first = worker.run(job(spec("a"), spec("b")), target, small_dataset())
    assert isinstance(first, PackResult)
    assert worker.pulse() == 2 * 30
    assert isinstance(worker.run(job(spec("c")), target, None), PackResult)
    assert worker.pulse() == 3 * 30


def test_a_worker_that_is_told_to_stop_answers_nothing(worker, place, stores):
    worker.stop(15)
    target = RunTarget(store_uri(stores), place.experiment_id)
    assert worker.run(job(spec("a")), target, small_dataset()) is None


def test_what_goes_wrong_comes_back_as_data(worker, place, stores, monkeypatch):
    target = RunTarget(store_uri(stores), place.experiment_id)
    answer = worker.run(job(spec("a", variant="tanh", depth=0)), target, small_dataset())
    assert isinstance(answer, Failure)
    assert answer.kind == "error"
    assert "Traceback" in answer.details


def test_a_worker_adopts_no_run_and_hides_its_credentials(monkeypatch):
    monkeypatch.setenv("MLFLOW_RUN_ID", "the sweep's own")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "")
    setup = WorkerSetup("cpu", 1, {"MLFLOW_TRACKING_PASSWORD": "secret"})
    assert "secret" not in repr(setup)
    facts = RemoteWorker(pickle.loads(pickle.dumps(setup))).facts()
    assert "MLFLOW_RUN_ID" not in os.environ
    assert os.environ["MLFLOW_TRACKING_PASSWORD"] == "secret"
    assert facts.versions == local_versions()


@pytest.mark.parametrize(
    "arguments", [["--executor", "rya"], ["--executor", "local", "--workers", "2"]]
)
def test_the_command_line_says_it_and_creates_nothing(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    write_sweep(tmp_path / "s.yaml")
    result = CliRunner().invoke(app, ["sweep", "s.yaml", *arguments])
    assert isinstance(result.exception, UserError)
    assert "executor" in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


class NoDevices(LocalDevices):
    """Devices that cannot be had."""

    def start(self, config, datasets, begun):
        raise UserError("no Ray today")


def test_devices_that_cannot_be_had_leave_no_store_behind(tmp_path):
    """The lock comes first: another driver would be refused before it starts a Ray."""
    with pytest.raises(UserError, match="no Ray today"):
        sweep(tmp_path, devices=NoDevices())
    lock, *others = sorted(path.name for path in tmp_path.iterdir())
    assert fnmatch(lock, "optuna.db.small.*.lock")
    assert others == ["small.yaml"]
