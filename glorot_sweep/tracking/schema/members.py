"""Runs of a sweep by their keys, those of earlier versions included."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from glorot_sweep.keys import BETWEEN, key_text
from glorot_sweep.tracking.schema.names import Kind, Param, Role, Tag
from glorot_sweep.tracking.schema.runs import read
from glorot_sweep.tracking.schema.superseding import RepeatingRun
from glorot_sweep.tracking.schema.trained import BOTH, MemberRun

if TYPE_CHECKING:
    from glorot_sweep.tracking.records import RunRecord

JOINED_MONITORED = re.compile(r"monitored-.*-d(\d+)-lr(.+)-seed(\d+)")


def member_run(run: "RunRecord") -> MemberRun:
    """Return a run of a sweep, with its key as it is written today and its params.

    Raises:
        StoredRunError: a field is missing or ill-formed, or the run is of a newer version.
    """
    return replace(read(MemberRun, run), key=key_of(run), params=run.params)


def repeating_run(run: "RunRecord") -> RepeatingRun:
    """Return a replicate, likewise; see `member_run`."""
    return replace(read(RepeatingRun, run), key=key_of(run), params=run.params)


def key_of(run: "RunRecord") -> str | None:
    """Return the key of a run of a sweep, as it is written today; None: it has none.

    Earlier versions joined names by `-`, and two runs could have the same key. What such a run is
    stands in its other tags.
    """
    stored = run.tags.get(Tag.KEY)
    if stored is None or BETWEEN in stored:
        return stored
    words = _words(run, stored)
    return key_text(*words) if words and all(words) else stored


def _words(run: "RunRecord", joined: str) -> tuple[str, ...]:
    """Return the words of a key, empty where a tag is missing; none for other kinds of runs."""
    tags = run.tags
    study = tags.get(Tag.VARIANT, ""), tags.get(Tag.DATASET, "")
    match tags.get(Tag.KIND):
        case Kind.STUDY:
            return study
        case Kind.TRIAL if Tag.TRIAL in tags:
            return *study, f"t{tags[Tag.TRIAL].zfill(3)}"
        case Kind.REPLICATE if Tag.SEED in tags:
            at_table_depth = Role.TABLE_DEPTH in tags.get(Tag.ROLE, "").split(BOTH)
            return *study, *(() if at_table_depth else ("best",)), f"{Tag.SEED}{tags[Tag.SEED]}"
        case Kind.MONITORED:
            return _monitored(run, study, joined)
    return ()


def _monitored(run: "RunRecord", study: tuple[str, str], joined: str) -> tuple[str, ...]:
    """The learning rate of the joined key was rounded; that of the param is not."""
    if not (found := JOINED_MONITORED.fullmatch(joined)):
        return ()
    depth, rounded, seed = found.groups()
    try:
        rate = float(run.params.get(Param.LEARNING_RATE, rounded))
    except ValueError:
        return ()
    return Kind.MONITORED, *study, f"d{depth}", f"lr{rate!r}", f"{Tag.SEED}{seed}"
