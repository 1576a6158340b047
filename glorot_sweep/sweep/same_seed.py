"""Which sweeps of a store have the seed of a sweep file."""

from rich.console import Console

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.tracking.place import find_place
from glorot_sweep.tracking.same_seed import same_seed_sentence, sweeps_with_seed


def show_same_seed(
    config: SweepConfig, uri: str | None, experiment: str | None, console: Console
) -> None:
    """Print the sweeps of a store that have a file's seed, if there are any.

    Raises:
        UserError: the store cannot be used.
    """
    place = find_place(uri, experiment, create=False)
    if place is None:
        return
    if others := sweeps_with_seed(place, config.seed, but=config.name):
        sentence = same_seed_sentence(config.seed, others)
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)
