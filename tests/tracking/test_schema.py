"""What is written to MLflow through the schema is read back through it, or refused by name."""

import dataclasses
import math

import pytest
from run_builders import record, write, write_ended
from sweep_builders import spec

from glorot_sweep.errors import UserError
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import Pretraining
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.records import RunRecord, get_run
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.beside import SvmRun
from glorot_sweep.tracking.schema.fields import (
    PLACES,
    StoredRunError,
    metrics_of,
    params_of,
    stored_fields,
    tags_of,
)
from glorot_sweep.tracking.schema.names import (
    SCHEMA_VERSION,
    Metric,
    MetricFamily,
    Param,
    Tag,
    TagFamily,
)
from glorot_sweep.tracking.schema.report import TableMeans
from glorot_sweep.tracking.schema.runs import kind_of, read
from glorot_sweep.tracking.schema.trained import ReplicateRun, TrialRun, specified

from .schema_examples import KINDS, differing, example


def raw(run, **changes):
    """The run as MLflow would return it."""
    start = RunRecord(
        "5e7", "1", run.name, run.status.value, tags_of(run), params_of(run), metrics_of(run),
        "", 0,
    )  # fmt: skip
    return dataclasses.replace(start, **changes)


def without(run, place, name):
    entries = {key: value for key, value in getattr(run, place).items() if key != name}
    return dataclasses.replace(run, **{place: entries})


def with_value(run, place, name, value):
    return dataclasses.replace(run, **{place: {**getattr(run, place), str(name): value}})


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_field_is_written_and_read_back(place, kind):
    runs = RunStore(place.client, place.experiment_id)
    run = example(kind)
    writer = write_ended(runs, run)
    back = read(kind, get_run(place.client, writer.run_id))
    assert differing(run, back) == {}
    assert (back.state, back.status) == (State.GIVEN_UP, Status.FAILED)
    assert (back.run_id, back.name) == (writer.run_id, "an example")
    assert back.started > 1.6e12


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_examples_say_something_in_every_field(kind):
    run = example(kind)
    fields = [one for one, _ in stored_fields(kind)]
    assert [one.name for one in fields if getattr(run, one.name) == one.default] == []
    values = [repr(getattr(run, one.name)) for one in fields if one.name != "schema_version"]
    assert len(set(values) - {"1"}) >= len(values) - 2  # attempt and version are both 1


def test_every_name_has_a_field_but_that_of_the_tree():
    """MLflow itself shows a run below its parent; nothing here reads that."""
    used = {name for kind in KINDS for _, where in stored_fields(kind) for name in where.names}
    named = {name for names in (Tag, TagFamily, Param, Metric, MetricFamily) for name in names}
    assert {str(name) for name in named - used} == {Tag.PARENT}


def test_a_specification_is_written_whole():
    variant, each = VARIANTS["tanh_pretrained"], Pretraining(20, 0.05, 0.25)
    found = params_of(
        specified(spec(variant=variant.name, depth=3, pretraining=each, damping=0.02))
    )
    assert found == {
        "activation": "tanh", "batch_size": "10", "damping": "0.02", "data_seed": "2",
        "depth": "3", "initialization": "standard", "input_scaling": "unit",
        "layer_widths": "16-16-16", "learning_rate": "0.1", "log10_learning_rate": "-1.000000",
        "matmul_precision": "highest", "step_rule": "sgd", "noise": "0.25",
        "pretraining_rate": "0.05", "pretraining_updates": "20", "updates": "30",
        "weight_seed": "1", "width": "16", "window": "1",
    }  # fmt: skip


def test_a_schedule_and_a_decay_are_written_where_there_is_one():
    """Runs without them are stored as they were before there were any."""
    plain, cosine, decaying = (
        params_of(specified(spec(variant=name)))
        for name in ("tanh_n", "tanh_n_cosine", "tanh_n_adamw")
    )
    assert cosine == {**plain, "schedule": "cosine"}
    assert decaying == {**plain, "step_rule": "adamw", "weight_decay": "0.01"}


def named(value):
    return getattr(value, "__name__", str(value))


REQUIRED = [
    (kind, name)
    for kind in KINDS
    for one, where in stored_fields(kind)
    for name in where.names[:1]
    if one.default is dataclasses.MISSING and not isinstance(name, (TagFamily, MetricFamily))
]


@pytest.mark.parametrize(
    ("kind", "name"), REQUIRED, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_missing_field_is_one_error_that_names_the_run_and_it(kind, name):
    where = PLACES[type(name)]
    run = without(raw(example(kind)), where, name)
    with pytest.raises(UserError) as caught:
        read(kind, run)
    assert f"the run 'an example' (5e7) has no {where[:-1]} {name}," in str(caught.value)


NUMBERS = [
    (kind, name)
    for kind in KINDS
    for _, where in stored_fields(kind)
    for name in where.names[:1]
    if "number" in where.spelling.rule and isinstance(name, (Tag, Param))
]


@pytest.mark.parametrize(
    ("kind", "name"), NUMBERS, ids=lambda value: getattr(value, "__name__", value)
)
@pytest.mark.parametrize("value", ["", "many", "nan"])
def test_an_ill_formed_number_is_one_error_that_names_the_run_and_it(kind, name, value):
    run = with_value(raw(example(kind)), PLACES[type(name)], name, value)
    with pytest.raises(StoredRunError) as caught:
        read(kind, run)
    said = f"the run 'an example' (5e7) has {name} = {value!r}, which must be "
    assert said in str(caught.value)
    assert "number" in str(caught.value)


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("metric", [Metric.OBJECTIVE, Metric.TEST_ERROR, Metric.UPDATES_DONE])
def test_a_metric_that_is_no_number_is_refused(metric, value):
    run = with_value(raw(example(ReplicateRun)), "metrics", metric, value)
    with pytest.raises(StoredRunError, match=rf"\(5e7\) has {metric} = {value!r}, which must be"):
        read(ReplicateRun, run)


@pytest.mark.slow
def test_nan_is_refused_as_a_real_store_returns_it(place):
    writer = write(RunStore(place.client, place.experiment_id), record("trial", "running"))
    place.client.log_metric(writer.run_id, Metric.OBJECTIVE, math.nan)
    with pytest.raises(StoredRunError, match=rf"\({writer.run_id}\) has objective = nan"):
        read(TrialRun, get_run(place.client, writer.run_id))


def test_a_message_is_no_longer_than_can_be_read():
    run = with_value(raw(example(ReplicateRun)), "params", Param.DEPTH, "9" * 5000)
    with pytest.raises(StoredRunError, match=r"has depth = '9{40,60} \.\. 9{40,60}', which"):
        read(ReplicateRun, run)


def test_half_a_whole_number_is_refused():
    run = with_value(raw(example(ReplicateRun)), "metrics", Metric.UPDATES_DONE, 2.5)
    with pytest.raises(StoredRunError, match=r"updates_done = 2\.5, which must be a whole number"):
        read(ReplicateRun, run)


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        (Tag.STATE, "given_up", "a state's word"),
        (Tag.KIND, "novel", "one of sweep, study, trial"),
        (Tag.SCHEMA_VERSION, "one", "a whole number"),
    ],
)
def test_a_word_that_is_unknown_is_refused(name, value, rule):
    run = with_value(raw(example(TrialRun)), "tags", name, value)
    with pytest.raises(
        StoredRunError, match=rf"\(5e7\) has {name} = '{value}', which must be {rule}"
    ):
        read(TrialRun, run)


def test_a_metric_that_a_caller_needs_is_named_if_it_is_missing():
    run = record("replicate", test_error=12.5)
    assert run.needs(Metric.TEST_ERROR) == 12.5
    with pytest.raises(StoredRunError, match=r"run 'n' \(r\) has no metric final/validation_error"):
        run.needs(Metric.VALIDATION_ERROR)


def test_a_run_of_a_newer_version_is_refused_by_name():
    run = raw(example(TrialRun))
    newer = with_value(run, "tags", Tag.SCHEMA_VERSION, str(SCHEMA_VERSION + 1))
    said = (
        r"run 'an example' \(5e7\) was made by a newer version of glorot_sweep: its "
        r"schema_version is 2, .* up to 1\. Install the newer version"
    )
    with pytest.raises(UserError, match=said):
        read(TrialRun, newer)
    with pytest.raises(UserError, match=said):  # whatever kinds a newer version has
        kind_of(with_value(newer, "tags", Tag.KIND, "novel"))


def test_what_runs_of_older_versions_lack_has_a_stated_value():
    """They had plain SGD, equal widths and full precision alone, and no pre-training."""
    run = raw(record("trial"))
    for name in ("damping", "matmul_precision", "step_rule", "noise", "pretraining_rate",
                 "pretraining_updates"):  # fmt: skip
        run = without(run, "params", name)
    for name in (Tag.LIBRARIES, Tag.DEVICE_TYPE, Tag.DEVICE, Tag.PACK_SIZE, Tag.SCHEMA_VERSION):
        run = without(run, "tags", name)
    back = read(TrialRun, run)
    assert (back.schema_version, back.layer_widths, back.unequal_widths) == (0, None, ())
    assert (back.step_rule, back.damping, back.matmul_precision) == ("sgd", 0.0, "highest")
    assert (back.pretraining_updates, back.pretraining_rate, back.noise) == (0, 0.0, 0.0)
    assert (back.device, back.pack_size, back.libraries) == (None, None, None)


def test_the_tables_means_keep_the_names_that_earlier_reports_have():
    means = TableMeans(
        table_1={"shapeset_tanh_percent": 27.0}, results={}, beyond={"mnist_relu_percent": 2.0}
    )
    assert metrics_of(means) == {
        "table1/shapeset_tanh_percent": 27.0, "further/mnist_relu_percent": 2.0,
    }  # fmt: skip


def test_widths_are_told_where_they_differ():
    assert record("trial", layer_widths=(16, 16)).unequal_widths == ()
    assert record("trial", layer_widths=(12, 16)).unequal_widths == (12, 16)


def test_every_run_that_is_opened_carries_the_version(place):
    runs = RunStore(place.client, place.experiment_id)
    project = place.client.create_run(place.experiment_id).info.run_id
    old = place.client.create_run(place.experiment_id).info.run_id
    opened = [runs.create("a", {}), runs.adopt(project, "b", {}), runs.reopen(old, {})]
    for writer in opened:
        assert get_run(place.client, writer.run_id).tags["schema_version"] == "1"


def test_what_the_project_has_not_marked_is_of_no_kind(place):
    made = place.client.create_run(place.experiment_id)
    assert kind_of(get_run(place.client, made.info.run_id)) is None


def test_a_machine_keeps_both_names_of_its_data_set():
    back = read(SvmRun, raw(record("baseline", dataset="shapeset_finite_9")))
    assert (back.dataset, back.requested) == ("shapeset_finite_9", "shapeset")
