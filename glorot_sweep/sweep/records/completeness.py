"""Whether a sweep has every run that its tables are made from; what a tag says does not count."""

from collections.abc import Iterable, Iterator, Mapping

from glorot_sweep.config.factors import Value, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.keys import run_name
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.contents.parts import parts_of
from glorot_sweep.sweep.contents.trials import marked_value, trial_key
from glorot_sweep.tracking.belonging import OwnRun, runs_of
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, has_arrays
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.members import member_run
from glorot_sweep.tracking.schema.names import Artifact, Kind, Role, Tag
from glorot_sweep.tracking.schema.runs import read
from glorot_sweep.tracking.schema.studies import StudyRun
from glorot_sweep.tracking.schema.trained import MemberRun, ReplicateRun
from glorot_sweep.tracking.until_decided import Cell, ended_replicates, reached


def lacking(place: Place, config: SweepConfig, own: OwnRun) -> list[str]:
    """Return what a sweep that has ended lacks, in words; runs are deleted, artifacts damaged.

    Args:
        place: where its runs are.
        config: the sweep.
        own: the same in MLflow.
    """
    found = runs_of(place.client, place.experiment_id, own)
    keys = {run.key for run in map(member_run, found) if _has_ended(run)}
    replicates = ended_replicates(found)
    seeds = reached(config, replicates).seeds
    missing = [run_name(key) for key in _expected(config, seeds) if key not in keys]
    missing += _missing_studies(config, found)
    for value in values_of(config):
        at_it = [run for run in replicates if run.value == marked_value(value).value]
        missing += [f"{one}{_at(value)}" for one in _missing_replicates(seeds, at_it)]
    lost = without_predictions(place, replicates)
    return missing + [f"the predictions of {run.name}" for run in lost]


def _has_ended(run: MemberRun) -> bool:
    return run.given_up or run.is_whole


def _expected(config: SweepConfig, seeds: Mapping[Cell, int]) -> Iterator[str]:
    """The keys of trials and monitored runs, which are known from the seeds."""
    for dataset, variant, group, value in parts_of(config, seeds):
        for number in range(config.search.group_trials):
            yield trial_key(dataset, variant, number, group, value)
    if config.monitored:
        yield from (task.key for task in monitored_tasks(config))


def _missing_studies(config: SweepConfig, found: Iterable[RunRecord]) -> list[str]:
    studies = [read(StudyRun, run) for run in found if run.tags.get(Tag.KIND) == Kind.STUDY]
    there = {
        (run.dataset, run.variant, run.value) for run in studies if run.state is State.COMPLETE
    }
    return [
        f"the study of {variant} on {dataset}{_at(value)}"
        for dataset in config.datasets
        for variant in config.variants
        for value in values_of(config)
        if (dataset, variant, marked_value(value).value) not in there
    ]


def _at(value: Value | None) -> str:
    return "" if value is None else f", {value}"


def _missing_replicates(seeds: Mapping[Cell, int], replicates: Iterable[ReplicateRun]) -> list[str]:
    there = {(role, run.dataset, run.variant, run.seed) for run in replicates for role in run.roles}
    return [
        f"{variant} on {dataset} ({role}), seed {seed}"
        for (dataset, variant), count in seeds.items()
        for role in Role
        for seed in range(count)
        if (role, dataset, variant, seed) not in there
    ]


def without_predictions(place: Place, replicates: Iterable[ReplicateRun]) -> list[ReplicateRun]:
    """Return the measured replicates whose predictions are gone, or not those that were made."""
    path = Artifact.PREDICTIONS
    return [
        run
        for run in replicates
        if run.state.is_measured
        and not has_arrays(place.client, run.run_id, path, run.sha256.get(path))
    ]


def delete_without_predictions(place: Place, runs: RunStore, own: OwnRun) -> None:
    """Delete the replicates whose predictions are gone or damaged: they are trained again."""
    found = runs_of(place.client, place.experiment_id, own, kind=Kind.REPLICATE)
    for run in without_predictions(place, ended_replicates(found)):
        runs.delete(run.run_id)
