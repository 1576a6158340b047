"""Model-updates per second of both engines, against other ways to train the same networks.

Run from the repository: `python benchmarks/training.py`, with `--case` or `--all` for other cases
than the default ones. Before anything is timed, all contenders must agree on the weights after 20
updates; then the settings of each (threads, kind of optimizer) are tried and the best kept; then
every round gives each contender a slice of time in turn, and measures what the machine can do
(`roofline.py`), so that a slow spell of the machine slows all of them. What counts are the ratios
of one round, and their median. With `--beside N` every round also measures the engines beside N
busy processes.

Model-updates/s is trials x updates / seconds. `contenders.py` says who takes part, and `peers.py`,
`compiled_peer.py`, `lightning_peers.py` and `process_peers.py` how each is written. JAX has its own
environments: `make jax-env`.
"""

import argparse
import json
import logging
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

from agreement import CHECKED_UPDATES
from cases import CASES, chosen_cases
from comparison import compare
from contenders import JAX_PYTHONS
from devices import add_device_option, check_device
from workload import surroundings

from glorot_sweep.engine.native.library import why_unavailable


def table(result: dict[str, Any]) -> str:
    """Return one case's result as text."""
    ours = result["compared"]
    lines = [
        f"\n{result['case']}, batch 10, {len(result['rounds'])} rounds",
        f"{'':35}{'model-updates/s':>16}  {'min .. max':>17}  {ours + ' over it':>14}  "
        f"{'min .. max':>15}  best with",
    ]
    for name, speed in result["model_updates_per_second"].items():
        ratio = result["over_peer"].get(name)
        spread = f"{speed['min']:,.0f} .. {speed['max']:,.0f}"
        times = f"{ratio['median']:.2f} x" if ratio else ""
        range_ = f"{ratio['min']:.2f} .. {ratio['max']:.2f}" if ratio else ""
        chosen = result["chosen"][name]
        best = f"{chosen['threads']} thread(s) {chosen['setting']}".strip()
        lines.append(
            f"{name:35}{speed['median']:>16,.0f}  {spread:>17}  {times:>14}  {range_:>15}  {best}"
        )
    lines += [f"{name}: left out, {reason}" for name, reason in result["left_out"].items()]
    return "\n".join([*lines, _floor_line(result), *_beside_lines(result), _agreement_line(result)])


def _floor_line(result: dict[str, Any]) -> str:
    middle = {key: value["median"] for key, value in result["roofline"].items()}
    return (
        f"floor of a model-update: arithmetic {middle['arithmetic_microseconds']:.1f} us at "
        f"{middle['flops_per_second'] / 1e9:.0f} Gflop/s, memory "
        f"{middle['memory_microseconds']:.1f} us at {middle['bytes_per_second'] / 1e9:.1f} GB/s "
        f"over {middle['footprint_bytes'] / 1e6:.1f} MB; {result['compared']} reaches "
        f"{100 * middle['share']:.0f} % of it"
    )


def _beside_lines(result: dict[str, Any]) -> list[str]:
    beside = result["beside_busy_processes"]
    if beside is None:
        return []
    return [
        f"{name} beside {beside['processes']} busy process(es): {share['median']:.2f} of its speed "
        f"({share['min']:.2f} .. {share['max']:.2f})"
        for name, share in beside["share_of_speed"].items()
    ]


def _agreement_line(result: dict[str, Any]) -> str:
    worst = max(result["disagreement_in_tolerances"].values())
    return f"all agree after {CHECKED_UPDATES} updates: within {worst:.2f} of the float32 tolerance"


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
    parser.add_argument("--beside", type=int, default=0, help="busy processes; 0: not measured")
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    arguments.jax_pythons = JAX_PYTHONS
    check_device(parser, arguments.device)
    if arguments.device == "cpu" and (reason := why_unavailable()):
        parser.error(f"the engine native cannot be compared: {reason}")
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
