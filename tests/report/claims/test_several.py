"""One claim and the answers of several sweeps."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from report_builders import cell, collected

from glorot_sweep.report.claims.claim import Claim, Ground, MissingRunsError, Needs
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.claims.several import judge_several
from glorot_sweep.report.evidence import Evidence


def sweep(name, error, width=1000):
    """Evidence whose tanh has this error; None: there is no tanh."""
    made = collected([cell("tanh" if error is not None else "relu", [error or 1.0] * 2)])
    config = made.config.model_copy(update={"name": name})
    config = config.model_copy(update={"network": config.network.model_copy(
        update={"width": width})})  # fmt: skip
    return Evidence(replace(made, config=config))


def below_50(evidence):
    found = evidence.sweep.cells.get(("table_depth", "shapeset", "tanh"))
    if found is None:
        raise MissingRunsError("no tanh")
    name, config = evidence.sweep.config.name, evidence.sweep.config
    measured = Measurement(sources=[Source((f"{name}-run",), width=config.network.width)])
    measured.below("error, percent", found.errors.mean(), 50.0)
    return measured


CLAIM = Claim("C1", Ground.END, "It is low.", "below 50", Needs("F", width=1000), below_50)


def judged(*evidence):
    return judge_several([CLAIM], evidence)[0]


def test_the_sweep_that_answers_is_named():
    found = judged(sweep("none", None), sweep("good", 40.0))
    assert (found.verdict, found.here) == ("CONFIRMED", "HOLDS")
    assert [answer.sweep for answer in found.answers] == ["good"]
    assert found.run_ids == ("good-run",)


def test_a_claim_across_sweeps_is_judged_on_the_runs_of_all():
    def on_both(evidence):
        ids = tuple(run.run_id for run in evidence.runs if run.run_id not in {"no-run", "none"})
        if not ids:
            raise MissingRunsError("none of its own")
        measured = Measurement(sources=[Source(ids, width=1000)])
        measured.above("data sets", len(ids), 1.5)
        return measured

    claim = replace(CLAIM, test=on_both, is_across=True)
    parts = [
        replace(sweep(name, 40.0), runs=(monitored_on(dataset, f"{name}-run"),))
        for name, dataset in (("one", "mnist"), ("two", "cifar10"))
    ]
    assert judge_several([claim], parts[:1])[0].verdict == "CONTRADICTED"
    found = judge_several([claim], parts)[0]
    assert found.verdict == "CONFIRMED"
    assert [answer.sweep for answer in found.answers] == ["one, two"]
    others = replace(
        sweep("others", 40.0),
        runs=(monitored_on("mnist", "no-run"), monitored_on("mnist", "none", width=2000)),
    )
    assert judge_several([claim], [others, *parts])[0].run_ids == found.run_ids
    small = replace(sweep("small", 40.0), runs=(monitored_on("mnist", "small-run", width=100),))
    assert judge_several([claim], [small, *parts])[0] == found  # of a data set the largest alone


def monitored_on(dataset, run_id, width=1000):
    return SimpleNamespace(
        run_id=run_id, dataset=dataset, kind="monitored", width=width, updates=20_000
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_sweeps_that_answer_differently_leave_it_open_and_are_named(order):
    both = [sweep("low", 40.0), sweep("high", 60.0)]
    found = judged(*(both[index] for index in order))
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "OPEN")
    assert "low CONFIRMED" in found.reason
    assert "high CONTRADICTED" in found.reason


def test_a_small_sweep_contradicts_no_large_one():
    found = judged(sweep("small", 60.0, width=100), sweep("large", 40.0))
    assert (found.verdict, found.here) == ("CONFIRMED", "OPEN")
    assert "small DOES NOT HOLD (networks of 100 units)" in found.reason
    assert "large HOLDS (networks of 1,000 units)" in found.reason
    stays = "the paper's claim stays CONFIRMED by large, since the others cannot decide"
    assert stays in found.reason


def test_small_sweeps_that_differ_leave_nothing_to_stay():
    found = judged(sweep("one", 60.0, width=100), sweep("two", 40.0, width=100))
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "OPEN")
    assert "stays" not in found.reason


def test_sweeps_that_agree_are_all_named():
    found = judged(sweep("small", 40.0, width=100), sweep("large", 40.0), sweep("again", 45.0))
    assert (found.verdict, found.here, found.reason) == ("CONFIRMED", "HOLDS", "")
    assert [answer.sweep for answer in found.answers] == ["small", "large", "again"]
    assert found.run_ids == ("large-run",)


def test_none_of_them_can_say_anything():
    found = judged(sweep("a", None), sweep("b", None))
    assert (found.verdict, found.reason, found.answers) == ("INCONCLUSIVE", "no tanh", ())
