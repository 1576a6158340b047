"""Which engine made the table."""

from glorot_sweep.report.collect import Collected


def engine_sentence(collected: Collected) -> str:
    """Return the engines of the replicates in one line, with the reason where torch had to do.

    `Engine: native for Tanh, Tanh N; torch for Odd (its activation 'odd' has no native form).`
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for variant in collected.config.variants:
        settled = collected.engines.get(variant)
        for engine in {run.engine for run in collected.replicates if run.variant == variant}:
            reason = settled.reason if settled and settled.engine == engine else ""
            groups.setdefault((engine, reason), []).append(collected.config.rows[variant].label)
    parts = []
    for (engine, reason), names in sorted(groups.items()):
        whose = f" for {', '.join(names)}" if len(groups) > 1 else ""
        parts.append(f"{engine}{whose}" + (f" ({reason})" if reason else ""))
    return f"Engine: {'; '.join(parts)}." if parts else ""
