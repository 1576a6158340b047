"""A file whose parts do not fit each other, although each has the digest that is written."""

import json

import pytest

from .test_refused_files import members, nowhere, refuse, written

__all__ = ["nowhere"]

RUNS, STUDIES, BESIDE = "runs.jsonl", "studies.jsonl", "beside/runs.jsonl"
NOT_FINITE = {"steps": [1], "after_ms": [0], "values": ["Infinity"]}
UNEVEN = {"steps": [1, 2], "after_ms": [0], "values": [0.5]}
LARGE = {"steps": [2**63], "after_ms": [0], "values": [0.5]}
LATE = {"steps": [1], "after_ms": [2**63 - 1], "values": [0.5]}
EARLY = {"steps": [1], "after_ms": [-(2**62)], "values": [0.5]}
INPUT = {"name": "a", "digest": "0", "source_type": "code", "source": "", "tags": {}}


def changed(exported, tmp_path, path, number, change):
    """The file with one line of a member changed."""
    found = members(exported.file)
    lines = [json.loads(line) for line in found[path].splitlines()]
    change(lines[number])
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return written(tmp_path / "a.tar.xz", {**found, path: text.encode()})


def putting(*places_and_value):
    *places, last, value = places_and_value

    def change(line):
        for place in places:
            line = line[place]
        line[last] = value

    return change


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "number", "change", "match"),
    [
        (RUNS, 1, putting("id", "5e7"), "line 2 of runs.jsonl: id: String should match"),
        (RUNS, 1, putting("id", "0" * 32 + "\n"), "line 2 of runs.jsonl: id"),
        (RUNS, 1, putting("status", "DONE"), "line 2 of runs.jsonl: status"),
        (RUNS, 1, putting("started", -1), "started"),
        (RUNS, 1, putting("started", "now"), "started"),
        (RUNS, 1, putting("more", 1), "more: Extra inputs"),
        (RUNS, 1, putting("tags", "a'@b", "x"), "line 2 of runs.jsonl"),
        (RUNS, 1, putting("tags", "a", 1), "tags.a"),
        (RUNS, 1, putting("tags", "a", "x" * 8001), "longer than 8000 characters"),
        (RUNS, 1, putting("params", "a", "x" * 6001), "longer than 6000 characters"),
        (RUNS, 1, putting("metrics", "a", UNEVEN), "must have one length"),
        (RUNS, 1, putting("metrics", "a", NOT_FINITE), "metrics.a.values"),
        (RUNS, 1, putting("metrics", "a", LARGE), "metrics.a.steps"),
        (RUNS, 1, putting("metrics", "a", LATE), "a has a point outside the years"),
        (RUNS, 1, putting("metrics", "a", EARLY), "a has a point outside the years"),
        (RUNS, 1, putting("tags", "a", "\ud800"), r"tags.a: .*'\\ud800' is in no text"),
        (RUNS, 1, putting("tags", "\ud800", "a"), r"tags\..*\[key\]: .*in no text"),
        (RUNS, 1, putting("params", "a", "\0"), r"params.a: .*'\\x00' is in no text"),
        (RUNS, 1, putting("name", "\udfff"), r"name: .*'\\udfff' is in no text"),
        (RUNS, 1, putting("tags", "mlflow.runName", "a"), "has the tag mlflow.runName"),
        (RUNS, 1, putting("inputs", [{**INPUT, "source": "x" * 65_536}]), "'source' exceeds"),
        (RUNS, 1, putting("tags", "sweep", "other"), "is not of the sweep 'small'"),
        (RUNS, 1, putting("tags", "sweep_run", "0" * 32), "does not belong to the run"),
        (RUNS, 1, putting("tags", "kind", "report"), "of the kind 'report'"),
        (RUNS, 1, putting("tags", "kind", "sweep"), "of the kind 'sweep'"),
        (RUNS, 1, putting("tags", "lease", "free"), "has the tag lease"),
        (RUNS, 1, putting("tags", "schema_version", "2"), "made by a newer version"),
        (RUNS, 0, putting("tags", "kind", "trial"), "the first run .* is not that of a sweep"),
        (BESIDE, 0, putting("tags", "kind", "trial"), "of no kind that a report reads"),
        (STUDIES, 0, putting("name", "other/0123/shapeset/tanh"), "studies that are not the sw"),
        (STUDIES, 0, putting("direction", "up"), "line 1 of studies.jsonl: direction"),
        (STUDIES, 0, putting("trials", 0, "state", "DONE"), "trials.0"),
        (STUDIES, 0, putting("trials", 0, "params", "depth", 99), "trials.0"),
        (STUDIES, 0, putting("trials", 0, "distributions", "depth", {}), "trials.0"),
        (STUDIES, 0, putting("trials", 0, "started", "today"), "trials.0"),
        (STUDIES, 0, putting("trials", 0, "ended", None), "trials.0"),
        (STUDIES, 0, putting("trials", 0, "intermediate", "steps", []), "trials.0"),
        (STUDIES, 0, putting("trials", 0, "intermediate", "steps", [1, 2**70]), "steps.1"),
        (STUDIES, 0, putting("trials", 0, "params", "depth", 10**400), "trials.0: .*OverflowE"),
        (STUDIES, 0, putting("trials", 1, "values", ["nan"]), "trials.1: .*its value is nan"),
        (STUDIES, 0, putting("trials", 0, "user_attrs", "\ud800", 1), "attrs.*: .*in no text"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_fit(exported, nowhere, tmp_path, path, number, change, match):
    refuse(changed(exported, tmp_path, path, number, change), nowhere, match)


@pytest.mark.slow
def test_a_changed_line_alone_is_no_reason(exported, tmp_path, stores):
    from .conftest import brought

    file = changed(exported, tmp_path, RUNS, 1, putting("name", "renamed"))
    place, _ = brought(file, stores)
    assert place.client.search_runs([place.experiment_id], "attributes.run_name = 'renamed'")


@pytest.mark.parametrize(
    ("path", "content", "match"),
    [
        (RUNS, b"", "runs.jsonl is missing or empty"),
        (RUNS, b"no JSON\n", "line 1 of runs.jsonl is no JSON"),
        (RUNS, b"[" * 100_000, "line 1 of runs.jsonl is no JSON"),
        (RUNS, b"\xff\n", "line 1 of runs.jsonl is no JSON"),
        (RUNS, b"[]\n", "line 1 of runs.jsonl"),
        ("models.jsonl", b"{}\n", "line 1 of models.jsonl"),
    ],
)
def test_a_member_that_cannot_be_read(exported, nowhere, tmp_path, path, content, match):
    found = {**members(exported.file), path: content}
    refuse(written(tmp_path / "a.tar.xz", found), nowhere, match)


def test_a_run_or_a_study_that_is_there_twice(exported, nowhere, tmp_path):
    for path, match in ((RUNS, "has a run twice"), (STUDIES, "or one twice")):
        found = members(exported.file)
        found[path] += found[path].splitlines()[-1] + b"\n"
        refuse(written(tmp_path / f"{path}.tar.xz", found), nowhere, match)


@pytest.mark.parametrize(
    ("run", "match"),
    [
        ("0" * 32, "models.jsonl has a model of a run that is not in runs.jsonl"),
        (None, "the files of the model of the run [0-9a-f]+ are missing"),
    ],
)
def test_a_model_that_fits_no_run_or_has_no_files(exported, nowhere, tmp_path, run, match):
    found = members(exported.file)
    run = run or json.loads(found[RUNS].splitlines()[-1])["id"]
    model = {"run": run, "dataset": "mine", "variant": "tanh", "description": "", "tags": {}}
    found["models.jsonl"] = json.dumps(model).encode() + b"\n"
    refuse(written(tmp_path / "a.tar.xz", found), nowhere, match)
