"""Networks that several sweeps have trained, and whether each gave the same bits."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from glorot_sweep.compare.side import Side
from glorot_sweep.compare.specification import Specification, Trained
from glorot_sweep.report.collect_evidence import CURVES
from glorot_sweep.tracking.records import ArtifactError, read_arrays, read_curve
from glorot_sweep.tracking.schema.names import Artifact, Curve

ARRAYS: Final = {"predictions": Artifact.PREDICTIONS, "weights": Artifact.WEIGHTS}
SAME, OTHER, NOT_COMPARED = "same bits", "other bits", "not compared"
VERDICTS: Final = (SAME, OTHER, NOT_COMPARED)


@dataclass(frozen=True)
class SharedRun:
    """A network that two sweeps have trained.

    Attributes:
        name, dataset, variant, kind: of the run in the first sweep.
        first, second: what the sweeps are called.
        first_run, second_run: ids of the runs.
        compared: what both have, in words.
        differing: what of it has other bits; a run that is not believed is not compared.
    """

    name: str
    dataset: str
    variant: str
    kind: str
    first: str
    second: str
    first_run: str
    second_run: str
    compared: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """Whether both have the same bits."""
        if not self.compared:
            return NOT_COMPARED
        return OTHER if self.differing else SAME


def shared_runs(sides: Sequence[Side]) -> list[SharedRun]:
    """Compare each network that several sweeps have trained with that of the first of them."""
    owners: defaultdict[Specification, list[tuple[Side, Trained]]] = defaultdict(list)
    for side in sides:
        own: dict[Specification, Trained] = {}
        for run in side.trained:
            own.setdefault(side.specifications[run.run_id], run)
        for specification, run in own.items():
            owners[specification].append((side, run))
    return [
        _compared(*trained[0], *other)
        for trained in owners.values()
        for other in trained[1:]
    ]  # fmt: skip


def _compared(one: Side, first: Trained, other: Side, second: Trained) -> SharedRun:
    doubted = [
        f"the run of {side.label} is not believed"
        for side, run in ((one, first), (other, second))
        if any(doubt.run_id == run.run_id for doubt in side.collected.doubts)
    ]
    compared: dict[str, str] = {}
    if not doubted:
        compared = {**_curves(one, first, other, second), **_arrays(one, first, other, second)}
        if first.state.is_measured and second.state.is_measured and first.state != second.state:
            compared["end"] = f"{first.state.word} and {second.state.word}"
    return SharedRun(
        first.name, first.dataset, first.variant, first.kind.value, one.label, other.label,
        first.run_id, second.run_id, tuple(compared),
        tuple(doubted) or tuple(f"{what}: {how}" for what, how in compared.items() if how),
    )  # fmt: skip


def _curves(one: Side, first: Trained, other: Side, second: Trained) -> dict[str, str]:
    """Return the curves that both runs have points of at the same updates, and how they differ."""
    found = {}
    for curve in CURVES.values():
        ours, theirs = _curve(one, first, curve), _curve(other, second, curve)
        common = sorted(ours.keys() & theirs.keys())
        if curve is Curve.TRAIN_LOSS:  # a mean since the evaluation before
            begun, theirs_begun = _before(ours), _before(theirs)
            common = [update for update in common if begun[update] == theirs_begun[update]]
        if common:
            differing = [u for u in common if not _same(ours[u], theirs[u])]
            found[str(curve)] = _at(differing, ours, theirs) if differing else ""
    return found


def _before(curve: Mapping[int, float]) -> dict[int, int]:
    """Return the evaluation before each, 0 before the first."""
    updates = sorted(curve)
    return dict(zip(updates, [0, *updates], strict=False))


def _at(updates: Sequence[int], ours: Mapping[int, float], theirs: Mapping[int, float]) -> str:
    first = updates[0]
    return f"first at update {first:,} ({ours[first]!r}, {theirs[first]!r})"


def _curve(side: Side, run: Trained, curve: Curve) -> Mapping[int, float]:
    """Return a run's curve; one that was read with its sweep is not asked for again."""
    known = side.collected.curves.get(run.run_id, {})
    return known[curve] if curve in known else read_curve(side.place.client, run.run_id, curve)


def _same(ours: float, theirs: float) -> bool:
    return ours == theirs or (math.isnan(ours) and math.isnan(theirs))


def _arrays(one: Side, first: Trained, other: Side, second: Trained) -> dict[str, str]:
    """Return the arrays that both runs have kept, and how they differ."""
    found = {}
    for what, path in ARRAYS.items():
        digests = first.sha256.get(path), second.sha256.get(path)
        if None in digests:  # of a trial, or of a version that wrote none
            continue
        same = digests[0] == digests[1]
        found[what] = "" if same else _difference(one, first, other, second, path)
    return found


def _difference(one: Side, first: Trained, other: Side, second: Trained, path: Artifact) -> str:
    """Return how arrays differ whose files do: a file of another version may hold the same ones."""
    try:
        ours, theirs = (
            read_arrays(side.place.client, run.run_id, path, run.sha256.get(path))
            for side, run in ((one, first), (other, second))
        )
    except ArtifactError as error:
        return str(error)
    if ours.keys() != theirs.keys():
        return "other arrays"
    return "; ".join(
        f"{name} differs" for name in ours if not _same_arrays(ours[name], theirs[name])
    )


def _same_arrays(ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    return ours.dtype == theirs.dtype and ours.shape == theirs.shape and (
        ours.tobytes() == theirs.tobytes()
    )  # fmt: skip
