"""Runs that the evidence left out are mentioned where they would have been used."""

import pytest

from glorot_sweep.report.evidence import Evidence, Problem
from glorot_sweep.report.figures.left_out import left_out
from glorot_sweep.tracking.schema.names import Kind

from .builders import FIGURES, init_study, monitored, replicate, sweep_of, trial

EMPTY = monitored("tanh", 1).statistics[:0]
MONITORED = [monitored(v, 2, statistics=EMPTY) for v in ("sigmoid", "tanh", "tanh_n", "softsign")]
REPLICATES = [replicate("tanh"), replicate("tanh", dataset="mnist")]
SWEEP = sweep_of([*MONITORED, *REPLICATES], [trial("tanh", "shapeset", 0)])


def mentioning(run_id, init_studies=None):
    """The figures that mention a run which nothing else but its record is left of."""
    kind = {run.run_id: run.kind for run in SWEEP.runs}.get(run_id, Kind.INIT_STUDY)
    problem = Problem(run_id, "the run", kind, "it is torn")
    evidence = Evidence(SWEEP, (), init_studies or {}, (problem,))
    found = {name: left_out(evidence, figure.sources) for name, figure in FIGURES.items()}
    assert {said for said in found.values() if said} <= {("run the run left out: it is torn",)}
    return {name for name, said in found.items() if said}


INITIAL = {"figure_6", "figure_7", "figure_8", "jacobian"}


@pytest.mark.parametrize(
    ("variant", "figures"),
    [
        ("sigmoid", {"figure_2"}),
        ("tanh", {"figure_3", "figure_4", "figure_9", *INITIAL}),
        ("tanh_n", {"figure_9", "figure_10", *INITIAL}),
        ("softsign", {"figure_3", "figure_4"}),
    ],
)
def test_a_monitored_run(variant, figures):
    (run,) = [run for run in MONITORED if run.variant == variant]
    assert mentioning(run.run_id) == figures


def test_a_monitored_run_is_not_missed_at_initialization_if_there_is_a_study():
    assert mentioning(MONITORED[1].run_id, {"shapeset": init_study(seeds=1)}) == {
        "figure_3",
        "figure_4",
        "figure_9",
    }


def test_a_replicate_belongs_to_its_data_set():
    assert mentioning(REPLICATES[0].run_id) == {"figure_11"}
    assert mentioning(REPLICATES[1].run_id) == {"figure_12"}


def test_a_trial():
    assert mentioning("tanh-shapeset-t000") == {"learning_rate", "best_of_trials"}


def test_a_run_that_is_not_the_sweeps_is_a_study():
    assert mentioning("unknown") == {"figure_5", *INITIAL}


def test_a_replicate_that_lacks_its_statistics_alone_is_not_missing():
    """Its curve is there, and that is all that figure 11 needs."""
    problem = Problem(REPLICATES[0].run_id, "the run", Kind.REPLICATE, "it has no statistics")
    evidence = Evidence(SWEEP, (REPLICATES[0],), {}, (problem,))
    assert left_out(evidence, FIGURES["figure_11"].sources) == ()
