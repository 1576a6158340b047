"""What was costly to make of a data set is kept once a sweep begins, and not if it is refused."""

import pytest
from small_sweep import ONE_PACK, objectives, sweep
from sweep_builders import small_dataset

from glorot_sweep.data.catalog import load_dataset
from glorot_sweep.errors import UserError
from glorot_sweep.sweep import job


@pytest.mark.slow
@pytest.mark.parametrize("begins", [True, False])
def test_kept_as_soon_as_it_begins(stores, monkeypatch, begins):
    def refuse(*_):
        raise UserError("refused")

    dataset, kept = small_dataset(), []
    monkeypatch.setattr(dataset, "keep", lambda: kept.append(dataset.name), raising=True)
    monkeypatch.setattr(job, "Work" if begins else "refuse_registry", refuse)
    with pytest.raises(UserError, match="refused"):
        sweep(stores, ONE_PACK, datasets={"shapeset": dataset})
    assert kept == ["shapeset"] * begins


@pytest.mark.slow
def test_a_sweep_of_finitely_many_images_of_shapeset(stores):
    name = "shapeset_finite_70"
    changes = {**ONE_PACK, "datasets": [name]}
    outcome = sweep(stores, changes, datasets={name: load_dataset(name, stores)})
    assert {state for state, _ in objectives(outcome.place).values()} <= {"complete", "pruned"}
