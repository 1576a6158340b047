"""A trial that raises, or takes its process with it, is found and given up; the others complete."""

import pytest
from sweep_builders import by_name

from faults.sweep_process import PATIENCE
from faults.wholeness import assert_nothing_is_left_to_do, read_sweep
from glorot_sweep.tracking.records import read_text

pytestmark = pytest.mark.faults

POISON = "tanh-shapeset-t001"


def assert_only_the_poison_is_missing(sweep, undisturbed, said, details):
    found = read_sweep(sweep)
    assert f"{POISON} is given up" in said
    run = by_name(sweep.place)[POISON]
    assert run.info.status == "FAILED"
    assert {"state": "failed", "given_up": "true"}.items() <= run.data.tags.items()
    assert details in read_text(sweep.place.client, run.info.run_id, "failure.txt")
    assert found.trials[POISON][0] == "FAIL"
    assert "RUNNING" not in {status for status, *_ in found.runs.values()}
    assert set(found.points.values()) == {1}
    assert len(found.trials) == 8
    # The first generation of this study, and all of the other: the sampler has not yet seen that
    # a trial is missing.
    others = [
        key for key in undisturbed.trials
        if key != POISON and (key.startswith("tanh_n") or key.endswith(("t000", "t001")))
    ]  # fmt: skip
    for key in others:
        assert found.trials[key] == undisturbed.trials[key]
        assert _points(found, key) == _points(undisturbed, key)
    finished = [state for state, *_ in found.trials.values() if state in {"COMPLETE", "PRUNED"}]
    assert len(finished) == 7
    assert_nothing_is_left_to_do(sweep)


def _points(whole, name):
    return {point: count for point, count in whole.points.items() if point[0] == name}


@pytest.mark.parametrize(
    ("executor", "fault", "details"),
    [("local", "raise", "ValueError: poison in a pack of 1"),
     ("ray", "abort", "the worker died")],
)  # fmt: skip
def test_a_poison_trial_is_given_up_and_no_other(
    sweep, undisturbed, request, executor, fault, details
):
    if executor == "ray":
        request.getfixturevalue("ray_sweep").use_ray(workers=2)
    said = sweep.finish(f"{fault}:{POISON}")
    assert_only_the_poison_is_missing(sweep, undisturbed, said, details)
    report = by_name(sweep.place)["tiny-report"]
    page = read_text(sweep.place.client, report.info.run_id, "report/report.html")
    assert POISON in page


def test_too_many_failures_end_the_sweep_and_it_continues(sweep):
    """So many that nothing is given up for good: the next start tries all of them again."""
    sweep.change("execution", max_failed=0)
    process = sweep.start(f"raise:{POISON}")
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "more than execution.max_failed allows (0)" in said
    assert "Traceback" not in said
    assert len([line for line in said.splitlines() if line.startswith("error: ")]) == 1
    assert "RUNNING" not in {status for status, _ in sweep.outcomes()}
    sweep.finish()
    assert "RUNNING" not in {status for status, _ in sweep.outcomes()}
    found = read_sweep(sweep)
    assert len(found.trials) == 8
    assert_nothing_is_left_to_do(sweep)
