"""Support vector machines in the report: found on the server, beside the networks, or not there."""

from dataclasses import replace

import pytest
from report_builders import cell, collected, svm
from run_builders import record, write_ended
from sweep_builders import NOTE

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.collect_evidence import collect_evidence
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.report.page import render_page
from glorot_sweep.report.svms import comparable, find_svms, svm_sentences, svms_frame
from glorot_sweep.report.tables import entries
from glorot_sweep.tracking.runs import RunStore


def written(
    place, dataset="shapeset", *, error=45.0, validation=46.0, examples=200, state="complete",
    digest=NOTE.digest,
):  # fmt: skip
    """Write the run of one as its job leaves it; return its id."""
    run = record(
        "baseline", state, name=f"svm-{dataset}", dataset=dataset, sweep="-", examples=examples,
        test_error=error, low=error - 3, high=error + 3, validation_error=validation, c=7.0,
        gamma=0.02, support_vectors=190,
    )  # fmt: skip
    writer = write_ended(RunStore(place.client, place.experiment_id), run)
    writer.inputs(replace(NOTE, name=dataset, digest=digest))
    return writer.run_id


@pytest.mark.slow
def test_the_one_on_most_examples_counts_then_the_one_chosen_on_validation(place):
    digests = dict.fromkeys(["shapeset", "mnist"], NOTE.digest)
    assert find_svms(place, digests, []) == {}
    written(place, validation=46.0)
    chosen = written(place, error=50.0, validation=44.0)
    written(place, validation=45.0)
    written(place, validation=1.0, state="killed")
    written(place, "mnist")
    written(place, "mnist", validation=1.0, examples=100)
    problems = []
    found = find_svms(place, digests, problems)
    assert problems == []
    assert set(found) == {"shapeset", "mnist"}
    assert (found["shapeset"].run_id, found["shapeset"].test_error) == (chosen, 50.0)
    assert found["shapeset"].tuning_examples == 200  # no more than there are
    assert (found["shapeset"].c, found["shapeset"].support_vectors) == (7.0, 190)
    assert found["mnist"].examples == 200


@pytest.mark.slow
def test_one_of_other_images_of_that_name_is_left_out_and_named(place, finished):
    other = written(place, validation=1.0, digest="other images")
    written(place, "mnist", digest="of no data set of the sweep")
    report = compile_report(place, "small", PAPER, [])
    assert report.evidence.svms == {}
    (problem,) = report.evidence.problems
    assert (problem.run_id, problem.kind) == (other, "baseline")
    assert problem.what == f"its shapeset has the digest other images, the sweep's {NOTE.digest}"
    page = render_page(report)
    assert "Support vector machine beside" not in page
    assert "its shapeset has the digest other images" in page
    ours = written(place, examples=100)
    evidence = collect_evidence(place, "small")
    assert (evidence.svms["shapeset"].run_id, evidence.problems) == (ours, ())


@pytest.mark.slow
def test_page_and_summary_show_it_beside_the_networks(place, finished):
    run_id = written(place)
    report = compile_report(place, "small", PAPER, [])
    for text in (render_page(report), report_files(report)["report.md"].decode()):
        assert "Support vector machine beside the networks" in text
        assert "45.00 [42.00, 48.00]" in text
        # Errors of the replicates are 40 and 42, 30 and 31: their means differ from 45 by
        assert "4.00" in text
        assert "14.50" in text
        assert "the best of 4 trials on 200 of its 200 examples, 190 of which" in text
    assert run_id in render_page(report)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", [None, "mnist"])
def test_without_both_there_is_no_section(place, finished, dataset):
    if dataset:
        written(place, dataset)
    report = compile_report(place, "small", PAPER, [])
    assert "Support vector machine beside" not in render_page(report)
    assert "Support vector machine" not in report_files(report)["report.md"].decode()


def test_the_papers_numbers_stand_beside_its_own_size_alone():
    finite, small = (svm(59.0, examples) for examples in (100_000, 5000))
    svms = {one.dataset: one for one in (finite, small)}
    cells = [cell(v, (50.0, 51.0), d) for d in svms for v in ("tanh", "tanh_n")]
    table = entries(collected(cells), "table_depth", PAPER)
    frame = svms_frame(table, svms, PAPER)
    shown = frame[frame["paper"] != "–"]
    assert shown["data set"].tolist() == ["Shapeset, 100,000 images"]
    assert shown["network"].tolist() == ["Tanh N"]
    assert shown["paper"].tolist() == ["SVM 59.47, network 50.47"]
    assert frame["SVM minus network"].tolist() == ["8.50"] * 4
    sentences = svm_sentences(table, svms)
    assert [s.rpartition("; ")[2] for s in sentences] == ["the networks had the same examples"] * 2


def test_one_on_a_part_of_the_training_set_says_so():
    svms = {"mnist": replace(svm(59.0, 5000), dataset="mnist")}
    (sentence,) = svm_sentences(entries(collected([cell("tanh", (50.0, 51.0), "mnist")]),
                                            "table_depth", PAPER), svms)  # fmt: skip
    assert sentence.endswith("the networks had all training examples, the first of which are the "
                             "SVM's")  # fmt: skip


def test_a_failed_cell_is_compared_with_nothing():
    svms = {"shapeset": svm(59.0)}
    cells = [cell("tanh", (50.0, 51.0), failed=1), cell("tanh_n", (50.0, 51.0))]
    table = entries(collected(cells), "table_depth", PAPER)
    assert [entry.cell.variant for entry, _ in comparable(table, svms)] == ["tanh_n"]
