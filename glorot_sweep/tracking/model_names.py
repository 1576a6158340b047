"""Names of registered models: global in a registry, so each belongs to one sweep of one experiment.

The name says which; the model's tag `sweep_run` says whose it is where two tracking stores share a
registry. A name that is somebody else's is never taken over: its alias would move. That is looked
at before a sweep trains anything, before it registers its winners, and, since a registry lets one
of several who make a name at once, when the name is made.
"""

from collections.abc import Callable, Collection, Iterator

from mlflow import MlflowClient
from mlflow.entities.model_registry import RegisteredModel

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.tracking.address import REGISTRY_VARIABLE
from glorot_sweep.tracking.belonging import OwnRun, sweep_runs
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.schema.names import Tag

BETWEEN = "~"  # no name of a sweep or a data set holds it, and MLflow allows it


def registered_name(sweep: str, dataset: str, variant: str, experiment_id: str) -> str:
    """Return the name under which a sweep registers its best network of a variant.

    Example:
        >>> registered_name("a", "b-c", "tanh", "1"), registered_name("a-b", "c", "tanh", "1")
        ('a~b-c~tanh~1', 'a-b~c~tanh~1')
    """
    return BETWEEN.join((sweep, dataset, variant, experiment_id))


def earlier_name(sweep: str, dataset: str, variant: str) -> str:
    """Return the name that earlier versions gave it, which other sweeps could have too."""
    return f"{sweep}-{dataset}-{variant}"


def name_to_register(place: Place, own: OwnRun, dataset: str, variant: str) -> str:
    """Return the name that a sweep has, or will have, for its best network of a variant.

    A sweep of an earlier version keeps the name that it has, if no other sweep shares it.
    """
    earlier = earlier_name(own.sweep, dataset, variant)
    versions = place.client.search_model_versions(f"name = '{earlier}'")
    if versions and all(_is_of(place, own, str(one.run_id)) for one in versions):
        return earlier
    return registered_name(own.sweep, dataset, variant, place.experiment_id)


def _is_of(place: Place, own: OwnRun, run_id: str) -> bool:
    """Whether a run, deleted or not, belongs to a sweep."""
    run = get_run(place.client, run_id, deleted=True)
    return (
        run is not None
        and (run.experiment_id, run.tags.get(Tag.SWEEP)) == (place.experiment_id, own.sweep)
        and own.owns(run)
    )


def refuse_taken_names(place: Place, config: SweepConfig) -> None:
    """Refuse a sweep whose winners would be registered under a name of somebody else.

    Raises:
        UserError: names the model, whose it is, and the sweep.
    """
    own = {run.run_id for run in sweep_runs(place.client, place.experiment_id, config.name)}
    names = {
        registered_name(config.name, dataset, variant, place.experiment_id)
        for dataset in config.datasets
        for variant in config.variants
    }
    for model in _beginning_with(place.client, f"{config.name}{BETWEEN}"):
        if model.name in names:
            refuse_other_owner(place, config.name, model, own)


def refuse_other_owner(
    place: Place, sweep: str, model: RegisteredModel, own: Collection[str]
) -> None:
    """Refuse to register anything as a model that is another sweep's.

    That of a sweep whose own run was deleted here is free.

    Args:
        place: of the sweep.
        sweep: its name.
        model: as the registry has it.
        own: ids of the sweep's own runs.

    Raises:
        UserError: it is.
    """
    owner = model.tags.get(Tag.SWEEP_RUN)
    if owner in own or (owner and _was_deleted(place, owner)):
        return
    whose = f"the sweep of the run {owner}" if owner else "another program"
    raise UserError(
        f"the registered model {model.name!r} belongs to {whose}, and the sweep {sweep!r} of "
        f"experiment {place.experiment_id} in {place.shown_uri} would move its alias. Give this "
        f"sweep another name, name another registry with {REGISTRY_VARIABLE}, or delete that model "
        "if nobody needs it."
    )


def refusing_others(place: Place, sweep: str, owner: str) -> Callable[[RegisteredModel], None]:
    """Return what refuses a registered model that another sweep has made in the meantime.

    Args:
        place: of the sweep.
        sweep: its name.
        owner: its own run.
    """

    def refuse(model: RegisteredModel) -> None:
        # One named by an earlier version was looked at, and need not say whose it is.
        if model.name.endswith(f"{BETWEEN}{place.experiment_id}"):
            refuse_other_owner(place, sweep, model, {owner})

    return refuse


def refuse_taken_name(place: Place, sweep: str, name: str) -> None:
    """Refuse a name of a model that is another sweep's; see `refuse_other_owner`.

    Raises:
        UserError: it is.
    """
    for model in _beginning_with(place.client, name):
        if model.name == name:
            refuse_other_owner(place, sweep, model, own=())


def _was_deleted(place: Place, owner: str) -> bool:
    active = get_run(place.client, owner)
    return active is None and get_run(place.client, owner, deleted=True) is not None


def _beginning_with(client: MlflowClient, beginning: str) -> Iterator[RegisteredModel]:
    """Yield the registered models whose names begin so; in LIKE, `_` stands for any character."""
    token = None
    while True:
        page = client.search_registered_models(f"name LIKE '{beginning}%'", page_token=token)
        yield from (model for model in page if model.name.startswith(beginning))
        token = page.token
        if not token:
            return
