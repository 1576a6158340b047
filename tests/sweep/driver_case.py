"""A driver among fakes: studies whose trials are known, and a dispatch that trains nothing."""

from collections import deque
from types import SimpleNamespace

from rich.console import Console
from study_builders import fake_result
from sweep_builders import config

from glorot_sweep.errors import SweepHeldError
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.replicates import Candidate
from glorot_sweep.sweep.contents.trials import trial_task
from glorot_sweep.sweep.driver import Driver
from glorot_sweep.sweep.progress import SweepProgress

DEEP = Candidate(3, Hyperparameters(0.1, 2), 30.0)
SHALLOW = Candidate(1, Hyperparameters(0.3, 1), 20.0)


CURVE = {10: 40.0, 30: 12.5}  # validation error by update


class FakeClient:
    """A store in which every run has the same times and the same curve.

    Attributes:
        terminated: statuses that were set, by run id.
    """

    def __init__(self):
        self.terminated = {}

    def get_run(self, _):
        return SimpleNamespace(info=SimpleNamespace(start_time=1_000, end_time=3_000))

    def get_metric_history(self, *_):
        return [SimpleNamespace(step=at, value=error) for at, error in CURVE.items()]

    def log_batch(self, *_, **__):
        pass

    def set_terminated(self, run_id, status):
        self.terminated[run_id] = status


class FakeStudy:
    """A study whose trials are known; it remembers each generation that it was told."""

    def __init__(self, settings, variant, best=DEEP):
        self.config, self.dataset, self.variant = settings, "shapeset", variant
        self.group, self.chance, self.asked = None, 90.0, 0
        self.value, self.table_depth = None, settings.search.table_depth
        self.key = self.run_key = f"{variant}/shapeset"
        self.generations, self._best = [], best

    def finished(self):
        return sum(len(results) for results in self.generations)

    def has_learned(self, candidate):
        return candidate.validation_error < self.chance

    def edge(self, candidate):
        return None

    def next_generation(self):
        self.asked += 1
        search, start = self.config.search, self.finished()
        chosen = Hyperparameters(0.1, 2)
        return [
            trial_task(self.config, "shapeset", self.variant, number, chosen, {})
            for number in range(start, min(start + search.generation, search.trials))
        ]

    def tell(self, results):
        self.generations.append(dict(results))

    def lost(self, is_kept):
        """Of a study that an earlier start has told nothing."""
        chosen = Hyperparameters(0.1, 2)
        told = [
            trial_task(self.config, "shapeset", self.variant, number, chosen, {})
            for number in range(self.finished())
        ]
        return [task for task in told if not is_kept(task)]

    def best(self, depth=None):
        return self._best if depth is None else DEEP


class FakeDispatch:
    """Gives results in the order that it is told: first in, first out, unless `choose` says else.

    Attributes:
        batches: keys of each submission.
        forgotten: keys of the checkpoints that are needed no more.
        settled: keys of the trials from whose outcome the search has gone on.
    """

    def __init__(self, choose=None):
        self.work, self.batches, self.forgotten = deque(), [], set()
        self.choose, self.wants_more, self.settled = choose, True, []
        self.checkpoints = SimpleNamespace(forget=self.forgotten.update)

    def submit(self, tasks):
        self.batches.append([task.key for task in tasks])
        self.work.extend(tasks)

    def settle(self, keys):
        self.settled.extend(keys)

    def wait(self):
        if not self.work:
            return None
        task = self.choose(self.work) if self.choose else self.work[0]
        self.work.remove(task)
        return [fake_result(task.spec)]


class Held:
    """A lock that is lost after so many questions."""

    def __init__(self, times=1000):
        self.left = times

    def still_held(self):
        self.left -= 1
        if self.left < 0:
            raise SweepHeldError("process 7 drives it")


class Case:
    """A driver with two studies of six trials in generations of two, unless that is changed.

    Variants of the studies that come `further` have none to begin with.
    """

    def __init__(
        self, changes=None, *, choose=None, held=None, existing=None, best=DEEP, further=()
    ):
        settings, self.further = config(changes), list(further)
        self.client, existing = FakeClient(), existing or {}
        runs = SimpleNamespace(client=self.client)
        sweep = SimpleNamespace(config=settings, existing=existing, runs=runs, growths=0)
        later = {study.variant for studies in further for study in studies}
        first = [variant for variant in settings.variants if variant not in later]
        self.studies = [FakeStudy(settings, variant, best) for variant in first]
        self.dispatch = FakeDispatch(choose)
        self.events = []
        progress = SweepProgress(Console(quiet=True), watch=self.events.append)
        self.driver = Driver(
            sweep, self.studies, self.dispatch, progress, held or Held(), self.next_further
        )

    def next_further(self, studies):
        """Studies are added in this order, whatever there is."""
        return self.further.pop(0) if self.further else []

    def told(self, study=0):
        """Numbers of the trials of each generation that a study was told."""
        return [[int(key[-3:]) for key in sorted(one)] for one in self.studies[study].generations]

    def submitted(self):
        return [key for batch in self.dispatch.batches for key in batch]
