"""A whole sweep that grows: what is there stays to the last bit, and the table is one."""

import io
import shutil

import pytest
from mlflow.tracking._tracking_service import utils as mlflow_tracking
from rich.console import Console
from small_sweep import StopAfter, grouped_sweep
from sweep_builders import all_runs, place_in

from glorot_sweep.errors import StopRequested
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.collect import collect
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.sweep.records.registering import register_winners
from glorot_sweep.tracking.sweeps import find_sweep

pytestmark = pytest.mark.slow
BASE = {
    "search.extend": True, "search.trials": 2, "search.depth_trials": 1, "statistics": "none",
    "replicates.window": 2,
}  # fmt: skip
WIDE = {**BASE, "replicates.seeds": 4}
TABLES = ("table1.csv", "best_depth.csv", "significance.csv", "audit.csv", "evaluations.csv")


@pytest.fixture(scope="module")
def at_once(empty_databases, tmp_path_factory):
    """Numbers and tables of a sweep of four seeds and groups that were asked for at once."""
    folder = made(empty_databases, tmp_path_factory.mktemp("once"), WIDE)
    return numbers(folder), tables(folder)


@pytest.fixture(scope="module")
def narrow(empty_databases, tmp_path_factory):
    """The same of two, whole."""
    return made(empty_databases, tmp_path_factory.mktemp("narrow"), BASE)


@pytest.fixture
def grows(narrow, tmp_path):
    """A copy of the sweep of two, to let grow."""
    shutil.copytree(narrow, tmp_path / "stores")
    # MLflow keeps one address of artifacts per run id in a process, of whatever store.
    mlflow_tracking._artifact_repos_cache.clear()
    return tmp_path / "stores"


def made(empty, folder, changes):
    shutil.copytree(empty, folder / "stores")
    grouped_sweep(folder / "stores", changes)
    return folder / "stores"


def trained(folder, superseded=False):
    """All that is stored of each run that a table or figure is made of, by name."""
    place = place_in(folder)
    found = {}
    for run in all_runs(place):
        tags = run.data.tags
        of_kind = tags["kind"] in {"trial", "replicate", "monitored"}
        if of_kind and ("superseded" in tags) == superseded:
            curves = {
                key: [(p.step, p.value)
                      for p in place.client.get_metric_history(run.info.run_id, key)]
                for key in run.data.metrics
            }  # fmt: skip
            found[run.info.run_name] = run.info.run_id, run.info.end_time, run.data.params, curves
    return found


def numbers(folder):
    return {name: (params, curves) for name, (_, _, params, curves) in trained(folder).items()}


def tables(folder):
    """The tables of a report, without ids of runs."""
    files = report_files(compile_report(place_in(folder), "small", PAPER, []))
    texts = {name: files[name].decode() for name in TABLES}
    texts["evaluations.csv"] = "".join(sorted(
        line.partition(",")[2] for line in texts["evaluations.csv"].splitlines(keepends=True)
    ))  # fmt: skip
    return texts


def test_two_seeds_and_then_four_are_four_at_once(grows, at_once):
    before, console = trained(grows), Console(file=io.StringIO(), width=400)
    grouped_sweep(grows, WIDE, console=console, register=register_winners)
    said = console.file.getvalue()
    assert "the sweep 'small' grows: replicates.seeds: 2 -> 4; search.groups: 2 -> 4. This" in said
    assert "begins" not in said
    after = trained(grows)
    assert {name: after[name] for name in before} == before  # none was opened again
    assert (numbers(grows), tables(grows)) == at_once
    assert collect(place_in(grows), "small").doubts == ()
    assert grouped_sweep(grows, WIDE).was_complete
    with pytest.raises(Exception, match="has more than the file asks for"):
        grouped_sweep(grows, BASE)


@pytest.mark.parametrize("checks", [0, 7])
def test_stopped_anywhere_on_its_way_it_comes_to_the_same_table(grows, at_once, checks):
    with pytest.raises(StopRequested):
        grouped_sweep(grows, WIDE, stop=StopAfter(checks))
    grouped_sweep(grows, WIDE)
    assert (numbers(grows), tables(grows)) == at_once


def test_one_that_was_stopped_in_its_middle_grows(stores, at_once):
    console = Console(file=io.StringIO(), width=400)
    with pytest.raises(StopRequested):
        grouped_sweep(stores, BASE, console=console, stop=StopAfter(6))
    where = f"in experiment 'tests' in {place_in(stores).uri}"
    assert f"the sweep 'small' begins, {where}" in console.file.getvalue()
    grouped_sweep(stores, WIDE)
    assert numbers(stores) == at_once[0]
    assert find_sweep(place_in(stores), "small").grown[0].seen == "nothing"


def test_more_trials_may_have_other_winners_and_the_old_replicates_are_kept(grows):
    before = trained(grows)
    more = {**BASE, "search.trials": 6}
    grouped_sweep(grows, more)
    kept, superseded = trained(grows), trained(grows, superseded=True)
    assert superseded
    for name, one in before.items():
        assert one in (kept.get(name), superseded.get(name)), name
    collected = collect(place_in(grows), "small")
    assert collected.doubts == ()
    for cell in collected.cells.values():
        assert cell.has_mean
        assert len(cell.errors) == 2
    best: dict[tuple[str, int | None], float] = {}
    for trial in collected.trials:
        if trial.objective is not None:
            key = trial.variant, trial.group
            best[key] = min(trial.objective, best.get(key, 100.0))
    names = {(one.variant, one.group, f"t{one.trial:03d}"): one for one in collected.trials}
    for run in collected.replicates:
        winner = names[run.variant, run.group, run.winner]
        assert winner.learning_rate == run.learning_rate
        if "best_depth" in run.roles:
            assert winner.objective == best[run.variant, run.group]
    assert grouped_sweep(grows, more).was_complete


def test_more_of_everything_at_once_is_what_asking_for_it_at_once_gives(
    grows, empty_databases, tmp_path_factory
):
    more = {
        **BASE,
        "replicates.seeds": 3,
        "variants": ["tanh", "sigmoid", "tanh_n"],
        "datasets": ["shapeset", "mnist"],
    }
    grouped_sweep(grows, more)
    fresh = made(empty_databases, tmp_path_factory.mktemp("fresh"), more)
    assert numbers(grows) == numbers(fresh)
    assert tables(grows) == tables(fresh)


def test_monitored_runs_may_come_later(stores):
    small = {"variants": ["tanh"], "search.trials": 2, "statistics": "economy"}
    grouped_sweep(stores, small)
    before = trained(stores)
    monitored = {"monitored": {"updates": 20, "learning_rates": [0.05]}}
    grouped_sweep(stores, {**small, **monitored})
    monitored["monitored"] = {**monitored["monitored"], "seeds": 2, "learning_rates": [0.01, 0.05]}
    grouped_sweep(stores, {**small, **monitored})
    after = trained(stores)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 4
    assert len(find_sweep(place_in(stores), "small").grown) == 2
