"""When runs are looked into, and which runs are made to be looked into."""

import pytest
from sweep_builders import config

from glorot_sweep.config.statistics import StatisticsConfig
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.contents.statistics import statistics_spec

LONG = {"updates": 300}


def monitored_specs(settings):
    return [task.spec for task in monitored_tasks(settings)]


def test_economy_takes_details_at_both_ends_of_replicates_only():
    economy = StatisticsConfig()
    trial, replicate, monitored = (
        statistics_spec(economy, 300, purpose) for purpose in ("trial", "replicate", "monitored")
    )
    assert trial.updates == replicate.updates == (0, 100, 200, 300)
    assert (trial.detailed_at, replicate.detailed_at) == ((), (0, 300))
    assert monitored.updates == (0, 100, 130, 160, 200, 250, 300)
    assert monitored.detailed_at == (0, 300)


def test_full_takes_everything_at_every_look():
    spec = statistics_spec(StatisticsConfig(cost="full", saturation_bound=0.95), 300, "trial")
    assert spec.detailed_at == spec.updates == (0, 100, 200, 300)
    assert spec.saturation_bound == 0.95


def test_none_looks_at_nothing():
    assert statistics_spec(StatisticsConfig(cost="none"), 300, "replicate").updates == ()


def test_given_updates_are_kept_as_far_as_the_run_goes():
    spec = statistics_spec(StatisticsConfig(updates=(1, 30, 40, 50)), 40, "trial")
    assert spec.updates == (0, 1, 30, 40)


def test_where_widths_give_the_depth_the_sigmoid_has_no_layer_less():
    settings = {"network": {"widths": [10, 20, 30], "batch_size": 10}, "monitored": LONG,
                "variants": ["sigmoid"], "search.depth": {"low": 3, "high": 3},
                "search.table_depth": 3}  # fmt: skip
    assert [spec.depth for spec in monitored_specs(config(settings))] == [3]


def test_without_the_section_there_are_no_monitored_runs():
    assert monitored_tasks(config()) == []


def test_by_default_every_variant_at_table_depth_and_the_sigmoid_one_layer_less_too():
    specs = monitored_specs(
        config(
            {"monitored": LONG, "variants": ["sigmoid", "tanh"], "datasets": ["mnist", "shapeset"]}
        )
    )
    assert [(s.variant.name, s.depth) for s in specs] == [
        ("sigmoid", 1),
        ("sigmoid", 2),
        ("tanh", 2),
    ]
    assert {s.dataset for s in specs} == {"mnist"}
    assert {(s.width, s.learning_rate, s.purpose) for s in specs} == {(16, 0.05, "monitored")}
    assert specs[0].key == "monitored/sigmoid/mnist/d1/lr0.05/seed0"


def test_rates_that_differ_in_their_last_digit_are_two_runs():
    rates = [0.1, 0.10000001, 0.1000000000000001, 1e-05, 1.0000001e-05]
    section = {"updates": 100, "learning_rates": rates}
    specs = monitored_specs(config({"monitored": section, "variants": ["tanh"]}))
    assert [spec.learning_rate for spec in specs] == rates
    assert len({spec.key for spec in specs}) == len({spec.name for spec in specs}) == len(rates)


@pytest.fixture
def many():
    section = {
        "updates": 300,
        "learning_rates": [0.01, 0.05],
        "seeds": 2,
        "width": 24,
        "depths": {"tanh": [1, 3]},
    }
    return monitored_specs(config({"monitored": section}))


def test_every_combination_once(many):
    assert len({s.key for s in many}) == len(many) == 8
    assert {(s.depth, s.learning_rate) for s in many} == {
        (1, 0.01), (1, 0.05), (3, 0.01), (3, 0.05),
    }  # fmt: skip
    assert {s.width for s in many} == {24}


def test_a_seed_is_one_stream_and_learning_rates_start_from_the_same_weights(many):
    streams = {s.key[-1]: s.data_seed for s in many}
    assert len(set(streams.values())) == 2
    weights = {(s.depth, s.key[-1]): s.weight_seed for s in many}
    assert len(set(weights.values())) == 4
    assert all(s.weight_seed == weights[s.depth, s.key[-1]] for s in many)
