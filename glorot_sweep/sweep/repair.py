"""The command `repair`: statuses in MLflow and Optuna brought into agreement, nothing trained."""

from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.keys import run_name
from glorot_sweep.sweep.contents.parts import parts_of
from glorot_sweep.sweep.records.one_driver import one_driver
from glorot_sweep.sweep.records.reconcile import close_orphan, members, result_in, sort_out
from glorot_sweep.sweep.search.names import study_name
from glorot_sweep.sweep.search.studies import studies_of
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.storage.database import Storage, opened_storage, storage_uri
from glorot_sweep.sweep.storage.studies import names_in
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.life import Status
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.trained import MemberRun
from glorot_sweep.tracking.sweeps import find_sweep, read_config, refuse_partial


@dataclass
class Mended:
    """What was done, as counts.

    Attributes:
        statuses: runs that were RUNNING without a worker, by their new status.
        surplus: second runs of a trial that were deleted.
        told: trials that MLflow knew as ended and Optuna as running.
        queued: trials that Optuna knew as running and nobody trains; the sweep continues them.
        missing: finished trials of Optuna whose run is missing or unfinished; not mended.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    surplus: int = 0
    told: int = 0
    queued: int = 0
    missing: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return a report of it."""
        lines = [
            f"{count} run(s) were RUNNING without a worker, now {status}"
            for status, count in sorted(self.statuses.items())
        ]
        counts = {
            "second run(s) of a trial deleted": self.surplus,
            "trial(s) told to Optuna from their finished runs": self.told,
            "trial(s) queued in Optuna again": self.queued,
        }
        lines += [f"{count} {what}" for what, count in counts.items() if count]
        lines += [f"not mended: {text}" for text in self.missing]
        return lines or ["nothing to repair: MLflow and Optuna agree"]


def run_repair(
    name: str, uri: str | None, experiment: str | None, storage: str | None, console: Console
) -> Mended:
    """Repair a sweep, print what was done, and return it.

    Raises:
        UserError: there is no such sweep, its configuration is missing, or the storage is not
            the one that it was begun with.
        SweepHeldError: a driver works on it; what runs there is not to be repaired.
    """
    database = storage_uri(storage, tracking_uri(uri))
    place = open_place(uri, experiment, create=False)
    place.refuse_read_only()
    sweep = find_sweep(place, name)
    refuse_partial(place, sweep)
    config = read_config(place, sweep)
    with one_driver(place, name, database):
        mended = Mended()
        runs = RunStore(place.client, place.experiment_id)
        found = members(runs, own_run(sweep))
        existing, surplus = sort_out(found)
        for run in surplus:
            runs.delete(run.run_id)
        mended.surplus = len(surplus)
        gone = {run.run_id for run in surplus}
        for run in found:
            if run.status is Status.RUNNING and run.run_id not in gone:
                mended.statuses[close_orphan(runs, run).status] += 1
        with opened_storage(database) as opened:
            for study in _begun_studies(place, config, opened, sweep.run_id[:8]):
                _mend_study(runs, study, existing, mended)
    for line in mended.lines():
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return mended


def _begun_studies(place: Place, config: SweepConfig, storage: Storage, scope: str) -> list[Study]:
    """Return the studies of a sweep, those of later looks if they were begun."""
    names = names_in(storage)
    at_first = set(parts_of(config.at_look(0)))
    parts = [
        part
        for part in parts_of(config)
        if part in at_first or study_name(config.name, scope, part) in names
    ]
    return studies_of(config, storage, scope, parts, page_of=place.page_of)


def _mend_study(
    runs: RunStore, study: Study, existing: dict[str, MemberRun], mended: Mended
) -> None:
    for number, is_finished in study.states().items():
        key = study.trial_key(number)
        run = existing.get(key)
        ended = run is not None and (run.is_whole or run.given_up)
        if is_finished and not ended:
            mended.missing.append(
                f"{run_name(key)} is finished in Optuna, but its run in MLflow is not; the sweep's "
                "command trains it again"
            )
        elif not is_finished and run is not None and ended:
            study.tell({key: result_in(runs, run)})
            mended.told += 1
        elif not is_finished and study.queue_again(number):
            mended.queued += 1
