"""What the driver costs: its time for each trial, a fleet of devices kept busy, a restart.

Run from the repository: `python benchmarks/driver.py`.

* `proposing`: one study that has 5,000 trials already, and has read them; 240 more are asked,
  packed, taken in and told through an executor that returns at once: all of it the driver's time.
* `fleet`: 256 devices that only wait, 1 to 5 s a pack, with 1,024 packs ready: the share of their
  time that they are busy until the queue is empty.
* `resume`: a sweep of 1,000 trials is ended in the middle; the time from starting the same command
  again to the first pack that it finishes.
"""

import argparse
import contextlib
import heapq
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna
import sqlalchemy
import yaml
from optuna.distributions import FloatDistribution, IntDistribution
from rich.console import Console
from workload import surroundings

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.host.provenance import provenance
from glorot_sweep.sweep.contents.engines import settle
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.trials import study_key, trial_task
from glorot_sweep.sweep.driver import Driver
from glorot_sweep.sweep.execution.checkpoint_folder import CheckpointFolder
from glorot_sweep.sweep.execution.dispatch import Dispatch
from glorot_sweep.sweep.execution.outcome import Outcome
from glorot_sweep.sweep.execution.pack_sizes import PackSizes
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.opening import OpenSweep, open_sweep
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.storage.database import open_storage
from glorot_sweep.sweep.storage.lock import Held, hold
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import open_place
from glorot_sweep.training.results import Evaluation, PackResult, TrialResult

EARLIER, ASKED = 5_000, 240
DEVICES, PACKS = 256, 1_024
RESUMED, BEFORE_THE_END = 200, 25  # trials of each of five studies; packs until it is ended
LIMITS = {"milliseconds_per_trial": 50.0, "busy": 0.95, "resume_seconds": 20.0}
SIZES = PackSizes(20, None, {})
NOTE = DatasetNote("shapeset", "none", "none")


def settings(trials: int) -> SweepConfig:
    """Return a sweep of one study, all of whose trials search the depth too but one."""
    values = {
        "name": "driver", "datasets": ["shapeset"], "variants": ["tanh"],
        "search": {
            "trials": 1, "depth_trials": trials - 1, "groups": 1, "generation": 20,
            "learning_rate": {"low": 0.001, "high": 0.3}, "updates": 300, "rungs": [100, 200],
        },
        "replicates": {"seeds": 2, "updates": 300},
    }  # fmt: skip
    return SweepConfig.model_validate(values)


class InstantExecutor:
    """Returns results that are made up, at once or after a wait, on so many devices."""

    def __init__(self, devices: int, seconds: tuple[float, float] = (0.0, 0.0)) -> None:
        self.devices, self.seconds = devices, seconds
        self.random, self.numbers = random.Random(0), itertools.count()
        self.queue: list[PackJob] = []
        self.working: list[tuple[float, int, PackJob]] = []
        self.busy, self.emptied = 0.0, 0.0

    @property
    def idle_workers(self) -> int:
        """Idle devices."""
        return max(0, self.devices - len(self.working) - len(self.queue))

    def submit(self, job: PackJob) -> None:
        """Queue a pack."""
        self.queue.append(job)

    def wait(self) -> Outcome | None:
        """Return the pack that ends next, once it does."""
        while self.queue and len(self.working) < self.devices:
            lasting = self.random.uniform(*self.seconds)
            entry = (time.monotonic() + lasting, next(self.numbers), self.queue.pop(0))
            heapq.heappush(self.working, entry)
            self.busy += lasting
            self.emptied = time.monotonic()
        if not self.working:
            return None
        ends, _, job = heapq.heappop(self.working)
        time.sleep(max(0.0, ends - time.monotonic()))
        trials = tuple(made_up(trial.key, trial.evaluate_at) for trial in job.spec.trials)
        return Outcome(job, PackResult(trials, 1.0, 1))

    def close(self) -> None:
        """Nothing is held."""

    def idle_share(self, began: float) -> float:
        """Share of the devices' time without work until the last pack was begun."""
        still = sum(max(0.0, ends - self.emptied) for ends, _, _ in self.working)
        return 1 - (self.busy - still) / (self.devices * (self.emptied - began))


def made_up(key: str, updates: tuple[int, ...]) -> TrialResult:
    """Return a result that is a function of the key."""
    error = 20.0 + hash(key) % 1000 / 20
    looks = tuple(Evaluation(update, 1.0, 1.0, error) for update in updates)
    return TrialResult(key, State.COMPLETE, updates[-1], looks, error)


@contextlib.contextmanager
def opened(config: SweepConfig, folder: Path) -> Iterator[OpenSweep]:
    """Hold a new sweep on a store of its own."""
    place = open_place(f"sqlite:///{folder}/mlflow.db", "benchmark", create=True)
    engines = settle(config, "cpu", None)
    with Lease(config.name) as lease:
        yield open_sweep(config, "made up", {}, place, provenance(), engines, lease)


@dataclass
class OneDriver:
    """What a real driver looks at before each generation: its lease, and the storage's lock."""

    sweep: OpenSweep
    lock: Held

    def still_held(self) -> None:
        """Look at both."""
        self.sweep.lease.check()
        self.lock.still_held()


def proposing(folder: Path) -> float:
    """Return the driver's milliseconds for each trial."""
    config = settings(EARLIER + ASKED)
    uri = f"sqlite:///{folder}/optuna.db"
    storage = open_storage(uri)
    study = Study(storage, config, "scope", "shapeset", "tanh")
    fill(storage, study)
    assert study.finished() == EARLIER
    with opened(config, folder) as sweep, hold(uri, config.name) as lock:
        progress = SweepProgress(Console(quiet=True))
        dispatch = instant(sweep, study.key, InstantExecutor(1), folder, progress)
        one_driver = OneDriver(sweep, lock)
        driver = Driver(sweep, [study], dispatch, progress, one_driver, lambda _: [])
        began = time.perf_counter()
        driver.search()
        taken = time.perf_counter() - began
    assert study.finished() == EARLIER + ASKED
    return 1000 * taken / ASKED


def instant(
    sweep: OpenSweep, study: str, executor: InstantExecutor, folder: Path, progress: SweepProgress
) -> Dispatch:
    """Return a dispatch that has results made up."""
    return Dispatch(
        sweep, {study: sweep.run}, {"shapeset": NOTE}, executor,
        CheckpointFolder(folder / "none"), SIZES, progress,
    )  # fmt: skip


def fill(storage: optuna.storages.RDBStorage, study: Study) -> None:
    """Add earlier trials, without waiting for the disk: their time is not measured."""

    @sqlalchemy.event.listens_for(storage.engine, "connect")
    def _hurry(connection: object, _record: object) -> None:
        connection.execute("pragma synchronous = off")  # type: ignore[attr-defined]

    storage.engine.dispose()
    drawn = np.random.default_rng(0)
    space = {
        "learning_rate": FloatDistribution(0.001, 0.3, log=True),
        "depth": IntDistribution(1, 5),
    }
    study._study.add_trials(
        optuna.trial.create_trial(
            params={
                "learning_rate": float(np.exp(drawn.uniform(np.log(0.001), np.log(0.3)))),
                "depth": int(drawn.integers(1, 6)),
            },
            distributions=space,
            value=float(drawn.uniform(20, 80)),
            intermediate_values={100: 80.0, 200: 70.0, 300: 60.0},
        )
        for _ in range(EARLIER)
    )
    sqlalchemy.event.remove(storage.engine, "connect", _hurry)
    storage.engine.dispose()


def fleet(folder: Path) -> float:
    """Return the share of its time that a fleet is busy until the queue is empty."""
    config = settings(20)
    tasks = [
        trial_task(config, "shapeset", "tanh", number, Hyperparameters(0.1, 1 + number % 5), {})
        for number in range(4 * PACKS)
    ]
    executor = InstantExecutor(DEVICES, (1.0, 5.0))
    progress = SweepProgress(Console(quiet=True))
    with opened(config, folder) as sweep:
        dispatch = instant(sweep, study_key("shapeset", "tanh"), executor, folder, progress)
        progress.start("fleet", "trials", len(tasks), 1)
        began = time.monotonic()
        for start in range(0, len(tasks), 4):
            dispatch.submit(tasks[start : start + 4])
        while executor.queue:
            dispatch.wait()
        return 1 - executor.idle_share(began)


def resumed_file(folder: Path) -> Path:
    """Write a sweep of five such studies, of small networks."""
    content = json.loads(settings(RESUMED).model_dump_json(exclude_none=True))
    content.update(name="resume", variants=["softsign", "softsign_n", "tanh", "tanh_n", "sigmoid"])
    content["network"]["width"] = 16
    content["search"].update(updates=20, rungs=[])
    content["replicates"].update(updates=20, window=1)
    file = folder / "resume.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


def resume(folder: Path) -> float:
    """Return the seconds from a restart to the first finished pack."""
    command = [
        sys.executable, "-m", "glorot_sweep", "sweep", str(resumed_file(folder)), "--storage",
        f"sqlite:///{folder}/optuna.db", "--tracking-uri", f"sqlite:///{folder}/mlflow.db",
    ]  # fmt: skip
    first_pack(command, after=BEFORE_THE_END)
    began = time.perf_counter()
    first_pack(command, after=1)
    return time.perf_counter() - began


def first_pack(command: list[str], after: int) -> None:
    """Start a sweep, and kill it once it has finished so many packs of 20 trials.

    Raises:
        RuntimeError: it ended before; with what it wrote.
    """
    written: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            written.append(line)
            if sum("pack of" in one for one in written) == after:
                process.kill()
                process.communicate()
                return
    raise RuntimeError(f"the sweep ended early:\n{''.join(written)}")


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    found = {}
    for name, measure in {
        "milliseconds_per_trial": proposing, "busy": fleet, "resume_seconds": resume,
    }.items():  # fmt: skip
        with tempfile.TemporaryDirectory() as temporary:
            found[name] = measure(Path(temporary))
        print(f"{name}: {found[name]:.3g}, limit {LIMITS[name]:g}")
    if arguments.json:
        content = {**surroundings(), "limits": LIMITS, "found": found}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
