"""The command `compare`: what it prints, writes and stores; what it refuses leaves nothing."""

import io
import sys

import pandas as pd
import pytest
from report_builders import FinishedSweep
from rich.console import Console
from rights import as_others, read_only
from sweep_builders import all_runs, place_in, store_uri

from glorot_sweep.cli import app as cli
from glorot_sweep.compare import side as sides
from glorot_sweep.compare.job import run_compare
from glorot_sweep.compare.request import asked_sweeps
from glorot_sweep.compare.side import open_places
from glorot_sweep.errors import ServiceLostError, UserError
from glorot_sweep.tracking.records import find_runs, read_text
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import BEGUN

FILES = {
    "comparison.html", "comparison.md", "cells.csv", "differences.csv", "settings.csv",
    "shared.csv",
}  # fmt: skip


@pytest.fixture
def copied(kept, stores):
    """A copy of the stores that a test may change."""
    place = place_in(stores)
    FinishedSweep(kept, {}).copy_to(stores, place)
    return place


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Runs a command line in an empty folder; returns its exit code and what it said."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["glorot-sweep", "compare", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return ended.value.code or 0, said.out, said.err

    return run


@pytest.mark.slow
def test_it_prints_writes_and_stores_the_comparison(command, copied, tmp_path):
    before = {run.info.run_id for run in all_runs(copied)}
    output = tmp_path / "new" / "folder"
    code, said, _ = command(
        "one,lower", "--tracking-uri", copied.uri, "--experiment", "tests", "--output", output
    )
    assert code == 0
    assert "lower − one" in said
    assert "-20.00 [-" in said
    assert {path.name for path in output.iterdir()} == FILES
    (run,) = [run for run in all_runs(copied) if run.info.run_id not in before]
    tags = run.data.tags
    assert (run.info.run_name, run.info.status) == ("one-lower-compare", "FINISHED")
    assert (tags["kind"], tags["state"], tags["sweep"]) == ("report", "complete", "-")
    owns = [run for run in all_runs(copied) if run.data.tags["kind"] == "sweep"]
    by_name = {run.data.tags["sweep"]: run.info.run_id for run in owns}
    assert (tags["compared/1"], tags["compared/2"]) == (by_name["one"], by_name["lower"])
    assert tags["mlflow.note.content"].startswith("# one and lower compared")
    for name in FILES:
        stored = read_text(copied.client, run.info.run_id, f"report/{name}")
        assert stored == (output / name).read_text()
    found = pd.read_csv(output / "differences.csv")
    assert found["difference_points"].round(6).tolist() == [-20.0, 0.666667]
    cells = pd.read_csv(output / "cells.csv")
    assert cells["seeds"].tolist() == [3] * 4
    assert cells["sweep"].tolist() == ["one", "lower"] * 2


@pytest.mark.slow
def test_from_a_store_that_cannot_be_written_it_is_shown_all_the_same(
    copied, stores, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    console = Console(file=io.StringIO(), width=200)
    before = {run.info.run_id for run in all_runs(copied)}

    def look():
        asked = asked_sweeps(["one", "lower"], [copied.uri], ["tests"])
        run_compare(asked, console, tmp_path / "out")

    with read_only(stores, "file"):
        as_others(look)
    said = console.file.getvalue()
    assert "lower − one" in said
    assert "Comparison: not stored, for the tracking store " in said
    assert (tmp_path / "out" / "comparison.html").exists()
    assert {run.info.run_id for run in all_runs(copied)} == before


@pytest.mark.slow
def test_sweeps_of_several_stores_have_an_address_each(command, copied, kept, tmp_path):
    uris = ["--tracking-uri", copied.uri, "--tracking-uri", store_uri(kept)]
    output = tmp_path / "out"
    code, said, _ = command("one", "one", *uris, "--experiment", "tests", "--output", output)
    assert code == 0
    assert (
        "Of 10 networks that two of these sweeps have both trained, 10 gave the same bits" in said
    )
    assert "Nothing that was recorded of the sweeps differs." in said
    assert pd.read_csv(output / "shared.csv")["second"].unique().tolist() == ["one (2)"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["one"], "two sweeps or more; got one alone"),
        ([], "two sweeps or more; got none"),
        (["one", "one"], "the sweeps 1 and 2 are the same one"),
        (["one", "again", "one"], "the sweeps 1 and 3 are the same one"),
        (["one", "lowr"], "did you mean 'lower'? Known: again, begun, elsewhere"),
        (["one", "lower", "--experiment", "none"], "given once for all sweeps"),
        (["one", "elsewhere"], "no two of these sweeps have a cell"),
    ],
)
def test_what_cannot_be_compared_is_one_message_and_nothing_is_made(
    command, kept, tmp_path, words, part
):
    place = place_in(kept)
    before = len(all_runs(place))
    place_words = ["--tracking-uri", store_uri(kept), "--experiment", "tests"]
    if "--experiment" in words:
        place_words *= 2
    code, said, message = command(*words, *place_words, "--output", tmp_path / "out")
    assert (code, said) == (2, "")
    assert message.startswith("error: ")
    assert message.count("error: ") == 1
    assert part in message
    assert not (tmp_path / "out").exists()
    assert len(all_runs(place)) == before


@pytest.mark.parametrize(
    ("uri", "part"),
    [
        ("http://127.0.0.1:9", "cannot reach the tracking store"),
        ("sqlite:///none.db", "there is no tracking store"),
        ("mlruns", "file store"),
    ],
)
def test_a_store_that_cannot_be_reached_is_refused(command, kept, uri, part):
    code, _, message = command(
        "one", "lower", "--tracking-uri", store_uri(kept), "--tracking-uri", uri,
        "--experiment", "tests",
    )  # fmt: skip
    assert (code, part in message) == (2, True)


@pytest.mark.slow
def test_a_sweep_that_is_partly_deleted_is_refused(copied):
    (run,) = find_runs(copied.client, [copied.experiment_id], kind=Kind.SWEEP, sweep="lower")
    RunWriter(copied.client, run.run_id, run.started).tag(tags_of(BEGUN))
    with pytest.raises(UserError, match=r"the sweep 'lower' .* is partly deleted"):
        open_places(asked_sweeps(["one", "lower"], [copied.uri], ["tests"]))


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_refused_before_any_work(command, kept, tmp_path):
    (tmp_path / "wall").write_text("a file")
    before = len(all_runs(place_in(kept)))
    code, said, message = command(
        "one", "lower", "--tracking-uri", store_uri(kept), "--experiment", "tests",
        "--output", tmp_path / "wall" / "below",
    )  # fmt: skip
    assert (code, said, "--output" in message) == (2, "", True)
    assert "wall is no folder" in message
    assert len(all_runs(place_in(kept))) == before


@pytest.mark.slow
def test_a_finished_sweep_that_is_changed_meanwhile_gives_no_comparison(copied, monkeypatch):
    digests = iter("abcd")
    monkeypatch.setattr(sides, "runs_digest", lambda *_: next(digests))
    before = len(all_runs(copied))
    asked = asked_sweeps(["one", "lower"], [copied.uri], ["tests"])
    with pytest.raises(ServiceLostError, match="'one' was changed while it was compared"):
        run_compare(asked, Console(quiet=True))
    assert len(all_runs(copied)) == before


@pytest.mark.slow
def test_under_mlflow_run_the_run_that_it_made_is_the_comparison(copied, monkeypatch):
    made = copied.client.create_run(copied.experiment_id)
    monkeypatch.setenv("MLFLOW_RUN_ID", made.info.run_id)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", copied.experiment_id)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", copied.uri)
    before = len(all_runs(copied))
    run_compare(asked_sweeps(["one", "lower"], [], []), Console(file=io.StringIO()))
    run = copied.client.get_run(made.info.run_id)
    assert (run.info.run_name, run.info.status) == ("one-lower-compare", "FINISHED")
    assert len(all_runs(copied)) == before
