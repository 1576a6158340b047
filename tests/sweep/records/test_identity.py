"""What may change between two starts of a sweep, and what is said of the rest."""

from dataclasses import replace

import pytest
from sweep_builders import NOTE, config, on_torch, spec

from glorot_sweep.engine.choice import Resolved
from glorot_sweep.errors import UserError
from glorot_sweep.host.provenance import Provenance
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.sweep.records import opening
from glorot_sweep.sweep.records.identity import LONGEST_CHANGE, identity_of, row_of
from glorot_sweep.sweep.records.opening import open_sweep
from glorot_sweep.sweep.records.recording import RunPlan, open_run
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.records import find_runs
from glorot_sweep.tracking.schema.runs import SweepRun, read
from glorot_sweep.tracking.sweeps import read_config, read_identity

DIGESTS = {"shapeset": "a digest"}
MADE_WITH = Provenance("c0de", {"scipy": "1.17.1", "torch": "2.13.0"}, "a processor")
OTHERS = {
    "code: c0de -> beef": replace(MADE_WITH, code="beef"),
    "torch: 2.13.0 -> 2.14.0": replace(MADE_WITH, libraries={"scipy": "1.17.1", "torch": "2.14.0"}),
    "processor: a processor -> another": replace(MADE_WITH, device_type="another"),
}


def opened(
    place, made_with=MADE_WITH, digests=DIGESTS, *, accept=False, changes=None, engines=None
):
    settings = config(changes)
    engines = engines or on_torch(settings)
    with Lease("small") as lease:
        return open_sweep(
            settings, "the file", digests, place, made_with, engines, lease, accept_change=accept
        )


def accepted(sweep, variant="tanh"):
    """What the runs of a variant say was accepted."""
    return sweep.tags_for(variant).get("accepted_change")


def of_kind(place, kind):
    return find_runs(place.client, [place.experiment_id], kind=kind)


@pytest.mark.parametrize(("said", "made_with"), OTHERS.items(), ids=list(OTHERS))
def test_a_continuation_with_something_else_is_refused_or_accepted_by_name(place, said, made_with):
    first = opened(place)
    with pytest.raises(UserError) as caught:
        opened(place, made_with)
    message = str(caught.value)
    assert f"  {said}\n" in message
    assert "give the sweep another name" in message
    assert "--accept-changed-code" in message
    assert len(message.splitlines()) == 3
    again = opened(place, made_with, accept=True)
    assert again.run.run_id == first.run.run_id
    assert accepted(again) == said
    assert of_kind(place, "sweep")[0].tags["accepted_change"] == said
    third = opened(place, made_with)  # accepted once is accepted, and still said
    assert accepted(third) == said
    with pytest.raises(UserError, match=" -> "):
        opened(place, MADE_WITH)  # and back is a change too


def test_another_row_of_a_variant_is_another_sweep(place, monkeypatch):
    opened(place)
    changed = replace(VARIANTS["tanh"], activation="softsign")
    monkeypatch.setitem(VARIANTS, "tanh", changed)
    with pytest.raises(UserError, match="variant tanh: activation: tanh -> softsign"):
        opened(place)


def test_a_label_changes_no_number():
    tanh = VARIANTS["tanh"]
    assert row_of(replace(tanh, label="Tangens hyperbolicus")) == row_of(tanh)
    assert row_of(replace(tanh, cost="quadratic")) != row_of(tanh)


def test_another_schedule_or_decay_is_another_row():
    """And none is the row that sweeps have stored since before there were any."""
    tanh = VARIANTS["tanh"]
    assert row_of(tanh).keys() == {
        "activation", "initialization", "cost", "step_rule", "pretrained", "profile"
    }  # fmt: skip
    assert row_of(replace(tanh, schedule="cosine")) == {**row_of(tanh), "schedule": "cosine"}
    assert row_of(replace(tanh, weight_decay=0.1)) == {**row_of(tanh), "weight_decay": 0.1}


@pytest.mark.slow
def test_other_data_are_refused_or_accepted_by_name(place):
    opened(place)
    with pytest.raises(UserError, match="  data set shapeset: a digest -> other\n"):
        opened(place, digests={"shapeset": "other"})
    again = opened(place, digests={"shapeset": "other"}, accept=True)
    assert accepted(again) == "data set shapeset: a digest -> other"
    (sweep,) = of_kind(place, "sweep")
    assert sweep.tags["digest.shapeset"] == "other"


def test_another_configuration_cannot_be_accepted(place):
    opened(place)
    with pytest.raises(UserError, match="another configuration"):
        opened(place, accept=True, changes={"seed": 4})
    with pytest.raises(UserError, match="written before the sweep begins and stays as it is"):
        opened(place, changes={"preregistered": "0f6fe30"})


@pytest.mark.slow
def test_a_complete_sweep_is_shown_by_any_code_but_of_its_own_data(place, monkeypatch):
    monkeypatch.setattr(opening, "lacking", lambda *_: [])
    opened(place).run.finish(State.COMPLETE)
    for made_with in OTHERS.values():
        assert opened(place, made_with).is_complete
    with pytest.raises(UserError, match="data set shapeset"):
        opened(place, digests={"shapeset": "other"})


@pytest.mark.slow
def test_what_has_not_ended_is_trained_anew_by_the_code_that_ends_it(place):
    """A run is never of two kinds: the points of both would stand in one curve."""
    sweep = opened(place)
    for key in ("ended", "unfinished"):
        writer = open_run(sweep.runs, spec(key), RunPlan(None, sweep.tags_for("tanh")), NOTE)
        if key == "ended":
            writer.client.log_metric(writer.run_id, "updates_done", 30)
            writer.finish(State.COMPLETE)
    again = opened(place, OTHERS["code: c0de -> beef"], accept=True)
    assert set(again.existing) == {"ended"}
    assert [run.tags["key"] for run in of_kind(place, "trial")] == ["ended"]


@pytest.mark.slow
def test_a_sweep_of_the_version_before_goes_on_only_if_that_is_accepted(place):
    sweep = opened(place)
    before = {"config": config().identity(), "digests": DIGESTS}
    sweep.run.json(before, "config/sweep.json")
    with pytest.raises(UserError, match="code: c0de of an earlier version"):
        opened(place)
    for again in (opened(place, accept=True), opened(place)):
        assert accepted(again).startswith("code: c0de of an earlier")


@pytest.mark.slow
def test_another_processor_is_no_change_of_what_has_the_same_bits_on_all(place):
    """Beside a variant of which it is one: that one's runs say so, and the other's do not."""
    engines = {"tanh": Resolved("native"), "tanh_n": Resolved("torch")}
    opened(place, engines=engines)
    moved = replace(MADE_WITH, device_type="another, with AVX2")
    with pytest.raises(UserError, match="processor: a processor -> another, with AVX2"):
        opened(place, moved, engines=engines)
    there = opened(place, moved, accept=True, engines=engines)
    assert accepted(there, "tanh") is None
    assert accepted(there, "tanh_n") == "processor: a processor -> another, with AVX2"
    later = opened(place, replace(moved, code="beef"), accept=True, engines=engines)
    assert accepted(later, "tanh") == "code: c0de -> beef"
    assert accepted(later, "tanh_n").endswith("; code: c0de -> beef")
    (sweep,) = of_kind(place, "sweep")
    assert sweep.tags["accepted_change"] == accepted(later, "tanh_n")


def test_a_checkpoint_is_held_to_all_that_decides_numbers():
    settings = config({"variants": ["tanh"]})
    on_native = {"tanh": Resolved("native")}
    whole = {"data set shapeset": "a digest", **MADE_WITH.libraries}
    found = identity_of(settings, DIGESTS, MADE_WITH, on_torch(settings)).decisive()
    assert found == {**whole, "processor": "a processor"}
    assert identity_of(settings, DIGESTS, MADE_WITH, on_native).decisive() == whole


def test_many_accepted_changes_fit_into_a_tag(place):
    now = replace(
        identity_of(config(), DIGESTS, MADE_WITH, on_torch(config())), accepted=("long " * 40,) * 9
    )
    assert len(now.tags()["accepted_change"]) == LONGEST_CHANGE
    assert replace(now, accepted=()).tags() == {}


@pytest.mark.slow
def test_nothing_is_stored_when_a_change_is_refused(place):
    sweep = opened(place)
    before = read_identity(place.client, read(SweepRun, of_kind(place, "sweep")[0]))
    with pytest.raises(UserError):
        opened(place, OTHERS["code: c0de -> beef"])
    (after,) = (read(SweepRun, run) for run in of_kind(place, "sweep"))
    assert (after.run_id, read_identity(place.client, after)) == (sweep.run.run_id, before)
    assert after.code_hash == "c0de"


def stored_sweep(place):
    return read(SweepRun, of_kind(place, "sweep")[0])


def with_plugins(*plugins):
    return {"plugins": [Plugin(name, f"plugin_{name}", {"m": text}) for name, text in plugins]}


@pytest.mark.slow
def test_another_plugin_is_refused_or_accepted_by_name(place, monkeypatch):
    monkeypatch.setattr("glorot_sweep.config.plugins.import_plugins", lambda _: None)
    one, other = with_plugins(("own.py", "x = 1")), with_plugins(("own.py", "x = 2"))
    first = opened(place, changes=one)
    was, now = first.identity.plugins["own.py"], config(other).plugins[0].digest
    assert read_identity(place.client, stored_sweep(place))["plugins"] == {"own.py": was}
    opened(place, changes=one)
    said = f"plugin own.py: {was} -> {now}"
    with pytest.raises(UserError, match=f"  {said}\n"):
        opened(place, changes=other)
    with pytest.raises(UserError, match=f"  plugin own.py: {was} -> absent\n"):
        opened(place)
    more = with_plugins(("own.py", "x = 1"), ("more.py", "y = 1"))
    with pytest.raises(UserError, match=r"  plugin more\.py: absent -> "):
        opened(place, changes=more)
    grown = opened(place, changes={**more, "variants": ["tanh", "tanh_n", "relu"]})
    assert set(grown.identity.plugins) == {"own.py", "more.py"}
    assert accepted(opened(place, changes={**grown_from(grown), **other}, accept=True))


def grown_from(sweep):
    return {"variants": list(sweep.config.variants)}


def test_a_sweep_without_plugins_is_stored_as_before_there_were_any(place):
    assert "plugins" not in opened(place).identity.stored()


def labelled(label):
    own = {"mine": {"activation": "relu", "initialization": "he", "label": label}}
    return {"variants": ["tanh", "mine"], "own_variants": own}


@pytest.mark.slow
def test_a_label_may_change_at_any_time_and_is_had_from_the_server(place):
    for label in ("Mine", "Ours"):
        opened(place, changes=labelled(label))
        read_back = read_config(place, stored_sweep(place))
        assert read_back.rows["mine"].label == label
        assert read_back.rows["tanh"] == config().rows["tanh"]
    assert dict(stored_sweep(place).labels) == {"mine": "Ours"}  # the package has the others
    other = labelled("Ours")
    other["own_variants"]["mine"]["cost"] = "quadratic"
    with pytest.raises(UserError, match=r"own_variants\.mine\.cost: absent -> quadratic"):
        opened(place, changes=other)


def test_a_label_of_ones_own_is_in_no_fingerprint():
    mine, tanh = config(labelled("Mine")).rows["mine"], VARIANTS["tanh"]
    assert (
        replace(spec(), variant=mine).fingerprint
        == replace(spec(), variant=replace(mine, label="Ours")).fingerprint
    )
    changed = replace(spec(), variant=replace(tanh, label="Ours"))
    assert replace(spec(), variant=tanh).fingerprint != changed.fingerprint  # as it was hashed ever
