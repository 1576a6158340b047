"""What is wrong on the command line is one message, and a refusal creates nothing."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from sweep_builders import write_sweep

from glorot_sweep import errors
from glorot_sweep.engine.native import library
from glorot_sweep.host.caller import STARTED_BY_MLFLOW

TINY = Path(__file__).parents[2] / "sweeps" / "tiny.yaml"


def wrong_file(folder, text):
    path = folder.parent / "wrong.yaml"
    path.write_text(text)
    return path


GOOD = TINY.read_text()
BAD_FILES = {
    "no such file": (None, "no such sweep file"),
    "YAML syntax": ("a: [", "no valid YAML"),
    "empty": ("", "must hold keys and values"),
    "unknown key": (GOOD + "colour: red\n", "unknown key"),
    "wrong type": (GOOD.replace("  trials: 2", "  trials: many"), "search.trials"),
    "inverted range": (GOOD.replace("low: 0.01", "low: 0.9"), "must not exceed high"),
    "empty range": (GOOD.replace("{low: 0.01, high: 0.5}", "{}"), "this key is required"),
    "depth 0": (GOOD.replace("{low: 1,", "{low: 0,"), "greater than or equal to 1"),
    "unknown variant": (GOOD.replace("tanh_n", "tanhn"), "did you mean 'tanh_n'"),
    "unknown engine": (
        GOOD.replace("width: 16", "width: 16, engine: nativ"),
        "network.engine: Input should be 'auto', 'native' or 'torch', got 'nativ'",
    ),
    "native on a GPU": (
        GOOD.replace("width: 16", "width: 16, engine: native").replace(
            "pack_size: 8", "device: cuda"
        ),
        "network.engine native is for CPUs, so execution.device must be cpu, got cuda",
    ),
    "unknown data set": (GOOD.replace("[shapeset]", "[shapset]"), "did you mean 'shapeset'"),
}


def assert_refused(outcome, folder, part):
    code, _, message = outcome
    assert code == errors.USER_MISTAKE
    assert part in message
    assert message.startswith("error: ")
    assert message.count("error: ") == 1
    assert "Traceback" not in message
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("text", "part"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_sweep_file(command, here, text, part):
    path = here.parent / "none.yaml" if text is None else wrong_file(here, text)
    assert text != GOOD
    assert_refused(command("sweep", path), here, part)


LONG = "long" * 70  # more than any file system takes for one name


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["validate", LONG], f"cannot read the sweep file {LONG}: "),
        (["sweep", f"{LONG}/a.yaml"], f"cannot read the sweep file {LONG}/a.yaml: "),
        (["import", LONG], f"cannot read {LONG}: File name too long."),
        (["prepare", ".", "--output", LONG], f"{LONG} cannot be written: File name too long."),
        (
            ["list", "--tracking-uri", f"sqlite:///{LONG}.db"],
            f"{LONG}.db names a file that cannot be looked at: File name too long.",
        ),
    ],
)
@pytest.mark.parametrize("is_of_mlflow", [False, True])
def test_a_path_that_cannot_be_looked_at(command, here, monkeypatch, words, part, is_of_mlflow):
    if is_of_mlflow:
        monkeypatch.setenv(STARTED_BY_MLFLOW, "a")
    assert_refused(command(*words), here, part)


@pytest.mark.parametrize("words", [["sweep"], ["plan"], ["train", "--engine", "native"]])
def test_native_without_a_compiler(command, here, monkeypatch, words):
    monkeypatch.setattr(library, "why_unavailable", lambda: "no C compiler was found")
    native = wrong_file(here, GOOD.replace("width: 16", "width: 16, engine: native"))
    words = words if "train" in words else [*words, native]
    reason = "cannot have it: the native core cannot be had: no C compiler was found. Mend that"
    assert_refused(command(*words), here, reason)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--tracking-uri", "file:///x/mlruns"], "file store"),
        (["--tracking-uri", "mlruns"], "file store"),
        (["--tracking-uri", "http://127.0.0.1:9"], "cannot reach the tracking store"),
        (["--tracking-uri", "sqlite:///none/mlflow.db"], "folder that does not exist"),
        (["--storage", "optuna.db"], "must be a database URI"),
        (["--storage", "sqlite:///none/o.db"], "folder that does not exist"),
        (["--storage", "sqlite:///mlflow.db"], "cannot share the database"),
    ],
)
def test_a_bad_address(command, here, words, part):
    assert_refused(command("sweep", TINY, *words), here, part)


def test_an_artifact_folder_that_cannot_be_written(command, here):
    (here / "mlartifacts").write_text("a file")
    code, _, message = command("sweep", TINY)
    assert (code, "mlartifacts cannot be written" in message) == (2, True)
    assert [path.name for path in here.iterdir()] == ["mlartifacts"]


@pytest.mark.parametrize("below", ["", "deep/er"])
def test_checkpoints_that_cannot_be_written(command, here, tmp_path, below):
    wall = tmp_path / "wall"
    wall.write_text("a file")
    outcome = command("sweep", TINY, "--checkpoints", wall / below)
    assert_refused(outcome, here, "name another folder with --checkpoints")
    assert f"({wall} is no folder" in outcome[2]
    (here / "checkpoints").write_text("a file in the place of the default")
    code, _, message = command("sweep", TINY)
    assert (code, "checkpoints cannot be written" in message) == (2, True)
    assert [path.name for path in here.iterdir()] == ["checkpoints"]


def test_missing_data_are_refused_before_anything_is_created(command, here, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nothing can be downloaded
    file = write_sweep(tmp_path / "m.yaml", {"datasets": ["mnist"]})
    assert_refused(command("sweep", file, "--data-folder", tmp_path / "none"), here, "mnist")


def test_a_report_without_store_or_of_a_bad_one(command, here):
    assert_refused(command("report", "small"), here, "no tracking store")
    assert_refused(command("report", "small", "--tracking-uri", "file:x"), here, "file store")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--variant", "tahn"], "did you mean 'tanh'"),
        (["--dataset", "mnits"], "did you mean 'mnist'"),
        (["--engine", "tirch"], "unknown engine 'tirch'"),
        (["--learning-rate", "0"], "must be a positive number"),
        (["--variant", "tanh_hessian"], "plus the damping, which must be a positive number"),
        (["--variant", "tanh_hessian", "--damping", "-1"], "got -1.0; try --damping 0.01"),
        (["--variant", "tanh", "--damping", "0.1"], "takes no damping, got 0.1; leave it out"),
        (["--variant", "tanh_pretrained"], "say for how many updates a layer"),
        (["--pretraining-updates", "9"], "'tanh_n' is none; leave it out, or choose one of"),
        (["--noise", "0.2"], "pre-training is for pre-trained variants"),
        (
            ["--variant", "tanh_pretrained", "--pretraining-updates", "9"],
            "a positive rate and a noise in [0, 1), got 9, 0.0 and 0.0",
        ),
    ],
)
def test_a_bad_single_specification(command, here, words, part):
    assert_refused(command("train", *words), here, part)


@pytest.mark.parametrize("value", ["nan", "inf", "1e300"])
@pytest.mark.parametrize("words", [("train", "--learning-rate"), ("svm", "--memory")])
def test_a_number_without_end_is_refused_before_anything_is_made(command, here, words, value):
    code, _, message = command(*words, value)
    assert code == errors.USER_MISTAKE
    assert "should be less than or equal to 1000000" in message
    assert not list(here.iterdir())


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--examples", "0"], "--examples must be at least 1, got 0"),
        (["--memory", "0"], "--memory must be"),
        (["--examples", "900000", "--memory", "1"], "would fit"),
        (["--dataset", "mnits"], "did you mean 'mnist'"),
        (["--storage", "sqlite:///mlflow.db"], "cannot share the database"),
    ],
)
def test_a_bad_support_vector_machine(command, here, words, part):
    assert_refused(command("svm", *words), here, part)


@pytest.mark.parametrize(
    "words",
    [
        ["sweep"],
        ["report"],
        ["train", "--depth", "0"],
        ["train", "--width", "many"],
        ["train", "--seed", "1073741824"],  # 2^30: no address of an image has it
        ["train", "--nonsense", "1"],
        ["swep"],
    ],
)
def test_a_bad_command_line(command, here, words):
    code, _, message = command(*words)
    assert code == errors.USER_MISTAKE
    assert "Traceback" not in message
    assert list(here.iterdir()) == []


def test_as_a_module_it_is_the_same_command(command, here):
    path = wrong_file(here, GOOD.replace("tanh_n", "tanhn"))

    def as_main():
        runpy.run_module("glorot_sweep", run_name="__main__")

    outcome = command("sweep", path, start=as_main)
    assert_refused(outcome, here, "did you mean 'tanh_n'")
    assert outcome[1] == ""


@pytest.mark.slow
def test_as_a_process_a_mistake_is_one_message_without_traceback(here):
    path = wrong_file(here, GOOD.replace("tanh_n", "tanhn"))
    ended = subprocess.run(
        [sys.executable, "-m", "glorot_sweep", "sweep", str(path)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "did you mean 'tanh_n'" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    assert list(here.iterdir()) == []
