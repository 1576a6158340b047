"""From the server to evidence: what is there, and what had to be left out."""

import pytest
from report_builders import finished_sweep, init_study
from rights import as_others
from sweep_builders import config, store_uri

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.collect_evidence import collect_evidence
from glorot_sweep.report.figures.draw import draw_all
from glorot_sweep.report.figures.figure import DrawnFigure
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.schema.names import Artifact


@pytest.mark.slow
def test_runs_come_with_curves_and_layers(place, finished_monitored):
    evidence = collect_evidence(place, "small", PAPER.size)
    assert evidence.problems == ()
    runs = {run.name: run for run in evidence.runs}
    assert set(runs) == {
        f"{variant}-shapeset-seed{seed}" for variant in ("tanh", "tanh_n") for seed in (0, 1)
    } | {"monitored-tanh", "monitored-tanh_n"}
    run = runs["tanh-shapeset-seed1"]
    assert run.run_id == finished_monitored["tanh-shapeset-seed1"].run_id
    assert (run.kind, run.role, run.variant) == ("replicate", "table_depth+best_depth", "tanh")
    assert (run.depth, run.width, run.learning_rate, run.updates, run.seed) == (2, 16, 0.1, 40, 1)
    assert run.curve["update"].tolist() == [20, 40]
    assert run.curve["test_error"].tolist() == [48.0, 42.0]
    assert run.curve["validation_loss"].isna().all()
    assert set(run.statistics["layer"]) == {1, 2}
    monitored = runs["monitored-tanh"]
    assert (monitored.kind, monitored.learning_rate) == ("monitored", 0.05)
    assert monitored.curve["validation_loss"].tolist() == [2.0, 1.5]


@pytest.mark.slow
def test_the_newest_readable_study_of_each_data_set_counts(place):
    init_study(place, "shapeset")
    newest, other = init_study(place, "shapeset"), init_study(place, "mnist")
    evidence = collect_evidence(place, None, PAPER.size)
    assert evidence.sweep is None
    assert {name: study.run_id for name, study in evidence.init_studies.items()} == {
        "shapeset": newest.run_id,
        "mnist": other.run_id,
    }
    study = evidence.init_studies["shapeset"]
    assert (study.n_inputs, study.n_classes, study.width, study.depth) == (32, 4, 16, 2)
    assert set(study.statistics["initialization"]) == {"standard", "normalized"}
    assert study.surfaces.quadratic_plateau.tolist() == [0.5]


@pytest.mark.slow
def test_a_study_of_the_papers_size_comes_first_then_the_widest(place):
    init_study(place, width=64)
    assert collect_evidence(place, None, PAPER.size).init_studies["shapeset"].width == 64
    init_study(place, width=16)
    assert collect_evidence(place, None, PAPER.size).init_studies["shapeset"].width == 64
    init_study(place, width=1000, depth=5)
    init_study(place, width=2000)
    init_study(place, width=16)
    study = collect_evidence(place, None, PAPER.size).init_studies["shapeset"]
    assert (study.width, study.depth) == (1000, 5)


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize(
    ("damage", "said"),
    [("missing", "is missing or unreadable"), ("torn", "was changed after it was written")],
)
def test_a_run_without_readable_statistics_is_named_and_left_out(
    place, finished_monitored, stores, damage, said
):
    broken = finished_monitored["monitored-tanh"]
    file = next(stores.rglob(f"{broken.run_id}/artifacts/{Artifact.LAYERS}"))
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:100])
    evidence = collect_evidence(place, "small", PAPER.size)
    assert [problem.name for problem in evidence.problems] == ["monitored-tanh"]
    assert evidence.problems[0].run_id == broken.run_id
    assert said in evidence.problems[0].what
    assert "monitored-tanh" not in {run.name for run in evidence.runs}
    figures = {figure.name: figure for figure in draw_all(PAPER.figures, evidence)}
    assert "monitored-tanh left out" in figures["figure_9"].reason
    assert isinstance(figures["figure_11"], DrawnFigure)
    assert figures["figure_11"].problems == ()


@pytest.mark.slow
def test_a_replicate_without_statistics_still_has_its_curve(place, finished, stores):
    run_id = finished["tanh-shapeset-seed0"].run_id
    next(stores.rglob(f"{run_id}/artifacts/{Artifact.LAYERS}")).unlink()
    evidence = collect_evidence(place, "small", PAPER.size)
    run = next(run for run in evidence.runs if run.run_id == run_id)
    assert len(run.statistics) == 0
    assert run.curve["test_error"].tolist() == [46.0, 40.0]
    assert [problem.name for problem in evidence.problems] == ["tanh-shapeset-seed0"]


@pytest.mark.slow
def test_where_no_statistics_were_wanted_none_are_missed(place, stores):
    writers = finished_sweep(place, config({"statistics": "none"}))
    for writer in writers.values():
        for file in stores.rglob(f"{writer.run_id}/artifacts/{Artifact.LAYERS}"):
            file.unlink()
    assert collect_evidence(place, "small", PAPER.size).problems == ()


@pytest.mark.slow
def test_a_monitored_run_that_never_ended_is_named(place, finished_monitored):
    finished_monitored["monitored-tanh"].tag({"state": "failed"})
    evidence = collect_evidence(place, "small", PAPER.size)
    assert [(p.name, p.what) for p in evidence.problems] == [("monitored-tanh", "it is failed")]


def test_a_study_that_cannot_be_read_is_named_and_an_older_one_counts(place, stores):
    older, newer = init_study(place), init_study(place)
    next(stores.rglob(f"{newer.run_id}/artifacts/{Artifact.LAYERS}")).write_bytes(b"no table")
    evidence = collect_evidence(place, None, PAPER.size)
    assert evidence.init_studies["shapeset"].run_id == older.run_id
    assert [problem.run_id for problem in evidence.problems] == [newer.run_id]


def test_a_study_that_is_closed_in_another_experiment_is_left_out(place, stores):
    elsewhere = open_place(store_uri(stores), "elsewhere", create=True)
    folder = next(stores.rglob(f"{init_study(elsewhere).run_id}/artifacts"))
    rights = folder.stat().st_mode
    folder.chmod(0)
    try:
        assert not as_others(lambda: collect_evidence(place, None, PAPER.size)).init_studies
        with pytest.raises(PermissionError):
            as_others(lambda: collect_evidence(elsewhere, None, PAPER.size))
    finally:
        folder.chmod(rights)
    assert collect_evidence(place, None, PAPER.size).init_studies
