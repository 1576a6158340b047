"""Sweeps for tests of comparisons, written into a store as the driver leaves them."""

from collections.abc import Mapping, Sequence
from typing import Any

from report_builders import answers
from run_builders import record, write
from sweep_builders import NOTE, config, grouped

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.sweep.records.identity import row_of
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.schema.names import Artifact, Curve

ERRORS: dict[str, Sequence[float]] = {"tanh": (40.0, 42.0), "tanh_n": (30.0, 31.0)}
MADE_WITH = {"code": "c0de", "libraries": {"torch": "2.13.0"}, "device_type": "a processor"}
FEWEST = {"search.trials": 2, "search.pruner.kind": "none", "search.rungs": []}


class WrittenSweep:
    """A sweep in a store.

    Attributes:
        config: what it compares.
        writers: of its runs, by name.
    """

    def __init__(
        self,
        place: Place,
        name: str,
        errors: Mapping[str, Sequence[float]] = ERRORS,
        *,
        seed: int = 3,
        state: State = State.COMPLETE,
        changes: Mapping[str, Any] | None = None,
        missing: Sequence[int] = (),
        **identity: Any,
    ) -> None:
        seeds = {"replicates.seeds": len(next(iter(errors.values())))}
        about = {"name": name, "seed": seed, "variants": list(errors)}
        settings = {**FEWEST, **seeds, **about, **(changes or {})}
        made = grouped if "search.groups" in settings else config
        self.config: SweepConfig = made(settings)
        self.trials = self.config.search.group_trials - (state is State.RUNNING)  # one is to come
        self.runs = RunStore(place.client, place.experiment_id)
        self.own = {"sweep": name, "config_hash": self.config.hash()}
        run = write(self.runs, record("sweep", "running", name=name, **self.own))
        self.own["sweep_run"] = run.run_id
        self.writers: dict[str, RunWriter] = {"sweep": run}
        run.json(self._identity(identity), Artifact.IDENTITY)
        for row, (variant, of_seeds) in enumerate(errors.items()):
            self._trials(variant, row)
            for number, error in enumerate(of_seeds):
                if number not in missing:
                    self._replicate(variant, row, number, error)
        if state is not State.RUNNING:
            run.finish(state)

    def trial(self, number: int, variant: str = "tanh") -> RunWriter:
        """Return the writer of a trial of the first group."""
        first, *_ = self.config.search.group_numbers
        return self.writers[_trial_name(variant, number, first)]

    def replicate(self, number: int, variant: str = "tanh") -> RunWriter:
        """Return the writer of a replicate."""
        return self.writers[f"{variant}-shapeset-seed{number}"]

    def _identity(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        variants = self.config.variants
        return {
            "config": self.config.identity(),
            "digests": {"shapeset": NOTE.digest},
            "variants": {name: row_of(VARIANTS[name]) for name in variants},
            "engines": {name: {"engine": "torch", "reason": ""} for name in variants},
            "made_with": MADE_WITH,
            "accepted": [],
            **changes,
        }

    def _trials(self, variant: str, row: int) -> None:
        for group in self.config.search.group_numbers:
            for number in range(self.trials):
                name = _trial_name(variant, number, group)
                trial = record(
                    "trial", name=name, key=name, trial=number, group=group, objective=50.0,
                    **self._specification(variant, row, 100 + 10 * (group or 0) + number),
                )  # fmt: skip
                self.writers[name] = write(self.runs, trial)
                self.writers[name].add([Point(Curve.VALIDATION_ERROR, 50.0, 40)])
                self.writers[name].finish(State.COMPLETE)

    def _replicate(self, variant: str, row: int, number: int, error: float) -> None:
        search, window = self.config.search, self.config.replicates.window
        name = f"{variant}-shapeset-seed{number}"
        replicate = record(
            "replicate", name=name, key=name, seed=number, test_error=error,
            group=search.group_numbers[number % search.groups], validation_error=error,
            window=window, **self._specification(variant, row, number),
        )  # fmt: skip
        self.writers[name] = write(self.runs, replicate)
        self._end(self.writers[name], error)

    def _end(self, writer: RunWriter, error: float) -> None:
        """Write what a replicate leaves that is compared; what is within its layers is not."""
        writer.arrays(Artifact.PREDICTIONS, **answers(error))
        for curve in (Curve.VALIDATION_ERROR, Curve.TEST_ERROR):
            writer.add([Point(curve, error + 5, 20), Point(curve, error, 40)])
        writer.finish(State.COMPLETE)

    def _specification(self, variant: str, row: int, number: int) -> dict[str, Any]:
        of = VARIANTS[variant]
        first = 1000 * self.config.seed
        return {
            "variant": variant, "activation": of.activation, "initialization": of.initialization,
            "weight_seed": first + 200 * row + number, "data_seed": first + number,
            "width": self.config.network.middle_width, "updates_done": 40, "code_hash": "c0de",
            "libraries": "torch 2.13.0", "engine": "torch", "device": "cpu",
            "device_type": "a processor", **self.own,
        }  # fmt: skip


def _trial_name(variant: str, number: int, group: int | None) -> str:
    within = "" if group is None else f"g{group}-"
    return f"{variant}-shapeset-{within}t{number:03d}"
