"""How long it takes what is done around the updates of a pack: measured in a store of its own."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.description import profile
from glorot_sweep.specs import PackSpec, TrialSpec
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.sweep.records.recording import RunPlan
from glorot_sweep.tracking.address import sqlite_uri
from glorot_sweep.tracking.dataset_note import DatasetNote, note_of
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import Mark, origin_here
from glorot_sweep.tracking.store import open_store

MOST = 4  # networks of a pack that is rehearsed


@contextmanager
def rehearsal(datasets: Mapping[str, ImageDataset]) -> Iterator[Callable[[PackSpec], float]]:
    """Yield what does all of a pack but most of its updates, its runs in MLflow included.

    It returns how many seconds a run of the pack takes beside its updates. The store is in a
    folder that is deleted afterwards, whatever the environment says of other stores and runs.

    Args:
        datasets: by name.
    """
    with tempfile.TemporaryDirectory() as folder:
        client = open_store(sqlite_uri(Path(folder) / "mlflow.db"))
        artifacts = (Path(folder) / "artifacts").as_uri()
        runs = RunStore(client, client.create_experiment("plan", artifact_location=artifacts))
        yield _Rehearsal(datasets, runs).seconds


class _Rehearsal:
    """Packs of some data sets that are rehearsed in a store."""

    def __init__(self, datasets: Mapping[str, ImageDataset], runs: RunStore) -> None:
        self._datasets, self._runs, self._count = datasets, runs, 0
        self._note = cache(self._noted)

    def seconds(self, pack: PackSpec) -> float:
        """Return how long a run of a pack takes beside its updates: its share of the pack."""
        if not self._count:  # the first one of a process takes longer
            self._train(replace(pack, trials=pack.trials[:1]))
        few = replace(pack, trials=pack.trials[:MOST])
        started = time.perf_counter()
        self._train(few)
        return (time.perf_counter() - started) / len(few.trials)

    def _train(self, pack: PackSpec) -> None:
        self._count += 1
        dataset = self._datasets[pack.first.dataset]
        trials = [replace(shortened(one), key=f"{self._count}-{one.key}") for one in pack.trials]
        plan = RunPlan(None, tags_of(origin_here(), Mark(kind=Kind.TRIAL)), None)
        job = PackJob(
            replace(pack, trials=tuple(trials)),
            {one.key: plan for one in trials},
            self._note(pack.first.dataset),
        )
        run_job(job, self._runs, dataset, lambda *_: None)

    def _noted(self, name: str) -> DatasetNote:
        dataset = self._datasets[name]
        return note_of(dataset, dataset.digest(), profile(dataset))


def shortened(spec: TrialSpec) -> TrialSpec:
    """Return a specification with one update between any two looks at the network."""
    seen = spec.statistics
    stops = sorted({0, *spec.evaluate_at, *seen.updates})
    after = {update: number for number, update in enumerate(stops)}
    return replace(
        spec,
        updates=after[spec.updates],
        evaluate_at=tuple(after[update] for update in spec.evaluate_at),
        statistics=replace(
            seen,
            updates=tuple(after[update] for update in seen.updates),
            detailed_at=tuple(after[update] for update in seen.detailed_at if update in after),
        ),
        pretraining=spec.pretraining and replace(spec.pretraining, updates=1),
    )
