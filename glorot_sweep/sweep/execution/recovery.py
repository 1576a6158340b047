"""What follows a pack that has failed: again, in halves, or given up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.execution.outcome import Failure

ERRORS_ALONE = 2  # of a trial that is alone in its pack, before it is given up
LOSSES_TOGETHER = 2  # of a worker under a pack without progress, before the pack is halved
LOSSES_ALONE = 3  # of a worker under a lone trial without progress, before it is given up

Group = tuple[TrialSpec, ...]


@dataclass(frozen=True)
class Verdict:
    """What to do next.

    Attributes:
        again: trials to train again, those of a group together.
        given_up: trials that have failed for good, with the reason.
    """

    again: tuple[Group, ...] = ()
    given_up: tuple[tuple[TrialSpec, str], ...] = ()


class Recovery:
    """Isolates the trial that is to blame, and lets its neighbours complete.

    A trial that raises is found by halving its pack. A worker that is lost is first taken for bad
    luck: only if a pack loses workers again without having got any further is it halved too. A
    trial is given up for what happens while it is alone; what happens to a pack counts for packs.

    Attributes:
        largest: of each kind of pack the size that fits in memory, once a larger one did not.
    """

    def __init__(self) -> None:
        self.largest: dict[tuple[object, ...], int] = {}
        self._errors_alone: Counter[str] = Counter()
        self._losses: Counter[tuple[str, bool]] = Counter()  # by key, and whether it was alone
        self._reached: dict[tuple[str, bool], int] = {}

    def after(self, trials: Sequence[TrialSpec], failure: Failure, reached: int) -> Verdict:
        """Return what follows a failure.

        Args:
            trials: of the pack.
            failure: how it failed; of a trial's kind, not the service's.
            reached: updates at its newest checkpoint.
        """
        group = tuple(trials)
        if failure.kind == "memory":
            half = max(1, len(group) // 2)
            known = self.largest.get(group[0].size, half)
            self.largest[group[0].size] = min(known, half)
            return _give_up(group, failure) if len(group) == 1 else _halves(group)
        if failure.kind == "error":
            if len(group) > 1:
                return _halves(group)
            key = group[0].key
            self._errors_alone[key] += 1
            is_tried_again = self._errors_alone[key] < ERRORS_ALONE
            return Verdict((group,)) if is_tried_again else _give_up(group, failure)
        return self._after_loss(group, failure, reached)

    def _after_loss(self, group: Group, failure: Failure, reached: int) -> Verdict:
        counts = [(trial.key, len(group) == 1) for trial in group]
        for one in counts:
            if reached > self._reached.get(one, -1):
                self._reached[one], self._losses[one] = reached, 0
            self._losses[one] += 1
        losses = max(self._losses[one] for one in counts)
        if len(group) > 1:
            return Verdict((group,)) if losses < LOSSES_TOGETHER else _halves(group)
        return Verdict((group,)) if losses < LOSSES_ALONE else _give_up(group, failure)


def _halves(group: Group) -> Verdict:
    middle = len(group) // 2
    return Verdict((group[:middle], group[middle:]))


def _give_up(group: Group, failure: Failure) -> Verdict:
    return Verdict(given_up=tuple((trial, failure.reason) for trial in group))
