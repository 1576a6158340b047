"""Model-updates per second of a pack, against other ways to train the same networks.

Run from the repository: `python benchmarks/training.py`, with `--case` or `--all` for other cases
than the default ones. Before anything is timed, all contenders must agree on the weights after 20
updates; then the settings of each (threads, kind of optimizer) are tried and the best kept; then
every round gives each contender a slice of time in turn, and measures what the machine can do
(`roofline.py`), so that a slow spell of the machine slows all of them. What counts are the ratios
of one round, and their median.

Model-updates/s is trials x updates / seconds. `peers.py`, `lightning_peers.py` and
`process_peers.py` say how each contender is written. JAX has its own environment: `make jax-env`.
"""

import argparse
import json
import logging
import os
import statistics
import tempfile
import warnings
from pathlib import Path
from typing import Any

from agreement import CHECKED_UPDATES, check_agreement
from cases import CASES, Case, chosen_cases
from contenders import Lineup, open_lineup
from devices import add_device_option, check_device
from lightning_peers import Packed
from peers import BareLoop
from roofline import floor_rate, floor_seconds, mean_work, measure_machine
from workload import LEARNING_RATE, Contender, Layers, Pool, surroundings

JAX_PYTHON = Path(__file__).parents[1] / "build" / "jax-env" / "bin" / "python"


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


def compare(case: Case, arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Check, tune and measure the contenders of a case."""
    pool = Pool(case.size, arguments.device)
    starts = Packed("", pool, case.specs()).networks()
    lineup = open_lineup(case, pool, starts, folder, arguments.jax_python)
    try:
        return _measured(case, lineup, pool, starts, arguments)
    finally:
        lineup.close()


def _measured(
    case: Case, lineup: Lineup, pool: Pool, starts: list[Layers], arguments: argparse.Namespace
) -> dict[str, Any]:
    checked = [*lineup.all, *_other_optimizers(case, pool, starts)]
    agreement = check_agreement(checked, pool, case.specs(), starts)
    chosen = best_settings(lineup.all, arguments.tuning_seconds, arguments.tuning_rounds)
    rounds, floors = [], []
    for _ in range(arguments.rounds):
        one = {}
        for contender in lineup.all:
            contender.use_threads(chosen[contender.name]["threads"])
            one[contender.name] = contender.rate(arguments.seconds)
        rounds.append(one)
        threads = chosen["packed"]["threads"]
        floors.append(_floor(case, one["packed"], threads, arguments))
    rates = {c.name: summary([one[c.name] for one in rounds]) for c in lineup.all}
    ratios = {c.name: summary([r["packed"] / r[c.name] for r in rounds]) for c in lineup.peers}
    return {
        "case": case.name,
        "size": str(case.size),
        "trials": case.trials,
        "variant": case.variant,
        "left_out": lineup.left_out,
        "chosen": chosen,
        "disagreement_in_tolerances": agreement,
        "rounds": rounds,
        "model_updates_per_second": rates,
        "packed_over_peer": ratios,
        "roofline": {key: summary([floor[key] for floor in floors]) for key in floors[0]},
    }


def _other_optimizers(case: Case, pool: Pool, starts: list[Layers]) -> list[Contender]:
    """Return bare loops with the kinds of optimizer that nobody has checked yet."""
    loops: list[Contender] = []
    for setting in BareLoop.settings[:-1]:
        activation = case.specs()[0].variant.activation
        loop = BareLoop(pool, [(activation, starts[0])], LEARNING_RATE)
        loop.setting = setting
        loops.append(loop)
    return loops


def _floor(
    case: Case, packed: float, threads: int, arguments: argparse.Namespace
) -> dict[str, float]:
    """Return the machine's rates of this round, both terms of the floor, and the pack's share."""
    work = mean_work(case.size, case.specs())
    machine = measure_machine(case.footprint(), threads, arguments.device, arguments.seconds / 4)
    terms = floor_seconds(work, machine)
    return {
        "flops_per_second": machine.flops,
        "bytes_per_second": machine.bandwidth,
        "footprint_bytes": machine.footprint,
        "arithmetic_microseconds": 1e6 * terms["arithmetic"],
        "memory_microseconds": 1e6 * terms["memory"],
        "model_updates_per_second": floor_rate(work, machine),
        "share": packed / floor_rate(work, machine),
    }


def table(result: dict[str, Any]) -> str:
    """Return one case's result as text."""
    lines = [
        f"\n{result['case']}, batch 10, {len(result['rounds'])} rounds",
        f"{'':31}{'model-updates/s':>16}  {'min .. max':>17}  {'packed/peer':>11}  "
        f"{'min .. max':>13}  best with",
    ]
    for name, speed in result["model_updates_per_second"].items():
        ratio = result["packed_over_peer"].get(name)
        spread = f"{speed['min']:,.0f} .. {speed['max']:,.0f}"
        times = f"{ratio['median']:.2f} x" if ratio else ""
        range_ = f"{ratio['min']:.2f} .. {ratio['max']:.2f}" if ratio else ""
        chosen = result["chosen"][name]
        best = f"{chosen['threads']} thread(s) {chosen['setting']}".strip()
        lines.append(
            f"{name:31}{speed['median']:>16,.0f}  {spread:>17}  {times:>11}  {range_:>13}  {best}"
        )
    lines += [f"{name}: left out, {reason}" for name, reason in result["left_out"].items()]
    middle = {key: value["median"] for key, value in result["roofline"].items()}
    lines.append(
        f"floor of a model-update: arithmetic {middle['arithmetic_microseconds']:.1f} us at "
        f"{middle['flops_per_second'] / 1e9:.0f} Gflop/s, memory "
        f"{middle['memory_microseconds']:.1f} us at {middle['bytes_per_second'] / 1e9:.1f} GB/s "
        f"over {middle['footprint_bytes'] / 1e6:.1f} MB; the pack reaches "
        f"{100 * middle['share']:.0f} % of it"
    )
    worst = max(result["disagreement_in_tolerances"].values())
    lines.append(
        f"all agree after {CHECKED_UPDATES} updates: within {worst:.2f} of the float32 tolerance"
    )
    return "\n".join(lines)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--case", nargs="+", help="names, or parts of names; see --list")
    parser.add_argument("--all", action="store_true", help="every case, not only the default ones")
    parser.add_argument("--list", action="store_true", help="print the cases, and end")
    add_device_option(parser)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of a contender in a round")
    parser.add_argument("--tuning-seconds", type=float, default=0.4, help="of a setting in a round")
    parser.add_argument("--tuning-rounds", type=int, default=2)
    parser.add_argument("--jax-python", type=Path, default=JAX_PYTHON, help="interpreter with JAX")
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    check_device(parser, arguments.device)
    try:
        arguments.cases = chosen_cases(arguments.case, every=arguments.all)
    except ValueError as error:
        parser.error(str(error))
    return arguments


def main() -> None:
    """Measure every case, print tables, write the JSON file."""
    arguments = parse_arguments()
    if arguments.list:
        for case in CASES.values():
            print(f"{case.name}{' (default)' if case.default else ''}")
        return
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    around = surroundings()
    versions = ", ".join(f"{name} {number}" for name, number in around["versions"].items())
    print(f"{around['cpu']}, {around['cores']} cores, {around['memory_gib']} GiB; {versions}")
    if around["load_at_start"] > 0.5:
        print(f"others use the machine (load {around['load_at_start']}): the figures are noisy")
    results, left_out = [], {}
    for case in arguments.cases:
        reason = case.why_left_out(arguments.device)
        if reason:
            left_out[case.name] = reason
            print(f"\n{case.name}: left out, {reason}", flush=True)
            continue
        with tempfile.TemporaryDirectory() as folder:
            result = compare(case, arguments, Path(folder))
        print(table(result), flush=True)
        results.append(result)
    if arguments.json:
        measured = {
            **around, "device": arguments.device, "left_out": left_out, "results": results,
        }  # fmt: skip
        arguments.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
