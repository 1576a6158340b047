"""Writing the views of a sweep into its experiment, finding and deleting them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.tracking.belonging import OwnRun, runs_of
from glorot_sweep.tracking.made_models import logged_models
from glorot_sweep.tracking.once import gone
from glorot_sweep.tracking.outage import describe, is_store_failure
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.views.of_sweep import Shown, Which, views_of
from glorot_sweep.tracking.views.view import PREFIX, stored, tag_value


@dataclass(frozen=True)
class SavedView:
    """A view that an experiment has.

    Attributes:
        title: of it, without the sweep's name.
        page: its address behind the server's, from `#` on.
    """

    title: str
    page: str


def keep_views(place: Place, own: OwnRun, config: SweepConfig) -> str | None:
    """Write the views of a sweep into its experiment, as far as they are not there already.

    What a view of the same key held is replaced; when it was made stays.

    Args:
        place: of its runs.
        own: the sweep.
        config: what it compares.

    Returns:
        What has kept the store from taking them, in a sentence; None: nothing has.
    """
    try:
        _keep(place, own, config)
    except Exception as error:
        if not is_store_failure(error):
            raise
        return (
            f"MLflow's saved views of the sweep {own.sweep!r} are not stored ({describe(error)}); "
            "nothing else depends on them. `glorot-sweep report` tries it again."
        )
    return None


def _keep(place: Place, own: OwnRun, config: SweepConfig) -> None:
    there, now = _view_tags(place, own.run_id), time.time_ns() // 1_000_000
    replicates = runs_of(place.client, place.experiment_id, own, kind=Kind.REPLICATE)
    ids = {run.run_id for run in replicates}
    made = logged_models(place.client, place.experiment_id, ids) if ids else ()
    winners = sorted({str(model.source_run_id) for model in made})
    named = all(Tag.SWEEP_RUN in run.tags for run in replicates)
    owned_by = f"tags.{Tag.SWEEP_RUN} = '{own.run_id}'"
    if not named:  # earlier versions wrote the sweep's name alone
        owned_by = f"tags.{Tag.SWEEP} = '{own.sweep}'"
    views = views_of(Shown(config, own.run_id, owned_by, winners))
    for view in views:
        value = tag_value(view, now, there.get(view.tag))
        if value != there.get(view.tag):
            place.client.set_experiment_tag(place.experiment_id, view.tag, value)
    for stale in there.keys() - {view.tag for view in views}:
        gone(partial(place.client.delete_experiment_tag, place.experiment_id, stale))


def saved_views(place: Place, run_id: str) -> list[SavedView]:
    """Return the views of a sweep that its experiment has, by the id of the sweep's run."""
    there = _view_tags(place, run_id)
    keys = {which: which.key(run_id) for which in Which}
    return [
        SavedView(which.words, place.runs_page + _opens(which, key))
        for which, key in keys.items()
        if stored(there.get(PREFIX + key))
    ]


def _opens(which: Which, key: str) -> str:
    charts = "&compareRunsMode=CHART" if which.is_charts else ""
    return f"&viewStateShareKey={key}{charts}"


def view_lines(place: Place, run_id: str) -> list[str]:
    """Return the title and the address of each view of a sweep, beneath each other."""
    views = saved_views(place, run_id)
    width = max((len(view.title) for view in views), default=0)
    return [f"{view.title:<{width}}  {place.address_of(view.page)}" for view in views]


def view_links(place: Place, run_id: str) -> list[str]:
    """Return a link in Markdown to each view of a sweep, for descriptions of runs.

    It has no server's address: it leads to wherever the description is read.
    """
    return [f"[{view.title}]({view.page})" for view in saved_views(place, run_id)]


def delete_views(place: Place, run_id: str) -> None:
    """Delete the views of a sweep, by the id of the sweep's run; those that are gone are gone."""
    for tag in _view_tags(place, run_id):
        gone(partial(place.client.delete_experiment_tag, place.experiment_id, tag))


def _view_tags(place: Place, run_id: str) -> Mapping[str, str]:
    tags = place.client.get_experiment(place.experiment_id).tags
    own = {PREFIX + which.key(run_id) for which in Which}
    return {name: value for name, value in tags.items() if name in own}
