"""Rows of `docs/performance.md` on what is not training: figures and their limits."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from performance_tables import Measured
from pretraining import ratio as pretraining_ratio
from step_rules import ratio as rule_ratio

RULES = {"tanh_hessian": "diagonal of the Hessian", "tanh_gradient_variance": "gradient variance"}


@dataclass(frozen=True)
class Row:
    """A figure and its limit, as text.

    Attributes:
        what: is measured.
        measured, limit: with units.
        held: whether the limit is kept.
    """

    what: str
    measured: str
    limit: str
    held: bool


def cost_rows(name: str, found: Measured) -> list[Row]:
    """Return the rows of a JSON file."""
    return COSTS[name](found)


def _percent(what: str, share: float, limit: float) -> Row:
    return Row(what, f"{100 * share:.2g} %", f"{100 * limit:.2g} %", share < limit)


def _logging(found: Measured) -> list[Row]:
    middle = found["medians"]
    what = (
        f"logging of the quick sweep ({middle['logging_ms_per_trial']:.0f} ms a trial, "
        f"{middle['logging_ms_per_replicate']:.0f} ms a replicate)"
    )
    return [_percent(what, middle["share"], found["limit"])]


def _statistics(found: Measured) -> list[Row]:
    names = {"quick": "of the quick sweep", "paper": "at 1000 units and 5 million updates"}
    return [
        _percent(
            f"layer statistics {names[name]}", statistics.median(shares), found["limits"][name]
        )
        for name, shares in found["shares"].items()
    ]


def _feeding(found: Measured) -> list[Row]:
    return [
        _percent(
            f"feeding 20 trials of width 100: {name}",
            statistics.median(feeding / training for feeding, training in rounds),
            found["limit"],
        )
        for name, rounds in found["seconds"].items()
    ]


def _own_question(found: Measured) -> list[Row]:
    seconds, limit = found["seconds"], found["limit"]
    what = "the README's question on 1,600 photographs, models and report included"
    return [Row(what, f"{seconds:.0f} s", f"{limit:.0f} s", seconds <= limit)]


def _report(found: Measured) -> list[Row]:
    limits, largest = found["limits"], found["sizes"][-1]
    calls = sum(largest["calls"].values()) / largest["runs"]
    held = largest["seconds"] < limits["seconds"] and largest["megabytes"] < limits["megabytes"]
    return [
        Row(
            f"report of {largest['runs']:,} runs",
            f"{largest['seconds']:.1f} s, {largest['megabytes']:.0f} MB, {calls:.2f} calls a run",
            f"{limits['seconds']:.0f} s, {limits['megabytes']:.0f} MB",
            held,
        )
    ]


def _driver(found: Measured) -> list[Row]:
    got, limits = found["found"], found["limits"]
    each, again = got["milliseconds_per_trial"], got["resume_seconds"]
    most = limits["milliseconds_per_trial"]
    return [
        Row("the driver's own time for a trial", f"{each:.1f} ms", f"{most:.0f} ms", each < most),
        Row("share of its time that a fleet of 256 devices is busy", f"{100 * got['busy']:.1f} %",
            f"{100 * limits['busy']:.0f} %", got["busy"] > limits["busy"]),
        Row("from a restart to the first finished pack", f"{again:.1f} s",
            f"{limits['resume_seconds']:.0f} s", again < limits["resume_seconds"]),
    ]  # fmt: skip


def _workers(found: Measured) -> list[Row]:
    return [
        Row("a search with two workers, of its time with one", f"{found['share']:.2f}",
            f"{found['limit']:.2f}", found["share"] < found["limit"])
    ]  # fmt: skip


def _small_imagenet(found: Measured) -> list[Row]:
    return [
        Row(f"Small-ImageNet from {size['width']} x {size['height']} pixels",
            f"{size['per_second']:,.0f} images/s", f"{found['limit']:,.0f} images/s",
            size["per_second"] >= found["limit"])
        for size in found["sizes"]
    ]  # fmt: skip


def _step_rules(found: Measured) -> list[Row]:
    rows = []
    for engine, sizes in found["seconds"].items():
        for size, rounds in sizes.items():
            for variant, label in RULES.items():
                share = statistics.median(rule_ratio(one, variant) for one in rounds)
                limit = found["limits"][engine].get(variant)
                what = f"{engine}: {label}, speed of its updates, of plain ones, {size}"
                held = limit is None or share >= limit
                rows.append(Row(what, f"{share:.2f}", f"{limit:g}" if limit else "none", held))
    return rows


def _pretraining(found: Measured) -> list[Row]:
    rows = []
    for engine, sizes in found["seconds"].items():
        limit = found["limits"][engine]
        for size, rounds in sizes.items():
            share = statistics.median(pretraining_ratio(one) for one in rounds)
            what = f"{engine}: speed of a pre-training update of one layer, of supervised, {size}"
            rows.append(Row(what, f"{share:.2f}", f"{limit:g}", share >= limit))
    return rows


def _reduced_precision(found: Measured) -> list[Row]:
    how = "on a GPU" if found["device"] == "cuda" else "rounded on a CPU"
    level, rows = found["level"] / len(found["differences"]), []
    for precision in ("high", "medium"):
        cells = [one for one in found["differences"] if one["precision"] == precision]
        largest = max(cells, key=lambda one: abs(one["points"]))
        smallest = min(one["p"] for one in cells)
        what = f"Table 1 of {found['file']} with products of {precision} precision, {how}"
        rows.append(
            Row(f"{what}: largest change ({largest['variant']})",
                f"{largest['points']:+.2f} points; smallest p {smallest:.2g}",
                f"p {level:.1g}", smallest >= level)
        )  # fmt: skip
    return rows


COSTS: dict[str, Callable[[Measured], list[Row]]] = {
    "logging_cost": _logging,
    "statistics_cost": _statistics,
    "feeding": _feeding,
    "report_size": _report,
    "own_question": _own_question,
    "driver": _driver,
    "workers": _workers,
    "small_imagenet": _small_imagenet,
    "step_rules": _step_rules,
    "pretraining": _pretraining,
    "reduced_precision": _reduced_precision,
}
