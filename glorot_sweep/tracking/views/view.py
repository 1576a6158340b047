"""A saved view of MLflow's page of runs, in the form in which its user interface stores one.

MLflow 3.17 keeps it as a tag of the experiment: JSON with a name, two times, and the state of the
page, deflated, since MLflow cuts a tag after 8,000 characters. There is no documentation of it:
names and values are those of the interface's own program. What it does not know it ignores, so
that a view of a later version may show less; `tests/tracking/test_views_in_browser.py` looks.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

PREFIX: Final = "mlflow.sharedViewState."  # of the tag; the key of the view follows
LONGEST_TAG: Final = 8000  # characters
_PACKED = "deflate;"
_ALWAYS: Final = {"attributes.`Run Name`": 130, "runDateAndNestInfo": 125}  # name and start


def param(name: str) -> str:
    """Return what a param is called as a column, and where runs are sorted by it."""
    return f"params.`{name}`"


def metric(name: str) -> str:
    """Return the same of a metric."""
    return f"metrics.`{name}`"


def tag(name: str) -> str:
    """Return the same of a tag."""
    return f"tags.`{name}`"


MODELS: Final = "attributes.`Models`"
"""The column with links to the models that a run has made."""


@dataclass(frozen=True)
class View:
    """A view of the runs of an experiment: a table, or charts where sections are named.

    Attributes:
        key: tells it from all others of its experiment; letters, digits and `-`.
        name: how the menu of views lists it.
        search: which runs, in MLflow's words.
        order_by: a column; the lowest first. By another column than their start runs stand
            without their parents.
        columns: from left to right, each with its width in pixels.
        groups: params; runs that agree in all of them become one: its mean, with its range.
        opened: sections of charts that stand first and open. A section is what metrics have
            before their last `/`.
        closed: sections that stand behind them, closed.
    """

    key: str
    name: str
    search: str
    order_by: str
    columns: Mapping[str, int]
    groups: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """The tag of the experiment that holds it."""
        return PREFIX + self.key

    def state(self) -> dict[str, Any]:
        """Return the state of the page."""
        page: dict[str, Any] = {
            "searchFilter": self.search,
            "orderByKey": self.order_by,
            "orderByAsc": True,
            "selectedColumns": list(self.columns),
            "columnOrder": [*_ALWAYS, *self.columns],
            "columnWidths": {**_ALWAYS, **self.columns},
        }
        if self.groups:
            keys = [{"mode": "param", "groupByData": name} for name in self.groups]
            page["groupBy"] = {"aggregateFunction": "average", "groupByKeys": keys}
        if self.opened:
            page |= {
                "runsHiddenMode": "SHOW_ALL",  # else only the first ten are drawn
                "runListHidden": True,
                "compareRunCharts": [],  # the interface makes one of each metric
                "compareRunSections": [
                    *(_section(name, is_open=True) for name in self.opened),
                    *(_section(name, is_open=False) for name in self.closed),
                ],
                "isAccordionReordered": True,  # else sections are sorted by name
            }
        return page


def _section(name: str, *, is_open: bool) -> dict[str, Any]:
    return {"uuid": name, "name": name, "display": is_open, "isReordered": False, "columns": 2}


def tag_value(view: View, now: int, before: str | None = None) -> str:
    """Return what the tag of a view holds.

    Args:
        view: to be stored.
        now: milliseconds since 1970.
        before: what it holds already; the same, if that is this view.
    """
    kept = stored(before)
    if kept and kept["name"] == view.name and _state_of(kept) == view.state():
        return str(before)
    created = kept["createdAt"] if kept else now
    state = zlib.compress(json.dumps(view.state(), separators=(",", ":")).encode(), 9)
    packed = _PACKED + base64.b64encode(state).decode()
    return json.dumps(
        {"name": view.name, "createdAt": created, "updatedAt": now, "state": packed},
        separators=(",", ":"),
    )


def stored(value: str | None) -> dict[str, Any] | None:
    """Return what a tag holds, as far as it has the form of a view; None: it has not."""
    try:
        kept = json.loads(value or "")
    except ValueError:
        return None
    forms = {"name": str, "createdAt": int, "state": str}
    if not isinstance(kept, dict):
        return None
    return kept if all(isinstance(kept.get(name), form) for name, form in forms.items()) else None


def _state_of(kept: Mapping[str, Any]) -> Any:
    """Return the state that was stored; None of one that cannot be read."""
    try:
        packed = base64.b64decode(str(kept["state"]).removeprefix(_PACKED))
        return json.loads(zlib.decompressobj().decompress(packed, 100 * LONGEST_TAG))
    except (ValueError, zlib.error):
        return None
