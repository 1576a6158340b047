"""The share of the quick sweep's wall time that goes into logging to MLflow.

Run from the repository: `python benchmarks/logging_cost.py`. A round takes `sweeps/quick.yaml`
with its updates divided by `--scale` and everything else as it is: the first generation of all
studies (one pack of 20 trials) and the replicates of their winners (packs of up to 25) go through
`run_job` with MLflow on a new SQLite store, and then, as a check, through `fit_pack` alone.

Measured: the time inside each call to `RunStore` and `RunWriter` (runs created, inputs, points,
artifacts, statuses) for each trial, each replicate, each study and the sweep; the time of a
model-update, from chunks after which nothing else happened; the rest of `fit_pack`, which does not
grow with the updates (looks at the validation and test set, starting Lightning); opening a fresh
store and registering the winners, which happen once a sweep and are shown apart.

Scaled: the number of updates, to those of the file; the number of trials, from one generation to
all; and pruning, which `run_job` decides from limits that a first generation does not have yet:
the figure assumes that in all later generations every second trial is dropped at the first rung,
and that the others finish. Optuna's own time and the report are left out, so that the share
is, if anything, too high.
"""

import argparse
import json
import logging
import os
import statistics
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import optuna
import torch
from meters import ChunkTimes, Meter
from workload import surroundings

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.host.provenance import provenance
from glorot_sweep.sweep.contents.engines import on_its_engine, settle
from glorot_sweep.sweep.contents.parts import parts_of
from glorot_sweep.sweep.contents.replicates import replicate_tasks
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.sweep.contents.trials import study_key
from glorot_sweep.sweep.execution.pack_sizes import choose_pack_sizes
from glorot_sweep.sweep.execution.packing import make_packs
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.sweep.records.opening import OpenSweep, open_sweep
from glorot_sweep.sweep.records.recording import RunPlan
from glorot_sweep.sweep.records.registering import register_winners
from glorot_sweep.sweep.records.study_runs import finish_study_runs, open_study_runs
from glorot_sweep.sweep.search.studies import studies_of
from glorot_sweep.sweep.search.winners import find_winners
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import PackResult

FILE = Path(__file__).parents[1] / "sweeps" / "quick.yaml"
LIMIT = 0.10  # what logging may take
WARM_UP_SCALE = 1000


@dataclass
class Training:
    """Training of all packs of one purpose, in one round.

    Attributes:
        trials: how many.
        fixed: seconds that do not grow with the updates.
        clean: seconds and model-updates of chunks after which nothing else happened.
        job: wall time of `run_job`.
        alone: wall time of `fit_pack` for the same packs, without MLflow.
    """

    trials: int = 0
    fixed: float = 0.0
    job: float = 0.0
    alone: float = 0.0
    clean: list[tuple[float, int]] = field(default_factory=list)

    @property
    def per_update(self) -> float:
        """Seconds of a model-update."""
        return sum(s for s, _ in self.clean) / sum(n for _, n in self.clean)


def scaled(config: SweepConfig, scale: int, name: str) -> SweepConfig:
    """Return the sweep with its updates divided; trials, looks and packs stay."""
    search, replicates = config.search, config.replicates

    def divide(updates: int) -> int:
        return max(1500, round(updates / scale / 100) * 100)  # whole chunks, some without looks

    def spread(points: tuple[int, ...], updates: int) -> tuple[int, ...]:
        return tuple(
            updates * (i + 1) // 100 // (len(points) + 1) * 100 for i in range(len(points))
        )

    short, long = divide(search.updates), divide(replicates.updates)
    values = config.model_dump()
    values["name"] = name
    values["search"].update(updates=short, rungs=spread(search.rungs, short))
    values["replicates"].update(updates=long, evaluations=spread(replicates.evaluations, long))
    return SweepConfig.model_validate(values)


class Round:
    """One scaled sweep, with and without MLflow."""

    def __init__(self, config: SweepConfig, folder: Path) -> None:
        self.config, self.meter = config, Meter()
        self.dataset: ImageDataset = load_dataset(config.datasets[0], data_folder())
        self.digest = self.dataset.digest()
        self.note = DatasetNote(self.dataset.name, self.digest, "benchmark")
        self.sizes = choose_pack_sizes(
            config, {self.dataset.name: self.dataset}, "cpu", torch.get_num_threads()
        )
        self.training = {"trial": Training(), "replicate": Training()}
        started = time.perf_counter()
        self.place = open_place(f"sqlite:///{folder / 'mlflow.db'}", None, create=True)
        self.opening = time.perf_counter() - started

    def run(self) -> None:
        """Do everything once."""
        engines = settle(self.config, "cpu", None)
        with Lease(self.config.name) as lease, self.meter.installed():
            self.meter.phase = "sweep"
            sweep = open_sweep(
                self.config,
                "",
                {self.dataset.name: self.digest},
                self.place,
                provenance(),
                engines,
                lease,
            )
            storage = optuna.storages.InMemoryStorage()
            studies = studies_of(self.config, storage, "benchmark", parts_of(self.config))
            self.meter.phase = "study"
            notes = {self.dataset.name: self.note}
            study_runs = dict(open_study_runs(sweep, studies, notes))
            asked = {study.key: study.next_generation() for study in studies}
            trials = [task for study in studies for task in asked[study.key]]
            results = self._train(sweep, trials, study_runs)
            by_key = {trial.key: trial for result in results for trial in result.trials}
            for study in studies:
                study.tell({task.key: by_key[task.key] for task in asked[study.key]})
            winners = find_winners(studies)
            self._train(sweep, replicate_tasks(self.config, winners), study_runs)
            started = time.perf_counter()
            register_winners(sweep, {self.dataset.name: self.dataset})
            self.registering = time.perf_counter() - started
            self.meter.phase = "study"
            for _ in finish_study_runs(study_runs, studies, winners):
                pass
            self.meter.phase = "sweep"
            sweep.run.finish(State.COMPLETE)

    def _train(
        self, sweep: OpenSweep, tasks: list[Task], study_runs: dict[str, RunWriter]
    ) -> list[PackResult]:
        plans = {
            task.key: RunPlan(
                study_runs[study_key(task.spec.dataset, task.spec.variant.name)].run_id,
                {**sweep.tags_for(task.spec.variant.name), **task.tags},
            )
            for task in tasks
        }
        results = []
        specs = [on_its_engine(task.spec, sweep.engines) for task in tasks]
        for pack in make_packs(specs, min(map(self.sizes.largest, specs))):
            self.meter.phase = pack.first.purpose
            training = self.training[pack.first.purpose]
            job = PackJob(pack, plans, self.note)
            chunks = ChunkTimes({*pack.first.evaluate_at, *pack.first.statistics.updates})
            started = time.perf_counter()
            result = run_job(job, sweep.runs, self.dataset, chunks)
            training.job += time.perf_counter() - started
            training.trials += len(pack.trials)
            training.clean.append((chunks.seconds, chunks.model_updates))
            per_update = chunks.seconds / chunks.model_updates
            training.fixed += result.seconds - per_update * result.model_updates
            training.alone += fit_pack(pack, self.dataset).seconds
            results.append(result)
        return results


def full_size(config: SweepConfig, measured: Round) -> dict[str, float]:
    """Return seconds of the whole sweep, from a round and the sweep file's own numbers."""
    search, studies = config.search, len(config.variants)
    trial, replicate = measured.training["trial"], measured.training["replicate"]
    logged = {phase: sum(calls.values()) for phase, calls in measured.meter.seconds.items()}
    trials = studies * search.groups * search.group_trials
    first = studies * search.groups * search.generation
    dropped = 0
    if search.pruner.kind != "none" and search.rungs:
        dropped = (trials - first) // 2
    model_updates = (trials - dropped) * search.updates + dropped * next(iter(search.rungs), 0)
    logging_seconds = (
        logged["sweep"]
        + logged["study"]
        + logged["trial"] / trial.trials * trials
        + logged["replicate"]
    )
    search_seconds = trial.fixed / trial.trials * trials + model_updates * trial.per_update
    replicate_updates = replicate.trials * config.replicates.updates
    replicate_seconds = replicate.fixed + replicate_updates * replicate.per_update
    without = trial.alone + replicate.alone
    return {
        "logging_ms_per_trial": 1000 * logged["trial"] / trial.trials,
        "logging_ms_per_replicate": 1000 * logged["replicate"] / replicate.trials,
        "logging_seconds": logging_seconds,
        "search_seconds": search_seconds,
        "replicate_seconds": replicate_seconds,
        "share": logging_seconds / (logging_seconds + search_seconds + replicate_seconds),
        "replicates": float(replicate.trials),
        "scaled_logged_over_alone": (trial.job + replicate.job) / without,
        "scaled_metered_over_alone": 1 + (logged["trial"] + logged["replicate"]) / without,
        "fresh_store_seconds": measured.opening,
        "registering_seconds": measured.registering,
    }


def main() -> None:
    """Measure some rounds; print medians and the verdict; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", type=int, default=10, help="divides the numbers of updates")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    config = read_sweep_file(FILE).config
    rounds, calls = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds + 1):  # the first one warms up
            own = Path(folder) / str(number)
            own.mkdir()
            scale = arguments.scale if number else WARM_UP_SCALE
            one = Round(scaled(config, scale, f"quick-{number}"), own)
            one.run()
            rounds.append(full_size(config, one))
            calls.append({phase: dict(parts) for phase, parts in one.meter.seconds.items()})
    counted = rounds[1:] or rounds
    medians = {key: statistics.median(one[key] for one in counted) for key in counted[0]}
    print(text(config, medians, [one["share"] for one in counted]))
    if arguments.json:
        measured = {
            **surroundings(),
            "scale": arguments.scale,
            "limit": LIMIT,
            "medians": medians,
            "warm_up": rounds[0],
            "rounds": counted,
            "seconds_in_calls": calls[1:],
        }
        arguments.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def text(config: SweepConfig, medians: dict[str, float], shares: list[float]) -> str:
    """Return the result as text."""
    m = medians
    verdict = "under" if m["share"] < LIMIT else "NOT under"
    trials = len(config.variants) * config.search.groups * config.search.group_trials
    return (
        f"logging: {m['logging_ms_per_trial']:.0f} ms a trial, "
        f"{m['logging_ms_per_replicate']:.0f} ms a replicate\n"
        f"{config.name} at full size ({trials} trials, {m['replicates']:.0f} replicates): search "
        f"{m['search_seconds']:.0f} s, replicates {m['replicate_seconds']:.0f} s (updates scaled), "
        f"logging {m['logging_seconds']:.1f} s\n"
        f"share of logging: {100 * m['share']:.1f} % ({100 * min(shares):.1f} .. "
        f"{100 * max(shares):.1f} over rounds), {verdict} {100 * LIMIT:.0f} %\n"
        f"check, scaled down: run_job / fit_pack {m['scaled_logged_over_alone']:.2f}; from the "
        f"metered calls {m['scaled_metered_over_alone']:.2f}\n"
        f"once a sweep, not in the share: fresh store {m['fresh_store_seconds']:.1f} s, "
        f"registering the winners {m['registering_seconds']:.1f} s"
    )


if __name__ == "__main__":
    main()
