"""Sweeps that share a seed: what they have in common is trained twice, not observed twice."""

from collections.abc import Sequence

from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import ArtifactError, find_runs
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import SweepRun, read
from glorot_sweep.tracking.sweeps import read_identity


def sweeps_with_seed(place: Place, seed: int, but: str) -> tuple[str, ...]:
    """Return the names of an experiment's sweeps that have a seed, the oldest first.

    A sweep whose stored configuration is lost or damaged says nothing of its seed.

    Args:
        place: the experiment.
        seed: of a sweep file.
        but: the name of a sweep that does not count.
    """
    found = []
    for run in find_runs(place.client, [place.experiment_id], kind=Kind.SWEEP):
        sweep = read(SweepRun, run)
        try:
            stored = read_identity(place.client, sweep).get("config")
        except ArtifactError:
            continue
        if sweep.sweep != but and isinstance(stored, dict) and stored.get("seed") == seed:
            found.append(sweep.sweep)
    return tuple(dict.fromkeys(found))


def same_seed_sentence(seed: int, others: Sequence[str]) -> str:
    """Return what is said of sweeps that share a seed.

    Example:
        >>> same_seed_sentence(2010, ["quick"])
        'Seed 2010 is that of quick too: where data set, variant and settings agree, its runs are \
copies of these, and no second observation.'
    """
    return (
        f"Seed {seed} is that of {', '.join(others)} too: where data set, variant and settings "
        "agree, its runs are copies of these, and no second observation."
    )
