"""The lines on the paper's statements come from what the published folders hold."""

import json
from pathlib import Path

import pytest
from found import BEGIN, END, found, write

RESULTS = Path(__file__).parents[2] / "docs" / "results"
SMALL = "5 hidden layers of 100 units, 20,000 updates, 5 seeds"
LARGE = "5 hidden layers of 1,000 units, 20,000 updates, 3 seeds"


def claim(here: str, at: str, **others: object) -> dict[str, object]:
    return {
        "number": "C25", "statement": "It speeds up.", "ground": "observation in training",
        "here": here, "here_scale": at, "reason": "too short", "verdict": "INCONCLUSIVE",
        "measured": "seen: 1; times: 3 [2, 4]; b: 1 [0, 2]; c: 1 [0, 2]",
        "intervals": {"times": [2, 4], "b": [0, 2], "c": [0, 2]}, **others,
    }  # fmt: skip


def lines(folder: Path, **folders: dict[str, object]) -> list[str]:
    for name, one in folders.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "claims.json").write_text(json.dumps([one]))
    return found(folder).splitlines()[2:]


def test_the_page_has_what_the_folders_say():
    text = (RESULTS / "README.md").read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == found(RESULTS)


def test_what_is_decided_comes_before_what_is_open_and_the_largest_scale_first(tmp_path):
    (line,) = lines(
        tmp_path, a=claim("HOLDS", SMALL), b=claim("DOES NOT HOLD", LARGE), c=claim("OPEN", LARGE)
    )
    assert line == (
        "| C25 | It speeds up. | **does not appear**; holds in a | "
        f"{LARGE} | times: 3 [2, 4]; b: 1 [0, 2] | [b](b/report.html) |"
    )


def test_a_larger_scale_that_leaves_it_open_is_named_beside_what_is_decided(tmp_path):
    (line,) = lines(
        tmp_path, a=claim("HOLDS", SMALL), b=claim("OPEN", LARGE), c=claim("OPEN", SMALL),
        d=claim("OPEN", "5 hidden layers of 1,000 units"),  # nothing was trained
    )  # fmt: skip
    assert f"| **appears**; open in b | {SMALL} |" in line


def test_a_whole_data_set_comes_before_a_reduced_one(tmp_path):
    reduced = claim("DOES NOT HOLD", f"{LARGE}, small_imagenet-8x1000")
    (line,) = lines(tmp_path, a=claim("HOLDS", SMALL), b=reduced)
    assert f"| **appears**; does not hold in b | {SMALL} |" in line
    (line,) = lines(tmp_path, a=claim("OPEN", ""), b=reduced | {"here": "OPEN"})
    assert "not looked at" not in line


def test_what_is_confirmed_at_the_papers_scale_is_called_so(tmp_path):
    confirmed = claim("HOLDS", LARGE, verdict="CONFIRMED")
    (line,) = lines(tmp_path, a=confirmed, b=claim("DOES NOT HOLD", SMALL))
    assert "| **appears, at the paper's scale**; does not hold in b |" in line


def test_of_the_end_of_training_the_longest_runs_say_most(tmp_path):
    end = {"ground": "observation at the end of training"}
    long = SMALL.replace("20,000", "100,000")
    (line,) = lines(tmp_path, a=claim("HOLDS", LARGE, **end), b=claim("OPEN", long, **end))
    assert "| **appears**; open in b |" in line


def test_a_count_of_runs_stands_beside_an_interval_that_does_not_decide_by_itself(tmp_path):
    seen = "start: 1 [0, 2]; end: 3 [2, 4]; runs with a larger gradient: 3"
    counted = claim("HOLDS", SMALL, measured=seen, reason="", intervals={"start": 0, "end": 0})
    (line,) = lines(tmp_path, a=counted)
    assert "| runs with a larger gradient: 3; start: 1 [0, 2] |" in line


def test_a_count_of_runs_that_the_reason_names_comes_first(tmp_path):
    seen = "start: 1 [0, 2]; runs with a top layer at 0: 2"
    reason = "short; 2 of 3 runs have a top layer at 0"
    counted = claim("OPEN", SMALL, measured=seen, reason=reason, intervals={"start": [0, 2]})
    (line,) = lines(tmp_path, a=counted)
    assert "| runs with a top layer at 0: 2 |" in line


def test_fewer_examples_than_the_papers_are_part_of_the_scale(tmp_path):
    (line,) = lines(tmp_path, a=claim("HOLDS", SMALL, reason="40,000 of 100,000 examples"))
    assert f"| {SMALL}, 40,000 examples |" in line


def test_numbers_without_intervals_are_told_where_there_are_no_others(tmp_path):
    (line,) = lines(tmp_path, a=claim("OPEN", SMALL, measured="|z|: 1; y: 2", intervals={}))
    assert "| open | " in line
    assert "&#124;<i>z</i>&#124;: 1; y: 2" in line


def test_numbers_that_the_reason_names_come_first(tmp_path):
    (line,) = lines(tmp_path, a=claim("OPEN", SMALL, reason="short; c is 1 [0, 2], not above 0"))
    assert "| c: 1 [0, 2] |" in line


def test_where_nothing_was_trained_it_says_what_is_missing(tmp_path):
    (line,) = lines(tmp_path, a=claim("OPEN", "", reason="no run; run `glorot-sweep`"))
    assert "| not looked at |  | no run; run <code>glorot-sweep</code> |  |" in line


def test_folders_with_the_rules_of_before_are_left_out(tmp_path):
    before = claim("HOLDS", SMALL)
    del before["ground"]
    assert lines(tmp_path, a=before) == []


def test_a_page_without_the_marks_is_left_alone(tmp_path):
    page = tmp_path / "README.md"
    page.write_text("# Results\n")
    with pytest.raises(SystemExit, match="lacks the marks"):
        write(tmp_path)
    assert page.read_text() == "# Results\n"
