"""The sweeps of a comparison as they are read from their tracking servers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from glorot_sweep.compare.request import Asked
from glorot_sweep.compare.specification import Specification, Trained, specification_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import ServiceLostError
from glorot_sweep.report.collect import Cell, Collected, collect
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.belonging import runs_digest
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.schema.names import Role
from glorot_sweep.tracking.sweeps import find_sweep, read_identity, refuse_partial


@dataclass(frozen=True)
class Side:
    """A sweep of a comparison.

    Attributes:
        label: what it is called there.
        place: its store and experiment.
        collected: its cells and runs, of an unfinished one as far as it is.
        identity: what decides its numbers, as it was stored.
    """

    label: str
    place: Place
    collected: Collected
    identity: Mapping[str, Any]

    @property
    def config(self) -> SweepConfig:
        """Its configuration, at the table's value if it has a factor."""
        return self.collected.config

    @property
    def is_finished(self) -> bool:
        """Whether every run of it has ended."""
        return self.collected.sweep.state is State.COMPLETE

    @property
    def trained(self) -> list[Trained]:
        """The runs of its networks."""
        collected = self.collected
        return [*collected.all_trials, *collected.all_replicates, *collected.monitored]

    @cached_property
    def specifications(self) -> dict[str, Specification]:
        """What decides the bits of each network, by run id."""
        return {run.run_id: specification_of(self.identity, run) for run in self.trained}

    def cell(self, role: Role, dataset: str, variant: str) -> Cell | None:
        """Return a cell; None if the sweep has no such cell, or no replicate of it yet."""
        return self.collected.cells.get((role, dataset, variant))

    def asks_for(self, dataset: str, variant: str) -> bool:
        """Return whether the sweep has, or will have, such a cell."""
        return dataset in self.config.datasets and variant in self.config.variants


def open_places(asked: Sequence[Asked]) -> list[Place]:
    """Return the place of each sweep; sweeps that name the same one share it.

    Raises:
        UserError: a store cannot be used, or has no such experiment or sweep; it names those that
            are there.
    """
    opened: dict[tuple[str, str | None], Place] = {}
    for one in asked:
        key = (tracking_uri(one.uri), one.experiment)
        if key not in opened:
            opened[key] = open_place(one.uri, one.experiment, create=False)
    places = [opened[tracking_uri(one.uri), one.experiment] for one in asked]
    for one, place in zip(asked, places, strict=True):
        refuse_partial(place, find_sweep(place, one.name))
    return places


def read_sides(asked: Sequence[Asked], places: Sequence[Place]) -> list[Side]:
    """Read the sweeps.

    Raises:
        UserError: see `collect`.
        ServiceLostError: a finished sweep was changed meanwhile.
    """
    return [_read(one, place) for one, place in zip(asked, places, strict=True)]


def _read(asked: Asked, place: Place) -> Side:
    before = runs_digest(place, find_sweep(place, asked.name))
    collected = collect(place, asked.name, partial=True)
    side = Side(asked.label, place, collected, read_identity(place.client, collected.sweep))
    if side.is_finished and runs_digest(place, find_sweep(place, asked.name)) != before:
        raise ServiceLostError(
            f"the sweep {asked.name!r} was changed while it was compared. No comparison is stored; "
            "the same command makes it anew."
        )
    return side
