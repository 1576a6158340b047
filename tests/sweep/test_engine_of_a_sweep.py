"""A sweep trains each variant with one engine from its first run to its last, and says which."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console
from small_sweep import ONE_PACK, ONE_VARIANT, StopAfter, sweep
from store_rows import rows_of_runs
from sweep_builders import all_runs, by_name, place_in

from glorot_sweep.engine import choice
from glorot_sweep.engine.native import library
from glorot_sweep.errors import StopRequested, UserError
from glorot_sweep.host import provenance
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.initializations import INITIALIZATIONS, Initialization
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.sweep.execution import worker
from glorot_sweep.tracking.schema.names import Artifact
from glorot_sweep.tracking.sweeps import find_sweep, read_identity
from glorot_sweep.training import module

ODD = "its activation 'odd' has no native form"


def zeros(fan_in, fan_out, _):
    """The draw of a user."""
    return torch.zeros(fan_in, fan_out, dtype=torch.float64)


@pytest.fixture
def odd(monkeypatch):
    """A variant with an activation that a user has registered."""
    tanh = "glorot_sweep.parts.torch.activations:Tanh"
    monkeypatch.setitem(ACTIVATIONS, "odd", Activation("odd", tanh))
    row = replace(VARIANTS["tanh"], name="odd", label="Odd", activation="odd")
    monkeypatch.setitem(VARIANTS, "odd", row)


@pytest.fixture
def no_core(monkeypatch):
    """A machine without a C compiler; takes it away when it is called."""
    return lambda: monkeypatch.setattr(library, "why_unavailable", lambda: "no C compiler")


@pytest.fixture
def another_processor(monkeypatch):
    """Goes on on a processor of another type when it is called."""

    def move():
        for room in (provenance, worker):
            monkeypatch.setattr(room, "device_type", lambda _="cpu": "another processor")

    return move


@pytest.fixture
def packs(monkeypatch):
    """The engine of each stepper that was made, and the variants in it."""
    made, make = [], module.make_stepper

    def noted(engine, spec, *rest):
        made.append((engine, {trial.variant.name for trial in spec.trials}))
        return make(engine, spec, *rest)

    monkeypatch.setattr(module, "make_stepper", noted)
    return made


def said(folder, changes, **given):
    text = io.StringIO()
    sweep(folder, changes, Console(file=text, width=200), **given)
    return text.getvalue()


def stop(folder, changes, after=4):
    with pytest.raises(StopRequested):
        sweep(folder, changes, stop=StopAfter(after))


def engine_tags(folder):
    return {name: run.data.tags["engine"] for name, run in by_name(place_in(folder)).items()}


@pytest.mark.slow
def test_native_trains_all_of_it_and_every_run_says_so(stores, packs):
    assert "engine torch" not in said(stores, ONE_PACK)
    assert {engine for engine, _ in packs} == {"native"}
    assert set(engine_tags(stores).values()) == {"native"}
    place = place_in(stores)
    identity = read_identity(place.client, find_sweep(place, "small"))
    assert identity["engines"] == {"tanh": {"engine": "native", "reason": ""}}
    files = report_files(compile_report(place, "small", PAPER, only=[]))
    for name in ("report.md", "report.html"):
        assert "Engine: native." in files[name].decode()


@pytest.mark.slow
def test_a_part_without_a_native_form_falls_back_alone_and_is_named(stores, packs, odd):
    output = said(stores, {"variants": ["tanh", "odd"]})
    assert output.count(f"engine torch for odd: {ODD}\n") == 1
    assert {(engine, *names) for engine, names in packs} == {("native", "tanh"), ("torch", "odd")}
    tags = engine_tags(stores)
    assert tags.pop("small") == "native+torch"
    assert {name.partition("-")[0]: engine for name, engine in tags.items()} == {
        "tanh": "native", "odd": "torch",
    }  # fmt: skip
    report = compile_report(place_in(stores), "small", PAPER, only=[])
    assert report.disagreements == []
    sentence = f"Engine: native for Tanh; torch for Odd ({ODD})."
    files = report_files(report)
    assert sentence in files["report.md"].decode()
    assert sentence.replace("'", "&#39;") in files["report.html"].decode()


@pytest.mark.slow
def test_without_a_compiler_torch_trains_and_one_line_says_what_is_lost(stores, packs, no_core):
    no_core()
    output = said(stores, ONE_PACK)
    line = f"engine torch: {choice.NO_CORE}: no C compiler; with it"
    assert output.count(line) == 1
    assert {engine for engine, _ in packs} == {"torch"}
    files = report_files(compile_report(place_in(stores), "small", PAPER, only=[]))
    assert f"Engine: torch ({choice.NO_CORE}: no C compiler)." in files["report.md"].decode()


def test_what_cannot_be_had_is_refused_and_nothing_created(tmp_path, no_core, odd):
    folder = tmp_path / "stores"
    folder.mkdir()
    for changes, reason in (({"variants": ["odd"]}, ODD), (ONE_VARIANT, "no C compiler")):
        no_core()
        with pytest.raises(UserError, match=reason):
            sweep(folder, {**changes, "network.engine": "native"})
    assert not (folder / "mlflow.db").exists()


@pytest.mark.slow
def test_a_continuation_stays_on_torch_although_native_can_be_had(stores, packs):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "why_unavailable", lambda: "no C compiler")
        stop(stores, ONE_PACK)
    sweep(stores, ONE_PACK)
    assert {engine for engine, _ in packs} == {"torch"}
    assert set(engine_tags(stores).values()) == {"torch"}


@pytest.mark.slow
def test_a_sweep_stored_without_the_key_stays_on_torch(stores, packs):
    stop(stores, {**ONE_PACK, "network.engine": "torch"})
    place = place_in(stores)
    record = find_sweep(place, "small")
    before = read_identity(place.client, record)
    del before["engines"]
    place.client.log_dict(record.run_id, before, Artifact.IDENTITY)
    for run in all_runs(place):
        place.client.delete_tag(run.info.run_id, "engine")
    sweep(stores, ONE_PACK)
    assert {engine for engine, _ in packs} == {"torch"}
    assert compile_report(place, "small", PAPER, only=[]).disagreements == []


@pytest.mark.slow
@pytest.mark.parametrize(("begun", "asked"), [("native", "torch"), ("torch", "native")])
def test_another_engine_than_it_was_begun_with_is_refused(stores, begun, asked):
    stop(stores, {**ONE_PACK, "network.engine": begun})
    before = rows_of_runs(stores)
    with pytest.raises(UserError, match=f"begun with the engine {begun} for tanh"):
        sweep(stores, {**ONE_PACK, "network.engine": asked})
    assert rows_of_runs(stores) == before


@pytest.mark.slow
def test_native_that_can_be_had_no_more_is_refused_not_replaced(stores, no_core):
    stop(stores, ONE_PACK)
    before = rows_of_runs(stores)
    no_core()
    with pytest.raises(UserError, match="begun with the native engine, which tanh cannot have"):
        sweep(stores, ONE_PACK)
    assert rows_of_runs(stores) == before


@pytest.mark.slow
def test_native_goes_on_on_another_processor_with_one_table(stores, another_processor):
    stop(stores, {**ONE_PACK, "execution.pack_size": 1}, after=20)
    another_processor()
    sweep(stores, {**ONE_PACK, "execution.pack_size": 1})
    kinds = {run.data.tags["device_type"] for run in all_runs(place_in(stores))}
    assert len(kinds) == 2
    report = compile_report(place_in(stores), "small", PAPER, only=[])
    assert report.disagreements == []
    assert all(entry.mean is not None for entry in report.table)


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes", [{"network.engine": "torch"}, {"variants": ["own_draw"]}], ids=str
)
def test_what_depends_on_the_processor_does_not(stores, monkeypatch, another_processor, changes):
    draw = Initialization("own", f"{__name__}:zeros")
    monkeypatch.setitem(INITIALIZATIONS, "own", draw)
    row = replace(VARIANTS["tanh"], name="own_draw", initialization="own")
    monkeypatch.setitem(VARIANTS, "own_draw", row)
    stop(stores, {**ONE_PACK, **changes})
    another_processor()
    with pytest.raises(UserError, match=r"processor: .* -> another processor"):
        sweep(stores, {**ONE_PACK, **changes})


@pytest.mark.slow
def test_where_the_identity_is_lost_the_studies_know_the_engines(stores, packs):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "why_unavailable", lambda: "no C compiler")
        stop(stores, ONE_PACK)
    place = place_in(stores)
    artifacts = place.client.get_run(find_sweep(place, "small").run_id).info.artifact_uri
    (Path(artifacts.removeprefix("file://")) / Artifact.IDENTITY).unlink()
    sweep(stores, ONE_PACK)
    assert {engine for engine, _ in packs} == {"torch"}
