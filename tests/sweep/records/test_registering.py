"""Which replicate becomes a model, and what is said of one that has learned nothing."""

from types import SimpleNamespace

import pytest
from stored_sweep import StoredSweep

from glorot_sweep.data.dataset import majority_error_percent
from glorot_sweep.sweep.records import registering
from glorot_sweep.tracking.belonging import OwnRun


@pytest.fixture
def registered(place, dataset, monkeypatch):
    """Makes replicates, `(learned, validation error)` each, and the model; nothing is exported."""
    made = []

    def note(_client, run_id, _name, model, description, tags, _refuse):
        assert model.metadata().get("preparation", {}) == dataset.preparation
        made.append((run_id, description, tags))

    monkeypatch.setattr(registering, "register", note)
    monkeypatch.setattr(registering, "_refuse_lost_weights", lambda *_: None)
    monkeypatch.setattr(registering, "_weights", lambda *_: {})
    monkeypatch.setattr(registering, "SingleNetwork", lambda *_, **__: None)

    def register(*replicates, changes=None, **marks):
        stored = StoredSweep(place, changes={"variants": ["tanh"], **(changes or {})})
        runs = [
            stored.make("replicate", "complete", learned=learned, validation_error=error,
                        seed=seed, sweep_run=stored.run.run_id, **marks)
            for seed, (learned, error) in enumerate(replicates)
        ]  # fmt: skip
        sweep = SimpleNamespace(
            place=place, config=stored.config, runs=stored.runs,
            own=OwnRun(stored.name, stored.run.run_id, 0),
            lease=SimpleNamespace(check=lambda: None),
        )  # fmt: skip
        registering.register_winners(sweep, {"shapeset": dataset})
        ((run_id, description, tags),) = made
        return [run.run_id for run in runs].index(run_id), description, tags

    return register


def test_the_lowest_validation_error_wins(registered, caplog):
    chosen, description, tags = registered((None, 40.0), (None, 30.0), (None, 50.0))
    assert chosen == 1
    assert description.startswith("Tanh on shapeset, run ")
    assert "uint8 [n, 4, 4, 2]" in description
    assert "learned" not in tags
    assert "prepare" not in description
    assert caplog.text == ""


def test_of_a_factor_the_value_is_said(registered):
    search = {"trials": 2, "generation": 2, "learning_rate": {"low": 0.01, "high": 0.1}}
    changes = {"search": search, "network": {"width": 16},
               "replicates": {"updates": 40, "widths": [8, 16], "window": 1}}  # fmt: skip
    mark = {"factor": "width", "factor_value": 16}
    _, description, _ = registered((None, 40.0), changes=changes, **mark)
    begins = "Tanh on shapeset at width 16 (the table's, of widths 8, 16), run "
    assert description.startswith(begins)


def test_how_photographs_are_prepared_is_said(registered, dataset):
    dataset.preparation = {"resize": [4, 4], "crop": "center", "color": "rgb"}
    _, description, _ = registered((None, 40.0))
    assert description.endswith(
        "Photographs are to be prepared as its training images were: turned upright as EXIF says, "
        "laid on white where transparent, put in colour, cut to the largest middle part of the "
        "shape 4 x 4, resized to height 4 and width 4 by means over areas; "
        "glorot_sweep.prepare_image does that."
    )


def test_one_whose_trial_has_learned_goes_before_one_whose_has_not(registered):
    chosen, _, tags = registered(("no", 30.0), (None, 40.0))
    assert chosen == 1
    assert "learned" not in tags


@pytest.mark.slow
@pytest.mark.parametrize("learned", ["no", None])
def test_one_that_has_learned_nothing_is_a_model_that_says_so(registered, dataset, caplog, learned):
    """Its trial was at chance, which the search has said, or it is itself."""
    chance = majority_error_percent(dataset.validation.labels)
    _, description, tags = registered((learned, 30.0 if learned else chance))
    assert tags["learned"] == "no"
    assert description.startswith("Nothing was learned: it is no better than always answering ")
    assert ("tanh on shapeset: Nothing was learned" in caplog.text) == (learned is None)
