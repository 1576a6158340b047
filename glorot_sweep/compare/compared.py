"""A comparison of sweeps before it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

from glorot_sweep.compare.cautions import cautions
from glorot_sweep.compare.cells import ComparedCells, all_cells, compared_cells
from glorot_sweep.compare.request import Asked
from glorot_sweep.compare.settings import Setting, settings
from glorot_sweep.compare.shared import SharedRun, shared_runs
from glorot_sweep.compare.side import Side, open_places, read_sides
from glorot_sweep.errors import UserError
from glorot_sweep.report.agreement import disagreement_sentences
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.schema.names import Role
from glorot_sweep.tracking.sweeps import find_sweep, read_config


@dataclass(frozen=True)
class Compared:
    """What a comparison has found.

    Attributes:
        sides: the sweeps.
        table: their cells at the table's depth.
        best: at each variant's best depth; None where these are the same runs.
        settings: what the sweeps were asked for and made with.
        shared: networks that several of them have trained.
        cautions: what has to be known beside the numbers, in sentences.
    """

    sides: tuple[Side, ...]
    table: ComparedCells
    best: ComparedCells | None
    settings: tuple[Setting, ...]
    shared: tuple[SharedRun, ...]
    cautions: tuple[str, ...]

    def label_of(self, variant: str) -> str:
        """Return how tables write a variant: as the first of the sweeps does that has it."""
        return next(
            side.config.rows[variant].label for side in self.sides if variant in side.config.rows
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """What the sweeps are called."""
        return tuple(side.label for side in self.sides)

    @property
    def tables(self) -> list[ComparedCells]:
        """The tables of cells: at the table's depth, and at the best depths where these differ."""
        return [self.table, *([self.best] if self.best else [])]

    @property
    def level(self) -> float:
        """The level at which a difference is marked: the smallest that one of the sweeps names."""
        return min(side.config.significance.level for side in self.sides)

    @property
    def doubts(self) -> tuple[str, ...]:
        """A sentence for each run that is not believed, and for what else is amiss."""
        return tuple(
            f"{side.label}: {doubt.sentence}"
            for side in self.sides
            for doubt in side.collected.doubts
        )

    @property
    def disagreements(self) -> tuple[str, ...]:
        """A sentence for each variant whose runs were not made by the same things."""
        return tuple(
            f"{side.label}: {sentence}"
            for side in self.sides
            for sentence in disagreement_sentences(
                side.collected.trials, side.collected.replicates, side.config.rows
            )
        )  # fmt: skip


def compare(asked: Sequence[Asked]) -> Compared:
    """Compare sweeps; nothing is written.

    Raises:
        UserError: a store, an experiment or a sweep is not there, no two of the sweeps have a cell
            in common, or see `collect`.
        ServiceLostError: a finished sweep was changed meanwhile.
    """
    places = open_places(asked)
    _refuse_without_common_cell(asked, places)
    return put_together(tuple(read_sides(asked, places)))


def put_together(sides: tuple[Side, ...]) -> Compared:
    """Compare sweeps that have been read."""
    table = compared_cells(sides, Role.TABLE_DEPTH)
    found = tuple(settings(sides))
    return Compared(
        sides,
        table,
        compared_cells(sides, Role.BEST_DEPTH) if _is_another(sides) else None,
        found,
        tuple(shared_runs(sides)),
        cautions(sides, table, found),
    )


def _refuse_without_common_cell(asked: Sequence[Asked], places: Sequence[Place]) -> None:
    """Refuse sweeps of which no two ask for one cell, before their runs are read."""
    configs = [
        read_config(place, find_sweep(place, one.name))
        for one, place in zip(asked, places, strict=True)
    ]
    cells = [set(product(config.datasets, config.variants)) for config in configs]
    if any(one & other for one, other in combinations(cells, 2)):
        return
    each = "\n".join(
        f"  {one.label}: {', '.join(config.variants)} on {', '.join(config.datasets)}"
        for one, config in zip(asked, configs, strict=True)
    )
    raise UserError(
        f"no two of these sweeps have a cell (a variant on a data set) in common:\n{each}\nName "
        "sweeps that train a variant on the same data set."
    )


def _is_another(sides: Sequence[Side]) -> bool:
    """Whether a cell of best depths has other runs than that of the table's depth."""
    cells = ((side, key) for side in sides for key in all_cells([side]))
    return any(
        _runs(side, Role.TABLE_DEPTH, key) != _runs(side, Role.BEST_DEPTH, key)
        for side, key in cells
    )


def _runs(side: Side, role: Role, key: tuple[str, str]) -> tuple[str, ...]:
    cell = side.cell(role, *key)
    return cell.runs if cell else ()
