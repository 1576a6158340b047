"""Tables of `training.json` for `docs/performance.md`."""

from typing import Any

Measured = dict[str, Any]


def case_name(result: Measured) -> str:
    """Return a result's case; results older than the table of cases have size and trials alone."""
    return str(result["case"] if "case" in result else f"{result['size']}*{result['trials']}")


def ratio_table(results: list[Measured]) -> str:
    """Return a row for each case: the pack's rate, its share of the floor, the ratios."""
    peers = list(dict.fromkeys(peer for one in results for peer in one["packed_over_peer"]))
    lines = [
        f"| case | packed | of the floor | {' | '.join(peers)} |",
        f"|:--|--:|--:|{'--:|' * len(peers)}",
    ]
    for one in results:
        rate = one["model_updates_per_second"]["packed"]
        share = one["roofline"]["share"] if "roofline" in one else None
        cells = [
            f"{spread(rate)}, {one['chosen']['packed']['threads']} thread(s)",
            f"{100 * share['median']:.0f} %" if share else "not measured",
            *(_ratio(one, peer) for peer in peers),
        ]
        lines.append(f"| {case_name(one)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _ratio(result: Measured, peer: str) -> str:
    """Return the ratio to a peer, and the peer's best threads and setting."""
    if peer not in result["packed_over_peer"]:
        return "left out"
    ratio, chosen = result["packed_over_peer"][peer], result["chosen"][peer]
    return (
        f"**{ratio['median']:.2f} x** [{ratio['min']:.2f}, {ratio['max']:.2f}], "
        f"{chosen['threads']} thread(s) {chosen['setting']}".rstrip()
    )


def spread(values: dict[str, float]) -> str:
    """Return median and extremes.

    Example:
        >>> spread({"median": 13800.4, "min": 12000.0, "max": 14100.0})
        '13,800 [12,000, 14,100]'
    """
    return f"{values['median']:,.0f} [{values['min']:,.0f}, {values['max']:,.0f}]"


def left_out_lines(found: Measured) -> str:
    """Return a line for each contender and each case that did not take part, with its reason.

    Cases that leave a contender out for the same reason share a line.
    """
    cases: dict[tuple[str, str], list[str]] = {}
    for one in found["results"]:
        for name, reason in one.get("left_out", {}).items():
            cases.setdefault((name, reason), []).append(case_name(one))
    lines = [
        f"* {name}: left out of {', '.join(names)}: {reason}"
        for (name, reason), names in cases.items()
    ]
    lines += [
        f"* case {name}: left out: {reason}" for name, reason in found.get("left_out", {}).items()
    ]
    return "\n".join([*lines, ""])


def roofline_table(results: list[Measured]) -> str:
    """Return a row for each case: both terms of the floor of a model-update, and where the pack is.

    Times are microseconds of one model-update.
    """
    lines = [
        "| case | arithmetic | memory | floor | measured | share | limit |",
        "|:--|--:|--:|--:|--:|--:|:--|",
    ]
    for one in results:
        if "roofline" not in one:
            lines.append(f"| {case_name(one)} | not measured | | | | | |")
            continue
        middle = {key: values["median"] for key, values in one["roofline"].items()}
        arithmetic, memory = middle["arithmetic_microseconds"], middle["memory_microseconds"]
        measured = 1e6 / one["model_updates_per_second"]["packed"]["median"]
        lines.append(
            f"| {case_name(one)} | {arithmetic:.1f} us at "
            f"{middle['flops_per_second'] / 1e9:,.0f} Gflop/s | {memory:.1f} us at "
            f"{middle['bytes_per_second'] / 1e9:,.1f} GB/s over "
            f"{middle['footprint_bytes'] / 1e6:,.1f} MB | {max(arithmetic, memory):.1f} us | "
            f"{measured:.1f} us | {100 * middle['share']:.0f} % | "
            f"{'arithmetic' if arithmetic > memory else 'memory'} |"
        )
    return "\n".join(lines) + "\n"
