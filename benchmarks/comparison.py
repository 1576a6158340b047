"""One case of `training.py`: its contenders are checked, tuned, and measured in turn."""

import argparse
import gc
import os
import statistics
from pathlib import Path
from typing import Any

from agreement import check_agreement
from busy import busy_processes
from cases import Case
from compiled_peer import Compiled
from contenders import Lineup, open_lineup
from lightning_peers import Packed
from peers import BareLoop
from roofline import floor_rate, floor_seconds, mean_work, measure_machine
from workload import LEARNING_RATE, Contender, Layers, Pool

Rates = dict[str, float]
"""Model-updates/s of each contender, by name."""


def compare(case: Case, arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Check, tune and measure the contenders of a case.

    Args:
        case: the networks.
        arguments: of `training.py`.
        folder: for files of the contenders, empty.

    Returns:
        What stands in the JSON file; `compared` names the engine that the others are compared with.
    """
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder / "compiled")
    pool = Pool(case.size, arguments.device)
    starts = Packed("", pool, case.specs()).networks()
    lineup = open_lineup(case, pool, starts, folder, arguments.jax_pythons)
    try:
        checked = [*lineup.all, *_other_optimizers(case, pool, starts)]
        agreement = check_agreement(checked, pool, case.specs(), starts)
        gc.freeze()  # what lives until the end need not be looked at before every slice
        return {
            "case": case.name,
            "size": str(case.size),
            "trials": case.trials,
            "variant": case.variant,
            "left_out": lineup.left_out,
            "disagreement_in_tolerances": agreement,
            **_measured(case, lineup, arguments),
        }
    finally:
        gc.unfreeze()
        lineup.close()


def best_settings(
    contenders: list[Contender], seconds: float, rounds: int
) -> dict[str, dict[str, Any]]:
    """Try one thread and all cores with every setting, in turn; keep the fastest of each."""
    rates: dict[str, dict[tuple[int, str], list[float]]] = {c.name: {} for c in contenders}
    for _ in range(rounds):
        for contender in contenders:
            for threads in contender.threads_tried:
                for setting in contender.settings:
                    contender.setting = setting
                    contender.use_threads(threads)
                    measured = contender.rate(seconds)
                    rates[contender.name].setdefault((threads, setting), []).append(measured)
    chosen: dict[str, dict[str, Any]] = {}
    for contender in contenders:
        tried = {key: statistics.median(values) for key, values in rates[contender.name].items()}
        threads, setting = max(tried, key=lambda key: tried[key])
        contender.setting = setting
        shown = {f"{t} threads {s}".strip(): value for (t, s), value in tried.items()}
        chosen[contender.name] = {"threads": threads, "setting": setting, "tried": shown}
    return chosen


def summary(values: list[float]) -> dict[str, float]:
    """Return median and extremes."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def over_best(rounds: list[Rates], ours: str, peers: list[str]) -> dict[str, float] | None:
    """Return how many times the speed of the best of some peers ours is, round by round.

    Args:
        rounds: as measured.
        ours: a contender's name.
        peers: names; those that did not take part do not count.

    Example:
        >>> over_best([{"a": 6.0, "b": 2.0, "c": 3.0}], "a", ["b", "c", "absent"])
        {'median': 2.0, 'min': 2.0, 'max': 2.0}
    """
    present = [name for name in peers if name in rounds[0]]
    if not present or ours not in rounds[0]:
        return None
    return summary([one[ours] / max(one[name] for name in present) for one in rounds])


def _other_optimizers(case: Case, pool: Pool, starts: list[Layers]) -> list[Contender]:
    """Return bare loops with the kinds of optimizer that nobody has checked yet."""
    activation, loops = case.specs()[0].variant.activation, list[Contender]()
    for setting in BareLoop.settings[:-1]:
        loops.append(BareLoop(pool, [(activation, starts[0])], LEARNING_RATE))
        loops[-1].setting = setting
    return loops


def _measured(case: Case, lineup: Lineup, arguments: argparse.Namespace) -> dict[str, Any]:
    chosen = best_settings(lineup.all, arguments.tuning_seconds, arguments.tuning_rounds)
    ours = lineup.engines[0].name
    threads, names = chosen[ours]["threads"], [contender.name for contender in lineup.all]
    rounds, floors, disturbed = [], [], []
    for _ in range(arguments.rounds):
        one = _round(lineup.all, chosen, arguments.seconds)
        rounds.append(one)
        floors.append(_floor(case, one[ours], threads, arguments))
        if arguments.beside:
            with busy_processes(arguments.beside):
                disturbed.append(_round([*lineup.engines], chosen, arguments.seconds))
    return {
        "chosen": chosen,
        "compile_seconds": {
            peer.name: peer.compile_seconds for peer in lineup.peers if isinstance(peer, Compiled)
        },
        "rounds": rounds,
        "model_updates_per_second": {n: summary([one[n] for one in rounds]) for n in names},
        "compared": ours,
        "over_peer": {n: over_best(rounds, ours, [n]) for n in names if n != ours},
        "roofline": {key: summary([floor[key] for floor in floors]) for key in floors[0]},
        "beside_busy_processes": _beside(rounds, disturbed, arguments.beside),
    }


def _round(contenders: list[Contender], chosen: dict[str, Any], seconds: float) -> Rates:
    rates = {}
    for contender in contenders:
        contender.use_threads(chosen[contender.name]["threads"])
        rates[contender.name] = contender.rate(seconds)
    return rates


def _beside(rounds: list[Rates], disturbed: list[Rates], processes: int) -> dict[str, Any] | None:
    """Return what is left of each engine's speed beside processes that are busy."""
    if not disturbed:
        return None
    shares = {
        name: summary(
            [after[name] / one[name] for one, after in zip(rounds, disturbed, strict=True)]
        )
        for name in disturbed[0]
    }
    return {"processes": processes, "rounds": disturbed, "share_of_speed": shares}


def _floor(case: Case, rate: float, threads: int, arguments: argparse.Namespace) -> Rates:
    """Return the machine's rates of this round, both terms of the floor, and an engine's share."""
    work = mean_work(case.size, case.specs())
    footprint = case.floor_footprint(threads, arguments.device)
    machine = measure_machine(footprint, threads, arguments.device, arguments.seconds / 4)
    terms = floor_seconds(work, machine)
    return {
        "flops_per_second": machine.flops,
        "bytes_per_second": machine.bandwidth,
        "footprint_bytes": machine.footprint,
        "arithmetic_microseconds": 1e6 * terms["arithmetic"],
        "memory_microseconds": 1e6 * terms["memory"],
        "model_updates_per_second": floor_rate(work, machine),
        "share": rate / floor_rate(work, machine),
    }
