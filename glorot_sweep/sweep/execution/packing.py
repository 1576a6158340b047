"""Which trials share a pack."""

import itertools
from collections.abc import Iterable, Sequence

from glorot_sweep.specs import PackSpec, TrialSpec


def by_pace(trials: Iterable[TrialSpec]) -> list[list[TrialSpec]]:
    """Return the groups of trials that may share a pack, each in its order."""
    groups: dict[tuple[object, ...], list[TrialSpec]] = {}
    for trial in trials:
        groups.setdefault(trial.pace, []).append(trial)
    return list(groups.values())


def make_packs(trials: Sequence[TrialSpec], pack_size: int, workers: int = 1) -> list[PackSpec]:
    """Divide trials into packs of nearly equal size, as few as `pack_size` and `workers` allow.

    Trials of different pace (data set, width, batch, schedule) never share a pack; otherwise
    their order is kept, so that neighbours, which share a stream or a study, stay together.

    Args:
        trials: to divide.
        pack_size: trials of a pack at the most.
        workers: that are idle; none should stay so.
    """
    packs: list[PackSpec] = []
    for group in by_pace(trials):
        share = workers * len(group) // len(trials)
        count = max(-(-len(group) // pack_size), min(share, len(group)))
        bounds = [len(group) * i // count for i in range(count + 1)]
        packs.extend(PackSpec(tuple(group[a:b])) for a, b in itertools.pairwise(bounds))
    return packs
