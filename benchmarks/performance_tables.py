"""Tables of `training.json` for `docs/performance.md`."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Measured = dict[str, Any]


def read_results(folder: Path, names: Iterable[str]) -> dict[str, Measured]:
    """Return the content of those JSON files that there are, by name."""
    files = {name: folder / f"{name}.json" for name in names}
    return {
        name: json.loads(file.read_text(encoding="utf-8"))
        for name, file in files.items()
        if file.exists()
    }


def ratio_table(results: list[Measured]) -> str:
    """Return a row for each contender and a column for each case.

    A cell has the contender's model-updates/s, how many times that the engine compared is, with the
    extremes over the rounds, and the contender's best threads and setting.
    """
    names = dict.fromkeys(name for one in results for name in one["model_updates_per_second"])
    lines = [
        f"| | {' | '.join(one['case'] for one in results)} |",
        f"|:--|{'--:|' * len(results)}",
    ]
    for name in names:
        lines.append(f"| {name} | {' | '.join(_cell(one, name) for one in results)} |")
    return "\n".join(lines) + "\n"


def _cell(result: Measured, name: str) -> str:
    if name not in result["model_updates_per_second"]:
        return "left out"
    rate, chosen = result["model_updates_per_second"][name]["median"], result["chosen"][name]
    best = f"{chosen['threads']} thread(s) {chosen['setting']}".rstrip()
    if name == result["compared"]:
        return f"**{rate:,.0f}**; {best}"
    ratio = result["over_peer"][name]
    return (
        f"{rate:,.0f}, **{ratio['median']:.2f} x** [{ratio['min']:.2f}, {ratio['max']:.2f}]; {best}"
    )


def left_out_lines(found: Measured) -> str:
    """Return a line for each contender and each case that did not take part, with its reason.

    Cases that leave a contender out for the same reason share a line.
    """
    cases: dict[tuple[str, str], list[str]] = {}
    for one in found["results"]:
        for name, reason in one["left_out"].items():
            cases.setdefault((name, reason), []).append(one["case"])
    lines = [
        f"* {name}: left out of {', '.join(names)}: {reason}"
        for (name, reason), names in cases.items()
    ]
    lines += [f"* case {name}: left out: {reason}" for name, reason in found["left_out"].items()]
    return "\n".join([*lines, ""])


def roofline_table(results: list[Measured]) -> str:
    """Return a row for each case: both terms of a model-update's floor, and where the engine is.

    Times are microseconds of one model-update.
    """
    lines = [
        "| case | engine | arithmetic | memory | floor | measured | share | limit |",
        "|:--|:--|--:|--:|--:|--:|--:|:--|",
    ]
    for one in results:
        middle = {key: values["median"] for key, values in one["roofline"].items()}
        arithmetic, memory = middle["arithmetic_microseconds"], middle["memory_microseconds"]
        measured = 1e6 / one["model_updates_per_second"][one["compared"]]["median"]
        lines.append(
            f"| {one['case']} | {one['compared']} | {arithmetic:.1f} us at "
            f"{middle['flops_per_second'] / 1e9:,.0f} Gflop/s | {memory:.1f} us at "
            f"{middle['bytes_per_second'] / 1e9:,.1f} GB/s over "
            f"{middle['footprint_bytes'] / 1e6:,.1f} MB | {max(arithmetic, memory):.1f} us | "
            f"{measured:.1f} us | {100 * middle['share']:.0f} % | "
            f"{'arithmetic' if arithmetic > memory else 'memory'} |"
        )
    return "\n".join(lines) + "\n"


def beside_table(results: list[Measured]) -> str:
    """Return what is left of each engine's speed beside busy processes; empty if not measured."""
    rows = [
        f"| {one['case']} | {name} | {one['beside_busy_processes']['processes']} | "
        f"{share['median']:.2f} [{share['min']:.2f}, {share['max']:.2f}] |"
        for one in results
        if one["beside_busy_processes"]
        for name, share in one["beside_busy_processes"]["share_of_speed"].items()
    ]
    head = ["| case | engine | busy processes | of its undisturbed speed |", "|:--|:--|--:|--:|"]
    return "\n".join([*head, *rows]) + "\n" if rows else "Not measured: `--beside 1`.\n"


def compile_lines(results: list[Measured]) -> str:
    """Return what compiling took, which is in no rate."""
    return "\n".join(
        f"* {name}: compiled for {one['case']} in {seconds:.1f} s, {threads}"
        for one in results
        for name, taken in one["compile_seconds"].items()
        for threads, seconds in taken.items()
    )
