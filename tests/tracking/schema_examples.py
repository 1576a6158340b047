"""For each kind of record one with a value of its own in every field."""

import dataclasses
from typing import Any, get_type_hints

from glorot_sweep.host.process import Process
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.schema.beside import InitStudyRun, SvmRun, SvmTrialRun
from glorot_sweep.tracking.schema.comparison import ComparisonRun
from glorot_sweep.tracking.schema.driving import Holder
from glorot_sweep.tracking.schema.fields import SIX_DECIMALS, stored_fields
from glorot_sweep.tracking.schema.growths import Seen, StoredGrowth
from glorot_sweep.tracking.schema.names import SCHEMA_VERSION, Kind
from glorot_sweep.tracking.schema.report import ReportRun
from glorot_sweep.tracking.schema.runs import StoredRun, SweepRun
from glorot_sweep.tracking.schema.studies import StudyRun
from glorot_sweep.tracking.schema.superseding import RepeatingRun
from glorot_sweep.tracking.schema.trained import (
    MemberRun,
    MonitoredRun,
    ReplicateRun,
    TrialRun,
)

KINDS: dict[type[StoredRun], Kind] = {
    StoredRun: Kind.VERIFY,
    MemberRun: Kind.INVOCATION,
    SweepRun: Kind.SWEEP,
    StudyRun: Kind.STUDY,
    TrialRun: Kind.TRIAL,
    ReplicateRun: Kind.REPLICATE,
    MonitoredRun: Kind.MONITORED,
    RepeatingRun: Kind.REPLICATE,
    ReportRun: Kind.REPORT,
    ComparisonRun: Kind.REPORT,
    InitStudyRun: Kind.INIT_STUDY,
    SvmRun: Kind.BASELINE,
    SvmTrialRun: Kind.TRIAL,
}


HOLDER = Holder("a token", Process(7, "a host", "a boot", "a start"), since=1_700_000_000_000)

GROWTH = StoredGrowth(1_700_000_000_001, "old", "new", Seen.REPORTED, ("seeds: 5 -> 10",))


def example(kind: type[StoredRun]) -> Any:
    """A run of this kind; no two fields have the same value, and none is its default."""
    hints = get_type_hints(kind)
    special = {
        "kind": KINDS[kind], "word": State.FAILED, "given_up": True, "attempt": 1,
        "schema_version": SCHEMA_VERSION, "holder": HOLDER, "growths": {"1": GROWTH},
    }  # fmt: skip
    values = {
        one.name: special[one.name]
        if one.name in special
        else _value(number, one.name, hints[one.name], where.spelling)
        for number, (one, where) in enumerate(stored_fields(kind), start=2)
    }
    return kind(run_id="", name="an example", status=Status.FAILED, started=0, **values)


def _value(number: int, name: str, hint: Any, spelling: object) -> object:
    text = str(hint)
    if "Mapping" in text:
        inner = {"int": number, "float": number + 0.1, "str": f"text {number}"}
        return {f"{name} {key}": inner[_last(text)] for key in ("a", "b")}
    if "tuple" in text:
        return (number, number + 1)
    if "float" in text:
        return number + 0.5 if spelling is SIX_DECIMALS else number + 0.1 + 0.2
    return number if "int" in text else f"a text for {name}"


def _last(text: str) -> str:
    return text.rpartition(", ")[2].rstrip("]")


def differing(one: Any, other: Any) -> dict[str, tuple[Any, Any]]:
    """The fields in which two records differ, but those that MLflow or the clock gives."""
    mlflows = {"run_id", "name", "status", "started", "written"}
    return {
        field.name: (getattr(one, field.name), getattr(other, field.name))
        for field in dataclasses.fields(one)
        if field.name not in mlflows and getattr(one, field.name) != getattr(other, field.name)
    }
