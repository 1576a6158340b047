"""Sweeps that share a seed: what they have in common is trained twice, not observed twice."""

from collections.abc import Sequence

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from glorot_sweep.tracking.records import ArtifactError, RunRecord, experiment_ids, find_runs
from glorot_sweep.tracking.schema.fields import StoredRunError
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import SweepRun, read
from glorot_sweep.tracking.sweeps import read_identity


def sweeps_with_seed(
    client: MlflowClient, experiment_id: str | None, seed: int, but: str
) -> tuple[str, ...]:
    """Return the names of a store's sweeps that have a seed, the oldest first.

    Seeds of runs depend on no experiment, so sweeps of all experiments count; those of others are
    named with theirs. A sweep whose stored configuration is lost or damaged says nothing of its
    seed, nor does one of another experiment whose artifacts are out of reach.

    Args:
        client: of the store.
        experiment_id: of the experiment; None if it is yet to be made.
        seed: of a sweep file.
        but: the name of the experiment's sweep that does not count.
    """
    found = []
    for run in find_runs(client, experiment_ids(client), kind=Kind.SWEEP):
        own = run.experiment_id == experiment_id
        sweep = _readable(run, own)
        if sweep is None or (own and sweep.sweep == but) or _seed(client, sweep, own) != seed:
            continue
        found.append(sweep.sweep if own else f"{sweep.sweep} of {_experiment(client, run)}")
    return tuple(dict.fromkeys(found))


def _readable(run: RunRecord, own: bool) -> SweepRun | None:
    """Return a sweep; None if it is of another experiment, and damaged: that is no matter here."""
    try:
        return read(SweepRun, run)
    except StoredRunError:
        if own:
            raise
        return None


def _seed(client: MlflowClient, sweep: SweepRun, own: bool) -> object:
    try:
        stored = read_identity(client, sweep).get("config")
    except ArtifactError:
        return None
    except (MlflowException, OSError):
        if own:
            raise
        return None
    return stored.get("seed") if isinstance(stored, dict) else None


def _experiment(client: MlflowClient, run: RunRecord) -> str:
    return f"the experiment {client.get_experiment(run.experiment_id).name}"


def same_seed_sentence(seed: int, others: Sequence[str]) -> str:
    """Return what is said of sweeps that share a seed.

    Example:
        >>> same_seed_sentence(2010, ["quick"])
        'Seed 2010 is that of quick too: where data set, variant and settings agree, its runs are \
copies of these, and no second observation.'
    """
    return (
        f"Seed {seed} is that of {', '.join(others)} too: where data set, variant and settings "
        "agree, its runs are copies of these, and no second observation."
    )
