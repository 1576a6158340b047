"""The command that makes a data set of a folder of images."""

import io
import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from PIL import Image

from glorot_sweep import errors
from glorot_sweep.config.yaml_text import read_yaml
from glorot_sweep.data.own_images import job
from glorot_sweep.data.own_images.prepared_file import manifest_in, read_prepared
from glorot_sweep.data.small_imagenet import progress


def picture(seed, width=6):
    stream = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (5, width, 3), np.uint8)
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def photos(here):
    folder = here.parent / "my photos"
    for place, name in enumerate(("ant", "bee")):
        (folder / name).mkdir(parents=True)
        for number in range(10):
            content = picture(100 * place + number, 6 + number % 2)
            (folder / name / f"{number}.png").write_bytes(content)
    (folder / "ant" / "Thumbs.db").write_bytes(b"")
    return folder


def test_a_file_and_how_to_use_it(command, here, photos):
    code, out, _ = command("prepare", photos, "--resize", "4", "--output", "pets.npz")
    assert code == 0
    assert "files passed over: 1 of the system" in out
    assert 'image_folders: {pets: {path: "pets.npz"}}' in out
    arrays = read_prepared(here / "pets.npz")
    assert arrays["image_shape"].tolist() == [4, 4, 3]
    assert arrays["split_sizes"].tolist() == [14, 2, 4]


def test_the_same_command_again(command, here, photos):
    words = ("prepare", photos, "--resize", "3x4", "--color", "grey")
    assert command(*words)[0] == 0
    content = (here / "my photos.npz").read_bytes()
    assert "is there: nothing to do" in command(*words)[1]
    assert (here / "my photos.npz").read_bytes() == content
    (photos / ".DS_Store").write_bytes(b"of the system")
    command(*words, "--output", str(photos / "inside.npz"))
    for again in ([], ["--output", str(photos / "inside.npz")]):  # one of them among the images
        assert "is there: nothing to do" in command(*words, *again)[1]
    for beside in (".DS_Store", "inside.npz"):
        (photos / beside).unlink()
    command(*words, "--output", "again.npz")
    assert (here / "again.npz").read_bytes() == content
    code, _, message = command(*words, "--seed", "1")
    assert (code, "was made of other rules" in message) == (errors.USER_MISTAKE, True)
    (photos / "ant" / "new.png").write_bytes(picture(77))
    assert "was made of other images" in command(*words)[2]
    assert (here / "my photos.npz").read_bytes() == content


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--resize", "big"], "--resize must be a side as in 32, or height x width"),
        (["--resize", "0"], "--resize: Input should be greater than or equal to 1"),
        (["--resize", "9x9x9"], "--resize must be a side"),
        (["--resize", "4", "--crop", "left"], "--crop: Input should be 'center' or 'none'"),
        (["--crop", "center"], "--crop: crop center says how resize cuts; give resize too"),
        (["--color", "blue"], "--color: Input should be 'rgb' or 'grey'"),
        (
            ["--resize", "4", "--test-share", "0.9", "--validation-share", "0.9"],
            "--test-share: test_share and validation_share together may be at most 0.95, so that "
            "images are left to train on, got 0.9 and 0.9\n",
        ),
        (["--resize", "4", "--output", "none/x.npz"], "none is to be made first"),
        ([], "images have 2 sizes: 10 of 6x5, 10 of 7x5"),
    ],
)
def test_a_refusal_writes_nothing(command, here, photos, words, part):
    code, _, message = command("prepare", photos, *words)
    assert code == errors.USER_MISTAKE
    assert part in message
    assert "Traceback" not in message
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("stem", ["2010", "1e5", "1_0", "true", "null", "no", "photos"])
def test_what_it_says_to_write_into_a_sweep_file_is_read_as_it_is_meant(
    command, here, photos, stem
):
    code, said, message = command("prepare", photos, "--resize", "4", "--output", f"{stem}.npz")
    assert code == 0, message
    shown = "\n".join(line for line in said.splitlines() if line.startswith("  "))
    values = read_yaml(textwrap.dedent(shown)).values
    assert values["datasets"] == [stem]
    assert values["image_folders"] == {stem: {"path": f"{stem}.npz"}}


def test_each_image_is_counted_once_in_each_pass(command, photos, monkeypatch):
    counted = []

    class Noted(progress.Phase):
        def advance(self, count):
            super().advance(count)
            counted.append((self._name, self._done, self._total))

    monkeypatch.setattr(progress, "Phase", Noted)
    for number in range(60):
        (photos / "ant" / f"more{number}.png").write_bytes(picture(1000 + number))
    assert command("prepare", photos, "--resize", "4")[0] == 0
    passes = ("images looked at", "images prepared")
    assert counted == [(name, done, 80) for name in passes for done in (0, 64)]


def test_no_such_folder(command, here):
    code, _, message = command("prepare", "nothing")
    assert code == errors.USER_MISTAKE
    assert "nothing: there is nothing. It must be a folder of class folders, a tar" in message
    assert "Errno" not in message
    assert list(here.iterdir()) == []


def test_a_stop_leaves_nothing(command, here, photos, monkeypatch):
    looked_at = job.looked_at

    def stopped(layout, check):
        found = looked_at(layout, check)
        os.kill(os.getpid(), signal.SIGTERM)
        return found

    monkeypatch.setattr(job, "looked_at", stopped)
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    try:
        code, _, message = command("prepare", photos, "--resize", "4")
    finally:
        for each, handler in zip(
            (signal.SIGINT, signal.SIGTERM, signal.SIGHUP), before, strict=True
        ):
            signal.signal(each, handler)
    assert (code, "the same command continues" in message) == (errors.SIGNAL_BASE + 15, True)
    assert list(here.iterdir()) == []


def test_a_disk_that_cannot_be_written(command, here, photos, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(np, "savez", refused)
    code, _, message = command("prepare", photos, "--resize", "4")
    assert (code, "cannot write" in message) == (errors.USER_MISTAKE, True)
    assert list(here.iterdir()) == []


@pytest.mark.slow
def test_neither_torch_nor_mlflow_is_loaded(here, photos):
    """A folder of images is prepared where neither is needed."""
    program = (
        "import sys; from glorot_sweep.cli import app; sys.argv = sys.argv[:1] + "
        f"['prepare', {str(photos)!r}, '--resize', '4']\n"
        "try:\n    app.main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'torch', 'mlflow'} & sys.modules.keys()))"
    )
    said = subprocess.check_output([sys.executable, "-c", program], text=True, cwd=here)
    assert said.splitlines()[-1] == "[]"
    assert manifest_in(read_prepared(here / "my photos.npz"))["names"]
