"""Which sweeps of a store have the seed of a sweep file."""

from collections.abc import Iterator

from rich.console import Console

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.tracking.address import experiment_name, is_missing, tracking_uri
from glorot_sweep.tracking.hiding import shown_uri
from glorot_sweep.tracking.place import find_place
from glorot_sweep.tracking.same_seed import same_seed_sentence, sweeps_with_seed
from glorot_sweep.tracking.store import open_store


def show_same_seed(
    config: SweepConfig, uri: str | None, experiment: str | None, console: Console
) -> None:
    """Print the sweeps of a store that have a file's seed, and whether any could be looked at.

    Raises:
        UserError: the store cannot be used.
    """
    for sentence in _sentences(config, uri, experiment):
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)


def _sentences(config: SweepConfig, uri: str | None, experiment: str | None) -> Iterator[str]:
    place, resolved = find_place(uri, experiment, create=False), tracking_uri(uri)
    shown, compared = shown_uri(resolved), f"to compare seed {config.seed} with"
    if place is None and is_missing(resolved):
        yield f"There is no tracking store {shown}, so there is nothing {compared}."
        return
    if place is None:
        name = experiment_name(experiment)
        yield f"The store {shown} has no experiment {name!r}: it has nothing {compared}."
    client, own = (
        (open_store(resolved), None) if place is None else (place.client, place.experiment_id)
    )
    if others := sweeps_with_seed(client, own, config.seed, but=config.name):
        yield same_seed_sentence(config.seed, others)
