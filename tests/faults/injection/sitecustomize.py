"""Faults for the processes of a test: Python imports this file at its start if it is on the path.

The variable GLOROT_SWEEP_FAULT holds faults as `name:value`, separated by commas:
`raise:KEY`, `abort:KEY`: training a pack that contains this trial raises, or ends the process;
`memory:N`: packs of more than N trials do not fit in memory;
`slow:S`: each chunk of updates takes S seconds more, so that a fault meets a pack in training;
`until:FILE`: it does so as long as this file does not exist;
`count:FILE`: each chunk is written to a file, as a line of process id, updates and trials;
`reply:KEY`: the reply to the creation of this trial's run is lost, and the request sent again;
`lease:S`: a driver counts as dead after S seconds of silence;
`pages:N`: a SQLite file must not grow beyond N pages: its disk is full.
"""

import importlib.abc
import importlib.machinery
import os
import sys
import time


def faults():
    """Return the value of each fault that is wanted, by its name."""
    parts = os.environ.get("GLOROT_SWEEP_FAULT", "").split(",")
    return dict(part.split(":", 1) for part in parts if part)


def wrong_training(worker):
    """Replace `fit_pack` where a worker calls it."""
    import torch

    real, wanted = worker.fit_pack, faults()

    def fit_pack(spec, dataset, report, advance, *rest):
        names = [trial.name for trial in spec.trials]
        if wanted.get("raise") in names:
            raise ValueError(f"poison in a pack of {len(names)}")
        if wanted.get("abort") in names:
            os.abort()
        if len(names) > int(wanted.get("memory", len(names))):
            raise torch.OutOfMemoryError(f"out of memory with {len(names)} trials")

        until = wanted.get("until", "")

        def slow_advance(updates, trials):
            if "count" in wanted:
                with open(wanted["count"], "a") as file:
                    file.write(f"{os.getpid()} {updates} {trials}\n")
            end = time.monotonic() + float(wanted.get("slow", 0))
            advance(updates, trials)
            while (left := end - time.monotonic()) > 0 and not os.path.exists(until):
                time.sleep(min(left, 0.1))
                advance(0, 0)

        return real(spec, dataset, report, slow_advance, *rest)

    worker.fit_pack = fit_pack


def lost_reply(runs):
    """Let a request that makes a run be sent twice, as after a reply that did not arrive."""
    wanted = faults().get("reply")
    real, lost = runs.MlflowClient.create_run, []

    def create_run(self, experiment_id, *rest, **keywords):
        if wanted and (keywords.get("tags") or {}).get("key") == wanted and not lost:
            lost.append(real(self, experiment_id, *rest, **keywords))
        return real(self, experiment_id, *rest, **keywords)

    runs.MlflowClient.create_run = create_run


def full_disk(_store):
    """Limit SQLite's files of every connection of this process."""
    import sqlite3

    import sqlalchemy

    pages = faults().get("pages")
    if pages is None:
        return

    def limit(connection, _record):
        if isinstance(connection, sqlite3.Connection):
            connection.execute(f"pragma max_page_count = {int(pages)}")

    sqlalchemy.event.listen(sqlalchemy.Engine, "connect", limit)


def short_lease(lease):
    """Wait a shorter time for a driver that gives no sign of life."""
    lease.LEASE_SECONDS = float(faults().get("lease", lease.LEASE_SECONDS))


PATCHES = {
    "glorot_sweep.sweep.execution.worker": wrong_training,
    "glorot_sweep.tracking.lease": short_lease,
    "glorot_sweep.tracking.runs": lost_reply,
    "glorot_sweep.tracking.store": full_disk,
}


class AfterImport(importlib.abc.MetaPathFinder):
    """Applies a patch as soon as its module has been imported."""

    def find_spec(self, name, path, target=None):
        """Return the module's own spec, with a loader that patches afterwards."""
        if name not in PATCHES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            PATCHES[name](module)

        spec.loader.exec_module = exec_module
        return spec


if faults():
    sys.meta_path.insert(0, AfterImport())
