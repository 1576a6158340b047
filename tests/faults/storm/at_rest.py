"""What happens to a sweep's stores between two starts. Each function returns what it did."""

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mlflow.exceptions import MlflowException
from sweep_builders import all_runs

from glorot_sweep.errors import UserError

DAMAGE = ("cut", "flipped", "gone")


def run_deleted(one):
    """Somebody deletes a run in MLflow, and with it what was reported of it."""
    found = _runs(one, "trial", "replicate")
    if not found:
        return "no run to delete"
    run = one.chance.choice(found)
    one.sweep.place.client.delete_run(run.info.run_id)
    _forget_reports(one)
    return f"run {run.info.run_name} deleted"


def predictions_lost(one):
    """The artifact folder loses a file that the table needs."""
    files = [file for run in _runs(one, "replicate") for file in _artifacts(run, "predictions")]
    if not files:
        return "no predictions to lose"
    file = one.chance.choice(files)
    how = _damage(one, file)
    _forget_reports(one)
    return f"predictions {how}"


def checkpoint_damaged(one):
    """A checkpoint is torn, altered or lost."""
    files = one.sweep.checkpoints("*/*.checkpoint*")
    if not files:
        return "no checkpoint to damage"
    return f"checkpoint {_damage(one, one.chance.choice(files))}"


def _runs(one, *kinds):
    """Return runs of these kinds, in an order that does not depend on their ids."""
    try:
        runs = all_runs(one.sweep.place)
    except (UserError, MlflowException):
        return []  # no start has come as far as making the store, or the experiment
    return sorted(
        (run for run in runs if run.data.tags.get("kind") in kinds),
        key=lambda run: run.info.run_name,
    )


def _artifacts(run, folder):
    place = Path(unquote(urlsplit(run.info.artifact_uri).path)) / folder
    return sorted(place.glob("*"))


def _forget_reports(one):
    for report in _runs(one, "report"):
        one.sweep.place.client.delete_run(report.info.run_id)


def _damage(one, file):
    how = one.chance.choice(DAMAGE)
    if how == "gone":
        file.unlink()
    elif how == "cut":
        with file.open("r+b") as open_file:
            open_file.truncate(file.stat().st_size // 2)
    else:
        content = bytearray(file.read_bytes())
        content[one.chance.randrange(len(content))] ^= 1 << one.chance.randrange(8)
        file.write_bytes(content)
    return how


def copied(one):
    """Everything is copied away and back, as from a backup."""
    folder = one.sweep.folder
    shutil.copytree(folder, folder.with_name(f"{folder.name}-copy"))
    shutil.rmtree(folder)
    folder.with_name(f"{folder.name}-copy").rename(folder)
    return "restored from a copy"


AT_REST = (run_deleted, predictions_lost, checkpoint_damaged, copied)
"""Where the stores are files."""
