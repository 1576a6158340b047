"""A sweep that is opened by a file that asks for more: noted at once, or not at all."""

import os
import re
from dataclasses import replace
from unittest.mock import Mock

import pytest
from kills import KilledError
from mlflow import MlflowClient
from rich.console import Console
from small_sweep import options
from sweep_builders import grouped, grouped_values, on_torch, small_dataset, write_values

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.engine.choice import Resolved
from glorot_sweep.errors import SweepHeldError, UserError
from glorot_sweep.host.provenance import Provenance
from glorot_sweep.sweep.contents.engines import settle
from glorot_sweep.sweep.job import run_sweep
from glorot_sweep.sweep.records import opening
from glorot_sweep.sweep.records.opening import is_complete, open_sweep
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.records import read_text
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.growths import Seen
from glorot_sweep.tracking.sweeps import find_sweep, read_config, read_identity

MADE_WITH = Provenance("c0de", {"torch": "2.13.0"}, "a processor")
MORE = {"replicates.seeds": 4}
TRIALS = {"search.trials": 4}


def opened(place, changes=None, *, made_with=MADE_WITH, accept=False):
    settings = grouped(changes)
    digests = {name: f"the digest of {name}" for name in settings.datasets}
    with Lease("small") as held:
        return open_sweep(
            settings, f"the file with {changes}", digests, place, made_with, on_torch(settings),
            held, accept_change=accept,
        )  # fmt: skip


@pytest.fixture
def complete(place, monkeypatch):
    """A sweep that has ended, of which no run is looked for."""
    monkeypatch.setattr(opening, "lacking", lambda *_: [])
    opened(place).run.finish(State.COMPLETE)
    assert is_complete(place, grouped())
    return find_sweep(place, "small")


@pytest.mark.slow
def test_a_complete_sweep_has_work_again_and_says_since_when(place, complete):
    assert not is_complete(place, grouped(MORE))
    grown = opened(place, MORE)
    found = find_sweep(place, "small")
    assert (grown.is_complete, grown.growths, grown.run.run_id) == (False, 1, complete.run_id)
    assert (found.state, found.status) == (State.RUNNING, Status.RUNNING)
    (growth,) = found.grown
    assert (growth.before, growth.after) == (grouped().hash(), grouped(MORE).hash())
    assert growth.lines == ("replicates.seeds: 2 -> 4", "search.groups: 2 -> 4") == grown.grows
    assert growth.seen is Seen.ALL
    assert found.config_hash == growth.after == grown.tags["config_hash"]
    assert read_config(place, found).hash() == grouped(MORE).hash()


@pytest.mark.slow
def test_what_it_was_is_kept(place, complete):
    opened(place, MORE)
    before = read_text(place.client, complete.run_id, "config/sweep.yaml")
    assert before == "the file with None"
    assert read_identity(place.client, complete)["config"] == grouped().identity()
    now = read_text(place.client, complete.run_id, "config/growth_1/sweep.yaml")
    assert now == f"the file with {MORE}"


@pytest.mark.slow
def test_an_unfinished_sweep_grows_too_and_nothing_was_seen(place):
    opened(place)
    opened(place, MORE)
    assert find_sweep(place, "small").grown[0].seen is Seen.NOTHING


@pytest.mark.slow
def test_a_report_is_a_look(place, complete):
    runs = RunStore(place.client, place.experiment_id)
    tags = {"kind": "report", "sweep": "small", "sweep_run": complete.run_id, "paper": "none"}
    report = runs.create("small-report", tags)
    opened(place, MORE)
    assert find_sweep(place, "small").grown[0].seen is Seen.ALL  # one that was never finished
    report.finish(State.COMPLETE)
    opened(place, {"replicates.seeds": 5})
    assert find_sweep(place, "small").grown[1].seen is Seen.REPORTED


@pytest.mark.slow
def test_a_comparison_is_a_look(place, monkeypatch):
    monkeypatch.setattr(opening, "lacking", lambda *_: [])
    own = opened(place).run  # has not ended
    runs = RunStore(place.client, place.experiment_id)
    for shown, seen in (("another run", Seen.NOTHING), (own.run_id, Seen.REPORTED)):
        look = runs.create("a-b-compare", {"kind": "report", "sweep": "-", "compared/1": shown})
        look.finish(State.COMPLETE)
        opened(place, {"replicates.seeds": 4 + (seen is Seen.REPORTED)})
        assert find_sweep(place, "small").grown[-1].seen is seen


@pytest.mark.slow
def test_what_an_earlier_growth_saw_stays_seen(place, complete):
    opened(place, MORE)  # of a whole sweep; it runs now
    opened(place, {"replicates.seeds": 5})
    first, second = find_sweep(place, "small").grown
    assert (first.seen, second.seen) == (Seen.ALL, Seen.ALL)


@pytest.mark.slow
def test_the_same_file_again_notes_nothing(place, complete):
    for _ in range(2):
        assert opened(place, MORE).growths == 1
    assert len(find_sweep(place, "small").grown) == 1


@pytest.mark.slow
def test_it_grows_again_and_the_stages_of_its_trials_are_kept(place, complete):
    opened(place, TRIALS)
    grown = opened(place, {**TRIALS, **MORE})
    assert grown.growths == 2
    assert grown.config.search.grown_from == ((3, 3),)
    opened(place, {**MORE, "search.trials": 6})
    found = find_sweep(place, "small")
    assert [growth.after for growth in found.grown[:-1]] == [g.before for g in found.grown[1:]]
    assert read_config(place, found).search.grown_from == ((3, 3), (4, 4))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"replicates.seeds": 3}, "replicates.seeds: 4 -> 3 "),
        ({**MORE, "seed": 4}, "seed: 3 -> 4"),
    ],
)
def test_what_is_refused_changes_nothing(place, complete, changes, said):
    opened(place, MORE).run.finish(State.COMPLETE)
    before = find_sweep(place, "small")
    with pytest.raises(UserError, match=said):
        opened(place, changes)
    assert find_sweep(place, "small") == before


WRITES = ("log_text", "log_batch", "update_run", "set_terminated", "delete_tag")


@pytest.mark.slow
def test_a_growth_that_is_killed_at_any_request_is_noted_whole_or_not_at_all(
    place, complete, monkeypatch
):
    """The same file ends it then; a growth of which half was noted would be refused for ever."""
    for number in range(20):
        changes = {"replicates.seeds": 3 + number}
        before = find_sweep(place, "small")
        with monkeypatch.context() as patch:
            calls = _die_at(patch, number)
            try:
                opened(place, changes)
            except KilledError:
                pass
            else:
                assert calls[0] <= number
                break
        found = find_sweep(place, "small")
        stored = read_config(place, found)
        assert stored.hash() in {read_config(place, before).hash(), grouped(changes).hash()}
        assert len(found.grown) - len(before.grown) == (stored.hash() == grouped(changes).hash())
        if len(found.grown) > len(before.grown):
            assert not is_complete(place, grouped(changes))
        opened(place, changes)
        assert len(find_sweep(place, "small").grown) == len(before.grown) + 1
        RunWriter(place.client, found.run_id, 0).finish(State.COMPLETE)
    else:
        pytest.fail("it never came to its end")
    assert number >= 6  # two artifacts and the tags at the least


def _die_at(patch, number):
    """Let the process die before the request of this number; count those that were made."""
    calls = [0]

    def dying(real):
        def call(*arguments, **keywords):
            if calls[0] == number:
                raise KilledError
            answer = real(*arguments, **keywords)
            calls[0] += 1
            return answer

        return call

    for name in WRITES:
        patch.setattr(MlflowClient, name, dying(getattr(MlflowClient, name)))
    return calls


@pytest.mark.slow
def test_a_torn_configuration_of_a_growth_that_is_not_noted_yet_is_never_read(
    place, complete, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "reopen", lambda *_: (_ for _ in ()).throw(KilledError()))
        with pytest.raises(KilledError):
            opened(place, MORE)
    place.client.log_text(complete.run_id, '{"conf', "config/growth_1/sweep.json")
    assert read_config(place, find_sweep(place, "small")).hash() == grouped().hash()
    assert is_complete(place, grouped())  # who does not want to grow any more need not
    assert opened(place, MORE).growths == 1
    assert read_config(place, find_sweep(place, "small")).hash() == grouped(MORE).hash()


@pytest.mark.slow
def test_a_growth_by_another_version_is_a_continuation_by_another_version(place, complete):
    other = replace(MADE_WITH, code="beef")
    with pytest.raises(UserError, match="code: c0de -> beef"):
        opened(place, MORE, made_with=other)
    assert find_sweep(place, "small") == complete
    grown = opened(place, MORE, made_with=other, accept=True)
    assert (grown.growths, grown.identity.accepted) == (1, ("code: c0de -> beef",))
    assert grown.tags_for("tanh")["accepted_change"] == "code: c0de -> beef"


@pytest.mark.slow
def test_what_comes_is_no_change_of_what_is_there(place, complete):
    grown = opened(
        place, {"variants": ["tanh", "tanh_n", "sigmoid"], "datasets": ["shapeset", "mnist"]}
    )
    assert grown.identity.accepted == ()
    assert set(find_sweep(place, "small").digests) == {"shapeset", "mnist"}
    with pytest.raises(UserError, match="data set shapeset: the digest of shapeset -> other"):
        _opened_with_other_data(place, grown.config)


def _opened_with_other_data(place, settings):
    digests = {"shapeset": "other", "mnist": "the digest of mnist"}
    with Lease("small") as held:
        open_sweep(settings, "", digests, place, MADE_WITH, on_torch(settings), held)


def test_a_variant_that_comes_gets_the_engine_of_today_and_the_others_keep_theirs():
    settings = grouped({"variants": ["tanh", "tanh_n", "sigmoid"]})
    begun = {"tanh": Resolved("torch", "as it began"), "tanh_n": Resolved("native")}
    found = settle(settings, "cpu", begun, lacks=lambda: None)
    assert {name: found[name] for name in begun} == begun
    assert found["sigmoid"] == settle(settings, "cpu", None, lacks=lambda: None)["sigmoid"]
    assert list(found) == ["tanh", "tanh_n", "sigmoid"]


@pytest.mark.slow  # for seconds its holder is watched
def test_growth_while_a_driver_runs_is_refused_as_any_second_driver(place, stores, complete):
    file = read_sweep_file(write_values(stores / "small.yaml", grouped_values(MORE)))
    with Lease("small") as held:
        held.take(place.client, complete.run_id)
        with pytest.raises(SweepHeldError, match=f"process {os.getpid()}"):
            run_sweep(
                file, options(stores), Console(quiet=True),
                datasets={"shapeset": small_dataset()}, register=lambda *_: None,
            )  # fmt: skip
    assert find_sweep(place, "small").grown == ()


@pytest.mark.slow
def test_what_is_less_is_refused_before_anything_is_prepared(place, stores, complete):
    opened(place, MORE).run.finish(State.COMPLETE)
    file = read_sweep_file(write_values(stores / "small.yaml", grouped_values()))
    command = re.escape(f"`glorot-sweep delete small{place_options(place)}`")
    with pytest.raises(UserError, match=command):
        run_sweep(file, options(stores), Console(quiet=True), datasets={}, devices=Mock())
