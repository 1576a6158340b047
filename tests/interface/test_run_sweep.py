"""A sweep from Python: quiet, in any thread, twice in a process, with mistakes as exceptions."""

import gc
import os
import signal
import threading
import warnings

import pytest
import torch
from small_sweep import ONE_PACK
from sweep_builders import all_runs, small_dataset, store_uri, values, write_values

import glorot_sweep
from glorot_sweep.errors import UserError
from glorot_sweep.interface.columns import FRAMES
from glorot_sweep.sweep import job

CONTENT = values({**ONE_PACK, "paper": "none"})


@pytest.fixture
def small_images(monkeypatch):
    monkeypatch.setattr(
        job, "load_datasets", lambda names, *_, **__: {name: small_dataset(name) for name in names}
    )


@pytest.fixture
def run(stores, small_images):
    """Runs a question in the test's stores."""

    def run(question, **given):
        where = {"tracking_uri": store_uri(stores), "experiment": "tests",
                 "storage": f"sqlite:///{stores / 'optuna.db'}"}  # fmt: skip
        return glorot_sweep.run_sweep(question, **{**where, "report": False, **given})

    return run


def surroundings():
    """What a process has beside the work."""
    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    before = os.umask(0o022)
    os.umask(before)
    return handlers, before, torch.get_num_threads(), list(warnings.filters), gc.isenabled()


@pytest.mark.slow
def test_it_prints_nothing_tells_who_asks_and_leaves_the_process_as_it_was(run, capfd):
    before, events = surroundings(), []
    sweep = run(CONTENT, progress=events.append, report=True)
    assert capfd.readouterr() == ("", "")
    assert surroundings() == before
    assert {one.phase for one in events} == {"search", "replicates"}
    for phase in ("search", "replicates"):
        last = [one for one in events if one.phase == phase][-1]
        assert (last.done, last.updates_done) == (last.total, last.updates_total)
    assert all(isinstance(one, glorot_sweep.ProgressEvent) for one in events)
    assert sweep.state == "complete"
    assert sweep.page.startswith("<!doctype html>")
    assert sweep.doubts == []
    assert len(sweep.figure("learning_rate").axes) > 0
    for name, columns in FRAMES.items():
        assert list(getattr(sweep, name).columns) == list(columns)
    assert len(sweep.answers) == 1
    images = small_dataset().test.images.numpy()
    answered = sweep.model("tanh").predict(images)
    assert set(answered["label"]) <= {"a", "b", "c", "d"}
    assert len(answered) == len(images)


@pytest.mark.slow
def test_each_form_of_a_question_is_one_sweep_with_the_same_numbers(run, tmp_path, stores):
    path = write_values(tmp_path / "small.yaml", CONTENT)
    first = run(path)
    runs = len(all_runs(first._place))
    for question in (CONTENT, glorot_sweep.SweepConfig.model_validate(CONTENT)):
        again = run(question)
        assert again.config.hash() == first.config.hash()
        assert again.replicates.equals(first.replicates)
    assert len(all_runs(first._place)) == runs  # it was recognized as complete

    other = run({**CONTENT, "name": "other"}, progress=None)
    for of_both in ("trials", "replicates"):
        numbers = [
            getattr(one, of_both)[["learning_rate", "validation_error"]] for one in (first, other)
        ]
        assert numbers[0].equals(numbers[1])


@pytest.mark.slow
def test_it_runs_in_a_thread(run, capfd):
    found = []
    thread = threading.Thread(target=lambda: found.append(run(CONTENT)))
    thread.start()
    thread.join()
    assert [one.state for one in found] == ["complete"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_ctrl_c_stops_it_and_the_same_call_goes_on(run, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    sent = []

    def interrupt(event):
        if not sent and event.updates_done:
            sent.append(event)
            os.kill(os.getpid(), signal.SIGINT)

    try:
        with pytest.raises(KeyboardInterrupt):
            run(CONTENT, progress=interrupt)
    finally:
        signal.signal(signal.SIGINT, before)
    assert sent
    assert run(CONTENT, report=True).state == "complete"


@pytest.mark.slow
def test_what_a_function_of_progress_raises_ends_the_sweep_and_reaches_the_caller(run):
    def refuse(event):
        if event.updates_done:
            raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        run(CONTENT, progress=refuse)
    assert run(CONTENT).state == "complete"


@pytest.mark.parametrize(
    ("question", "given", "part"),
    [
        ({**CONTENT, "datasets": ["mnits"]}, {}, "datasets: unknown data set 'mnits'"),
        ("none.yaml", {}, "no such sweep file"),
        (CONTENT, {"executor": "rya"}, "unknown executor 'rya'; did you mean 'ray'"),
        (CONTENT, {"workers": 2}, "need --executor ray"),
        (CONTENT, {"progress": "bra"}, "progress must be None, 'bar' or a function"),
        (CONTENT, {"tracking_uri": "file:x"}, "file store"),
    ],
)
def test_a_mistake_is_an_exception_and_nothing_is_made(
    tmp_path, monkeypatch, question, given, part
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=part):
        glorot_sweep.run_sweep(question, **given)
    assert list(tmp_path.iterdir()) == []


def test_ray_is_refused_in_a_thread(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = []

    def work():
        try:
            glorot_sweep.run_sweep(CONTENT, executor="ray")
        except UserError as error:
            told.append(str(error))

    thread = threading.Thread(target=work, name="helper")
    thread.start()
    thread.join()
    assert "main thread alone; this call came from helper" in told[0]


def test_a_sweep_that_is_not_there_is_refused_and_no_store_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="there is no tracking store"):
        glorot_sweep.load_sweep("none")
    assert list(tmp_path.iterdir()) == []
