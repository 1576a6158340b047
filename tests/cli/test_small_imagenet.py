"""The command that builds Small-ImageNet."""

import pytest

from glorot_sweep.data.small_imagenet import job


@pytest.fixture
def asked(monkeypatch):
    """What the builder is asked for."""
    requests = []
    monkeypatch.setattr(job, "build", lambda request, _console: requests.append(request))
    return requests


def test_a_class_may_have_a_blank_in_its_name(command, here, asked):
    code, _, message = command("small-imagenet", here, "--classes", "bird, musical instrument,tool")
    assert (code, message) == (0, "")
    assert list(asked[0].classes) == ["bird", "musical instrument", "tool"]
