"""Sweeps on images of one's own: what is refused or only looked at leaves nothing beside them."""

import numpy as np
import pytest
from PIL import Image
from sweep_builders import write_sweep

from glorot_sweep import errors

FORMS = {"mine": {"path": "photos/mine", "resize": 4}, "alike": "alike"}


@pytest.fixture
def file(here):
    """A sweep file on images in both forms."""
    photos = here / "photos"
    for folder in ("mine", "alike/train", "alike/test"):
        for kind, grey in (("cat", 60), ("dog", 180)):
            (photos / folder / kind).mkdir(parents=True)
            for number in range(30):
                pixels = np.full((5, 5), grey + number, np.uint8)
                Image.fromarray(pixels).save(photos / folder / kind / f"{number}.png")
    changes = {"datasets": ["mine", "alike"], "image_folders": FORMS, "paper": "none"}
    return write_sweep(here / "mine.yaml", changes)


def there(here):
    return {path for path in here.rglob("*") if path.suffix != ".png"}


def test_nothing_is_left_by_a_look_or_a_refusal(command, here, file):
    before = there(here)
    code, said, _ = command("validate", file, "--data-folder", here / "photos")
    assert code == 0
    assert "mine: 42 training" in said
    assert there(here) == before
    words = ("--data-folder", here / "photos", "--tracking-uri", "http://127.0.0.1:9")
    code, _, message = command("sweep", file, *words)
    assert (code, "cannot reach the tracking store" in message) == (errors.USER_MISTAKE, True)
    assert there(here) == before
