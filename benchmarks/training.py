"""Model-updates per second of a pack, against three other ways to train the same networks.

Run from the repository: `python benchmarks/training.py`. Before anything is timed, all contenders
must agree on the weights after 20 updates; then the settings of each (threads, kind of
optimizer) are tried and the best kept; then every round gives each contender a slice of time in
turn, so that a slow spell of the machine slows all of them. What counts are the ratios of one
round, and their median.

Model-updates/s is trials x updates / seconds. `peers.py` says how each contender is written.
"""

import argparse
import gc
import json
import logging
import os
import statistics
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from peers import BareLoop, Lightning, Packed, Vmap
from workload import LEARNING_RATE, Clock, Contender, Layers, Pool, Size, pack_trials, surroundings

from glorot_sweep.specs import TrialSpec

TRIALS = {"1024-100x5-9": 20, "1024-1000x5-9": 4}
OTHER_TRIALS = 4
CHECKED_UPDATES = 20
# A float32 update rounds each weight by half a unit in its last place, and its gradient by a
# few hundred units (sums over up to 1,024 products).
GRADIENT_TOLERANCE = 1e-3


def starting_networks(pool: Pool, trials: tuple[TrialSpec, ...]) -> list[Layers]:
    """Return the initial weights that this project gives the trials."""
    return Packed("", pool, trials).networks()


def disagreement(ours: Layers, reference: Layers, start: Layers) -> float:
    """Return the largest distance from the reference, in units of what float32 allows."""
    worst = 0.0
    for got, want, began in zip(ours, reference, start, strict=True):
        for a, b, c in zip(got, want, began, strict=True):
            change = (b - c.double()).abs().max()
            rounding = CHECKED_UPDATES * torch.finfo(torch.float32).eps * b.abs().max()
            allowed = GRADIENT_TOLERANCE * change + rounding
            worst = max(worst, float((a.double() - b).abs().max() / allowed))
    return worst


def check_agreement(pool: Pool, size: Size, trials: int, folder: Path) -> dict[str, float]:
    """Train every contender for 20 updates; compare with a float64 loop of every trial.

    Returns:
        The largest disagreement of each, in units of the tolerance: at most 1.

    Raises:
        SystemExit: some contender does other work.
    """
    found: dict[str, float] = {}
    for mixed in (False, True):
        specs = pack_trials(size, trials, mixed=mixed)
        starts = starting_networks(pool, specs)
        exact = [
            BareLoop(pool, _activation(s), [(w.double(), b.double()) for w, b in n], LEARNING_RATE)
            for s, n in zip(specs, starts, strict=True)
        ]
        rivals: list[tuple[Contender, int]]
        if mixed:
            rivals = [(Packed("packed, mixed", pool, specs), 0)]
        else:
            rivals = [(Packed("packed", pool, specs), 0), (_vmap(pool, starts), 0)]
            rivals.append((Lightning(pool, "tanh", starts[0], LEARNING_RATE, folder), 0))
            rivals += [
                (_bare(pool, starts[i], setting), i)
                for setting in BareLoop.settings
                for i in (0, trials - 1)
            ]
        for one in [*exact, *(rival for rival, _ in rivals)]:
            one.train(Clock(updates=CHECKED_UPDATES))
        for rival, first in rivals:
            for i, network in enumerate(rival.networks(), start=first):
                distance = disagreement(network, exact[i].networks()[0], starts[i])
                found[rival.name] = max(distance, found.get(rival.name, 0.0))
    wrong = {name: distance for name, distance in found.items() if not distance <= 1}
    if wrong:
        sys.exit(
            f"{size}: after {CHECKED_UPDATES} updates these contenders have other weights than a "
            f"float64 loop, in units of the tolerance: {wrong}. Nothing is compared."
        )
    return found


def _activation(spec: TrialSpec) -> str:
    return spec.network_variant.activation


def _vmap(pool: Pool, starts: list[Layers]) -> Vmap:
    return Vmap(pool, "tanh", starts, LEARNING_RATE)


def _bare(pool: Pool, start: Layers, setting: str = "") -> BareLoop:
    bare = BareLoop(pool, "tanh", start, LEARNING_RATE)
    bare.setting = setting
    return bare


def rate(contender: Contender, threads: int, seconds: float) -> float:
    """Return model-updates/s over one slice."""
    torch.set_num_threads(threads)
    clock = Clock(seconds=seconds)
    gc.collect()
    contender.train(clock)
    return contender.trials * clock.timed / clock.seconds


def best_settings(
    contenders: list[Contender], seconds: float, rounds: int
) -> dict[str, dict[str, Any]]:
    """Try one thread and all cores with every setting, in turn; keep the fastest of each."""
    cores = os.cpu_count() or 1
    rates: dict[str, dict[tuple[int, str], list[float]]] = {c.name: {} for c in contenders}
    for _ in range(rounds):
        for contender in contenders:
            for threads in sorted({1, cores}):
                for setting in contender.settings:
                    contender.setting = setting
                    measured = rate(contender, threads, seconds)
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


def compare(size: Size, trials: int, arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Check, tune and measure the contenders at one size."""
    pool = Pool(size)
    agreement = check_agreement(pool, size, trials, folder)
    specs = pack_trials(size, trials, mixed=False)
    starts = starting_networks(pool, specs)
    packed = Packed("packed", pool, specs)
    contenders: list[Contender] = [packed]
    if trials >= 20:
        mixed = pack_trials(size, trials, mixed=True)
        contenders.append(Packed("packed, mixed", pool, mixed))
    contenders += [
        _bare(pool, starts[0]),
        _vmap(pool, starts),
        Lightning(pool, "tanh", starts[0], LEARNING_RATE, folder),
    ]
    chosen = best_settings(contenders, arguments.tuning_seconds, arguments.tuning_rounds)
    rounds = [
        {c.name: rate(c, chosen[c.name]["threads"], arguments.seconds) for c in contenders}
        for _ in range(arguments.rounds)
    ]
    ratios = {
        c.name: summary([one["packed"] / one[c.name] for one in rounds])
        for c in contenders
        if not isinstance(c, Packed)
    }
    return {
        "size": str(size),
        "trials": trials,
        "chosen": chosen,
        "disagreement_in_tolerances": agreement,
        "rounds": rounds,
        "model_updates_per_second": {
            c.name: summary([r[c.name] for r in rounds]) for c in contenders
        },
        "packed_over_peer": ratios,
    }


def table(result: dict[str, Any]) -> str:
    """Return one size's result as text."""
    lines = [
        f"\n{result['size']}, {result['trials']} trials, batch 10, {len(result['rounds'])} rounds",
        f"{'':26}{'model-updates/s':>16}  {'min .. max':>17}  {'packed/peer':>11}  "
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
            f"{name:26}{speed['median']:>16,.0f}  {spread:>17}  {times:>11}  {range_:>13}  {best}"
        )
    worst = max(result["disagreement_in_tolerances"].values())
    lines.append(
        f"all agree after {CHECKED_UPDATES} updates: within {worst:.2f} of the float32 tolerance"
    )
    if "packed, mixed" in result["model_updates_per_second"]:
        lines.append("packed, mixed: the five variants of Table 1 at depths from 1 to the size's")
    return "\n".join(lines)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--sizes", nargs="+", default=list(TRIALS), help="inputs-widthxdepth-classes"
    )
    parser.add_argument("--trials", type=int, help="of a pack (default: 20 at width 100, else 4)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=4.0, help="of a contender in a round")
    parser.add_argument("--tuning-seconds", type=float, default=1.5, help="of a setting in a round")
    parser.add_argument("--tuning-rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    return parser.parse_args()


def main() -> None:
    """Measure every size, print tables, write the JSON file."""
    arguments = parse_arguments()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    around = surroundings()
    versions = ", ".join(f"{name} {number}" for name, number in around["versions"].items())
    print(f"{around['cpu']}, {around['cores']} cores, {around['memory_gib']} GiB; {versions}")
    if around["load_at_start"] > 0.5:
        print(f"others use the machine (load {around['load_at_start']}): the figures are noisy")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for text in arguments.sizes:
            trials = arguments.trials or TRIALS.get(text, OTHER_TRIALS)
            result = compare(Size.parse(text), trials, arguments, Path(folder))
            print(table(result), flush=True)
            results.append(result)
    if arguments.json:
        measured = {**around, "results": results}
        arguments.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
