"""What the run of a study says of its winners, before and after its sweep has grown."""

from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.replicates import Candidate, Winner
from glorot_sweep.sweep.records.study_runs import finish_study_run
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.studies import RangeEdges

FIRST = Winner("shapeset", "tanh", Candidate(1, Hyperparameters(0.1, 2), 30.0), True, True, 0)
BETTER = Winner("shapeset", "tanh", Candidate(7, Hyperparameters(0.05, 2), 20.0), True, True, 0)


def test_after_a_growth_it_says_nothing_of_winners_that_are_none_any_more(place):
    client = place.client
    run = RunStore(client, place.experiment_id).create("tanh", {"kind": "study"})
    words = {"range_edges": "1 of 1 groups", "best_range_edges": "1 of 1 groups"}
    edges = RangeEdges(range_edge={"0": "low"}, best_range_edge={"0": "low"}, **words)
    finish_study_run(run, [FIRST], edges)
    tags = client.get_run(run.run_id).data.tags
    assert {"range_edge.g0", "best_range_edge.g0", *words} <= tags.keys()
    finish_study_run(run, [BETTER], RangeEdges(), growths=1)
    found = client.get_run(run.run_id).data
    assert not [name for name in found.tags if "range_edge" in name]
    assert found.metrics["best/validation_error_percent"] == 20.0
    points = client.get_metric_history(run.run_id, "best/validation_error_percent")
    assert [(point.step, point.value) for point in points] == [(0, 30.0), (1, 20.0)]
