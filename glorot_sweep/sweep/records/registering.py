"""The best replicate of each winner at the table's depth becomes a registered model."""

from collections.abc import Mapping

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.engine.single import SingleNetwork
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.tracking.belonging import runs_of
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.made_models import registered_name
from glorot_sweep.tracking.models import delete_pending, is_registered, register
from glorot_sweep.tracking.records import read_arrays
from glorot_sweep.tracking.schema.names import Artifact, Kind, Metric, Role
from glorot_sweep.tracking.schema.runs import read
from glorot_sweep.tracking.schema.trained import ReplicateRun

SCALINGS = {"unit": (0.0, 1.0), "symmetric": (-1.0, 2.0)}  # offset and slope
N_EXAMPLES = 2  # of the input example; one would fix the batch size of the exported model


def register_winners(sweep: OpenSweep, datasets: Mapping[str, ImageDataset]) -> list[str]:
    """Register a model for each data set and variant; return their URIs.

    The replicate with the lowest validation error is taken; if all of them diverged, none is.
    """
    place = sweep.place
    found = runs_of(place.client, place.experiment_id, sweep.own, kind=Kind.REPLICATE)
    replicates_of_all = [read(ReplicateRun, run) for run in found]
    runs = [run for run in replicates_of_all if run.state is State.COMPLETE]
    delete_pending(place.client, place.experiment_id, {run.run_id for run in runs})
    uris = []
    for dataset in sweep.config.datasets:
        for variant in sweep.config.variants:
            replicates = [
                run
                for run in runs
                if (run.dataset, run.variant) == (dataset, variant)
                and Role.TABLE_DEPTH in run.roles
            ]
            if replicates:
                best = min(replicates, key=lambda r: r.needs(Metric.VALIDATION_ERROR))
                uris.append(_register(sweep, best, datasets[dataset]))
    return uris


def _register(sweep: OpenSweep, run: ReplicateRun, dataset: ImageDataset) -> str:
    variant = VARIANTS[run.variant]
    name = registered_name(sweep.config.name, dataset.name, variant.name)
    client = sweep.place.client
    if is_registered(client, name, run.run_id):
        return f"models:/{name}@winner"
    weights = read_arrays(client, run.run_id, Artifact.WEIGHTS)
    scaling = SCALINGS[sweep.config.network.input_scaling]
    network = SingleNetwork(variant.activation, weights, *scaling)
    example = dataset.validation.images[:N_EXAMPLES].float().numpy()
    description = (
        f"{variant.label} on {dataset.name}: float32 grey levels 0..255, "
        f"[n, {dataset.n_inputs}], to class probabilities; run {run.name}."
    )
    return register(client, run.run_id, name, network, example, description)
