"""What happens to a sweep's stores between two starts. Each function returns what it did."""

import shutil

from mlflow.exceptions import MlflowException
from sweep_builders import all_runs

from faults.leavings import artifacts, contents
from glorot_sweep.errors import UserError

DAMAGE = ("cut", "flipped", "gone")


def run_deleted(one):
    """Somebody deletes a run in MLflow: a trial's, a study's, a report's, the sweep's own."""
    found = _runs(one)
    if not found:
        return "no run to delete"
    kinds = sorted({run.data.tags["kind"] for run in found})
    kind = one.chance.choice(kinds)  # the sweep's own as often as a trial
    run = one.chance.choice([run for run in found if run.data.tags["kind"] == kind])
    one.sweep.place.client.delete_run(run.info.run_id)
    return f"{kind} {run.info.run_name} deleted"


def predictions_damaged(one):
    """A file that the table is made from is torn, altered or lost."""
    return _artifact_damaged(one, "predictions/test.npz")


def others_damaged(one):
    """So is one that figures or registered models are made from: the run stays without it."""
    path = one.chance.choice(["statistics/layers.parquet", "weights/network.npz"])
    return _artifact_damaged(one, path, one.harmed)


def checkpoint_damaged(one):
    """A checkpoint is torn, altered or lost."""
    files = one.sweep.checkpoints("*/*.checkpoint*")
    if not files:
        return "no checkpoint to damage"
    return f"checkpoint {_damage(one, one.chance.choice(files))}"


def moved(one):
    """The folder with everything is renamed."""
    one.sweep.stay(one.sweep.folder.rename(one.new_folder()))
    return f"moved to {one.sweep.folder.name}"


def copied(one):
    """A copy of everything goes on; the original must stay as it is from now on."""
    original = one.sweep.folder
    one.sweep.stay(shutil.copytree(original, one.new_folder()))
    one.left_behind[original] = contents(original)
    return f"copied to {one.sweep.folder.name}"


def _runs(one):
    """Return the runs, in an order that does not depend on their ids."""
    try:
        runs = all_runs(one.sweep.place)
    except (UserError, MlflowException):
        return []  # no start has come as far as making the store, or the experiment
    return sorted(
        (run for run in runs if "kind" in run.data.tags), key=lambda run: run.info.run_name
    )


def _artifact_damaged(one, path, harmed=None):
    found = [(run, file) for run in _runs(one) for name, file in artifacts(run) if name == path]
    if not found:
        return f"no {path} to damage"
    run, file = one.chance.choice(found)
    if harmed is not None:
        harmed.add(run.info.run_name)
    return f"{path} of {run.info.run_name} {_damage(one, file)}"


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


AT_REST = (
    run_deleted, run_deleted, predictions_damaged, others_damaged, checkpoint_damaged, moved,
    copied,
)  # fmt: skip
"""Where the stores are files."""

ON_A_SERVER = (run_deleted, checkpoint_damaged)
"""Where there is a server."""
