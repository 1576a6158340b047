"""A study that is asked and told without any training, and a storage that loses calls."""

import functools
import itertools

from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage
from sweep_builders import config, grouped

from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.storage.patience import Patience
from glorot_sweep.tracking.life import State
from glorot_sweep.training.results import Evaluation, TrialResult

# What Optuna's cache calls of a database's storage, beside the public methods.
HIDDEN = ("_create_new_trial", "_set_trial_param", "_get_trials", "_get_best_trial_id")
METHODS = (*sorted(BaseStorage.__abstractmethods__ - {"delete_study"}), "get_best_trial", *HIDDEN)


def open_study(storage, changes=None, variant="tanh", patience=None):
    """A study whose patience takes no time, unless another is given."""
    clock = [0.0]
    patience = patience or Patience(
        clock=lambda: clock[0], sleep=lambda seconds: clock.__setitem__(0, clock[0] + seconds)
    )
    return Study(storage, config(changes), "scope", "shapeset", variant, patience)


def open_group(storage, changes=None, variant="tanh", group=0, chance=90.0):
    """The study of a group, as files ask for it today."""
    settings = grouped(changes)
    return Study(storage, settings, "scope", "shapeset", variant, group=group, chance=chance)


def fake_result(spec, state="complete"):
    """A result that is a function of the specification, with a curve at its rungs."""
    error = round(20 + 30 * abs(spec.learning_rate - 0.1) ** 0.5 + spec.depth, 6)
    curve = tuple(Evaluation(u, 1.0, 1.0, error + 100 / u) for u in spec.evaluate_at)
    curve = curve[:1] if state == "pruned" else curve
    return TrialResult(spec.key, State(state), curve[-1].update, curve, error)


def number_of(trial):
    """Number of a study's task."""
    return int(trial.tags["trial"])


def drive(study, state_of=lambda _: "complete"):
    """Ask and tell to the end; return what was proposed."""
    proposed = []
    while asked := study.next_generation():
        study.tell({one.key: fake_result(one.spec, state_of(number_of(one))) for one in asked})
        proposed += [one.spec for one in asked]
    return proposed


def trials_of(study):
    """All that is stored of each trial but its times."""
    return [
        (
            trial.number,
            trial.state.name,
            trial.params,
            trial.distributions,
            trial.values,
            trial.intermediate_values,
            trial.user_attrs,
            trial.system_attrs,
        )
        for trial in study._study.get_trials()
    ]


class Faults:
    """Makes a storage's methods fail before or after the real call; counts all calls.

    Attributes:
        calls: how often each method was called.
        raised: how many faults there were.
    """

    def __init__(self, storage, decide):
        """`decide(name, n)` says what the n-th call of a method does: None, before or after."""
        self.calls, self.raised, self.decide, self.ended = {}, 0, decide, False
        for name in METHODS:
            if hasattr(storage, name):
                setattr(storage, name, self.faulty(name, getattr(storage, name)))

    def faulty(self, name, real):
        numbers = itertools.count()

        @functools.wraps(real)
        def call(*arguments, **keywords):
            if self.ended:
                return real(*arguments, **keywords)
            number = next(numbers)
            self.calls[name] = number + 1
            when = self.decide(name, number)
            if when == "before":
                self.fail()
            answer = real(*arguments, **keywords)
            if when == "after":
                self.fail()
            return answer

        return call

    def end(self):
        """Count and fail no more."""
        self.ended = True

    def fail(self):
        self.raised += 1
        raise StorageInternalError("the storage is away")
