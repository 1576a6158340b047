"""What a sweep is: its question, the parts that it names, and what its runs are made with.

A continuation with another question is another sweep. One with other parts, data, code, libraries
or another processor would mix two kinds of runs in one cell of the table; it is refused, or
accepted by name and recorded on every run from then on.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from glorot_sweep.config.plugins import digests_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.engine.choice import Engines
from glorot_sweep.errors import UserError
from glorot_sweep.host.provenance import Provenance
from glorot_sweep.parts.variants import BEFORE, Variant, content_of
from glorot_sweep.sweep.contents.engines import are_portable
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Tag, TagFamily
from glorot_sweep.tracking.schema.runs import Accepted
from glorot_sweep.training.checkpoint import PLUGIN

FLAG = "--accept-changed-code"
HOW_WRITTEN = {"name", "label"}
DATA_SET, PROCESSOR = "data set ", "processor"
LONGEST_CHANGE = 500  # characters of the tag that names accepted changes

Change = dict[str, tuple[object, object]]
"""What differs, by name: as it was and as it is."""


@dataclass(frozen=True)
class Identity:
    """All that decides the numbers of a sweep.

    Attributes:
        config: the sweep file without what changes no number.
        digests: of the content of each data set.
        variants: the row of each variant that the file names.
        engines: the engine of each.
        made_with: code, libraries and processor.
        plugins: digest of each plugin's source.
        accepted: what has changed and was accepted by a user, in a line each, the oldest first.
    """

    config: Mapping[str, Any]
    digests: Mapping[str, str]
    variants: Mapping[str, Mapping[str, Any]]
    engines: Engines
    made_with: Mapping[str, Any]
    accepted: tuple[str, ...] = ()
    plugins: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """Return it as plain data; of a sweep without plugins as before there were any."""
        content = {**asdict(self), "accepted": list(self.accepted)}
        if not self.plugins:
            del content["plugins"]
        return content

    def decisive(self) -> dict[str, str]:
        """Return what decides numbers besides the code and the specifications, by name.

        The processor is none of it where every engine gives the same bits on all.
        """
        found = {f"{DATA_SET}{name}": digest for name, digest in self.digests.items()}
        found |= {f"{PLUGIN}{name}": digest for name, digest in self.plugins.items()}
        found |= self.made_with["libraries"]
        if not self.is_portable():
            found[PROCESSOR] = self.made_with["device_type"]
        return found

    def is_portable(self, variant: str | None = None) -> bool:
        """Return whether all variants, or one, have the same bits on CPUs of every type."""
        engines = self.engines if variant is None else {variant: self.engines[variant]}
        rows = {name: BEFORE | dict(row) for name, row in self.variants.items()}
        parts = {name: (row["initialization"], row["schedule"]) for name, row in rows.items()}
        return are_portable(engines, parts)

    def tags(self, variant: str | None = None) -> dict[str, str]:
        """Return the tags of runs that are made after a change was accepted.

        Args:
            variant: whose runs; what changes none of their bits is left out. None: the sweep's.
        """
        said = self.accepted
        if variant is not None and self.is_portable(variant):
            said = tuple(line for line in said if not line.startswith(f"{PROCESSOR}: "))
        return tags_of(Accepted(accepted_change="; ".join(said)[:LONGEST_CHANGE] or None))


def identity_of(
    config: SweepConfig, digests: Mapping[str, str], made_with: Provenance, engines: Engines
) -> Identity:
    """Return the identity of a sweep that begins now."""
    rows = {name: row_of(row) for name, row in config.rows.items()}
    return Identity(
        config.identity(), dict(digests), rows, dict(engines), asdict(made_with),
        plugins=digests_of(config.plugins),
    )  # fmt: skip


def row_of(variant: Variant) -> dict[str, Any]:
    """Return what a variant trains; how tables write it changes no number."""
    return {name: value for name, value in content_of(variant).items() if name not in HOW_WRITTEN}


def refuse_another_question(name: str, stored: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to continue a sweep with another configuration.

    Args:
        name: of the sweep.
        stored: its configuration.
        now: the file's.

    Raises:
        UserError: names every key that differs.
    """
    changed = difference(stored, now)
    if changed:
        raise UserError(
            f"the sweep {name!r} exists with another configuration (stored -> file):\n"
            + indented(changed)
            + not_afterwards(changed)
            + "\nRestore the file to continue that sweep, or give this one another name."
        )


def not_afterwards(changed: Collection[str]) -> str:
    """Return why a date of registration cannot come later, if that is among what has changed."""
    if "preregistered" not in changed:
        return ""
    return (
        "\npreregistered says that the file is older than every result of the sweep, so it is "
        "written before the sweep begins and stays as it is."
    )


def changes(stored: Mapping[str, Any], now: Identity, code_before: str) -> Change:
    """Return what runs made from now on would differ in from those that are there.

    Args:
        stored: the sweep's identity.
        now: as it would be today.
        code_before: hash of the code that began the sweep, as its run is tagged. A version that
            stored nothing else had a hash of other sources, which equals none of today.
    """
    before = stored.get("config", {})
    found = {
        f"{DATA_SET}{key}": value
        for key, value in difference(stored.get("digests", {}), now.digests).items()
        if key in before.get("datasets", now.digests)  # not those by which it grows
    }
    for name, value in _difference_of_plugins(stored, now):
        found[f"{PLUGIN}{name}"] = value
    if "made_with" not in stored:
        earlier = f"{code_before} of an earlier version, without libraries and processor"
        return {**found, "code": (earlier, now.made_with["code"])}
    for key, value in difference(stored["variants"], now.variants).items():
        variant, _, attribute = key.partition(".")
        if variant in before.get("variants", now.variants):
            found[f"variant {variant}: {attribute}"] = value
    for key, value in difference(stored["made_with"], now.made_with).items():
        found[_MADE_WITH.get(key, key.removeprefix("libraries."))] = value
    return found


def _difference_of_plugins(
    stored: Mapping[str, Any], now: Identity
) -> Iterator[tuple[str, tuple[object, object]]]:
    """Yield the plugins that differ; not those by which a sweep grows, with what they register."""
    before, grows = stored.get("plugins", {}), bool(difference(stored["config"], now.config))
    for name in sorted(before.keys() | now.plugins.keys()):
        was, is_now = before.get(name, "absent"), now.plugins.get(name, "absent")
        if was != is_now and not (grows and name not in before):
            yield name, (was, is_now)


def without_harmless(change: Change, now: Identity) -> Change:
    """Return a change without the processor, where every engine gives the same bits on all."""
    if not now.is_portable():
        return change
    return {key: value for key, value in change.items() if key != PROCESSOR}


_MADE_WITH = {"code": "code", "device_type": PROCESSOR}
_TAGS: dict[str, str] = {
    Tag.CODE_HASH: "code",
    Tag.LIBRARIES: "libraries",
    Tag.DEVICE_TYPE: PROCESSOR,
}


def changes_of_tags(before: Mapping[str, str], now: Mapping[str, str]) -> Change:
    """Return the same from the tags of a sweep's run, where no identity was stored."""
    sets = [key for key in now if key.startswith(TagFamily.DIGEST)]
    names = _TAGS | {key: DATA_SET + key.removeprefix(TagFamily.DIGEST) for key in sets}
    return {
        name: (before.get(key, "absent"), now[key])
        for key, name in names.items()
        if before.get(key) != now[key]
    }


def hashes_of(
    before: Mapping[str, str], now: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the hashes of two configurations, of which nothing else is left."""
    name = Tag.CONFIG_HASH
    return {name: before.get(name, "absent")}, {name: now[name]}


def refuse_change(name: str, change: Change) -> None:
    """Refuse to go on with what has changed.

    Raises:
        UserError: names what has changed, why it matters, and what to do.
    """
    raise UserError(
        f"the sweep {name!r} was begun otherwise (then -> now):\n"
        + indented(change)
        + "\nRuns made now need not have the bits of those that are there, and one cell of the "
        "table would mix both. Restore what has changed, or give the sweep another name; "
        f"{FLAG} goes on all the same, and every run made from then on says so."
    )


def lines(change: Change) -> tuple[str, ...]:
    """Return a change, a line for each thing that differs.

    Example:
        >>> lines({"torch": ("2.12.0", "2.13.0")})
        ('torch: 2.12.0 -> 2.13.0',)
    """
    return tuple(f"{key}: {before} -> {now}" for key, (before, now) in change.items())


def indented(change: Change, reasons: Mapping[str, str] | None = None) -> str:
    """Return a change, an indented line for each thing that differs, with what is said of it."""
    said = {key: f" ({reason})" for key, reason in (reasons or {}).items() if reason}
    each = zip(change, lines(change), strict=True)
    return "\n".join(f"  {line}{said.get(key, '')}" for key, line in each)


def difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> Change:
    """Return the values that differ, by their dotted keys."""
    then, today = flatten(before), flatten(now)
    return {
        key: (then.get(key, "absent"), today.get(key, "absent"))
        for key in sorted(then.keys() | today.keys())
        if then.get(key) != today.get(key)
    }


def flatten(values: Any, prefix: str = "") -> dict[str, Any]:
    """Return nested values by their dotted keys.

    Example:
        >>> flatten({"search": {"depth": {"low": 1, "high": 5}}, "seed": 2010})
        {'search.depth.low': 1, 'search.depth.high': 5, 'seed': 2010}
    """
    if not isinstance(values, Mapping):
        return {prefix: list(values) if isinstance(values, tuple) else values}
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat.update(flatten(value, f"{prefix}.{key}" if prefix else str(key)))
    return flat
