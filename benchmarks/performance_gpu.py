"""The section of `docs/performance.md` on one GPU: what was measured, and what paper says."""

import json
from pathlib import Path

from performance_tables import Measured
from roofline import Machine, floor_rate, layer_weights, work_of

RESULTS = Path(__file__).parent / "results"
PAPER_LAYERS = layer_weights(1024, (1000,) * 5, 9)
# An H200: copying in its own memory counts 4.3 TB/s of bytes read and written; plain float32
# arithmetic is 67 Tflop/s by the maker's datasheet.
H200 = Machine(flops=67e12, bandwidth=4.3e12, footprint=0)
TRIALS, AIM, SINGLE_AIM, RATIO_AIM = 32, 35_000, 8_000, 30
KERNELS = 50  # of an update at five hidden layers, with 8-bit to float and the loss


def gpu_section(found: Measured | None) -> str:
    """Return the section; without `gpu.json` the model on paper alone, and how to measure."""
    measured = (
        _measured(found) if found else
        "**Ratios not measured**: `python benchmarks/gpu.py --json benchmarks/results/gpu.json` "
        "measures all of them on a machine with CUDA.\n"
    )  # fmt: skip
    paper = f"### On paper (not measured): an H200\n\n{_on_paper()}"
    return f"## One GPU\n\n{_run()}\n\n{measured}\n{paper}"


def _run() -> str:
    run = json.loads((RESULTS / "paper_width" / "curves.json").read_text(encoding="utf-8"))
    updates, seconds = run["seconds"][-1]
    done = sum(curve[-1][0] for curve in run["curves"].values())
    left = sum(curve[-1][0] == updates for curve in run["curves"].values())
    return (
        f"A whole run (`{run['command']}`, {run['gpu']}, torch {run['torch']}): "
        f"{len(run['trials'])} networks of 1024-1000x5-9 (those of the sigmoid with four hidden "
        f"layers), of which {left} are left after {run['chosen_at']:,} updates, {updates:,} "
        f"updates with images, evaluation and statistics in {seconds:,.0f} s, "
        f"{done / seconds:,.0f} model-updates/s. "
        "The kernels of `benchmarks/fused.cu` do the updates: one for each layer "
        "and direction, which read a weight once on the way up, and read and write it once on the "
        "way down. They are no engine of the package, since nothing here can test them without a "
        "GPU; they know the networks of Table 1 only."
    )


def _measured(found: Measured) -> str:
    lines = ["| what | measured | aim | held |", "|:--|--:|--:|:--|"]
    for name, aim in found["aims"].items():
        if name not in found["found"]:
            lines.append(f"| {name.replace('_', ' ')} | not measured | {aim:,.4g} | |")
            continue
        value = found["found"][name]
        held = value <= aim if name.startswith("share") else value >= aim
        lines.append(
            f"| {name.replace('_', ' ')} | {value:,.4g} | {aim:,.4g} | "
            f"{'yes' if held else '**no**'} |"
        )
    lines += ["", "| 1024-1000x5-9 | model-updates/s | over a bare loop | of the floor |",
              "|:--|--:|--:|--:|"]  # fmt: skip
    training = found["training"]
    for name, share in training["share_of_floor"].items():
        lines.append(
            f"| {name} | {training['rates'][name]['median']:,.0f} | "
            f"{training['over_bare_loop'][name]['median']:.1f} x | {100 * share['median']:.0f} % |"
        )
    return "\n".join(lines) + "\n"


def _on_paper() -> str:
    work = work_of(PAPER_LAYERS)
    sixteen = 16 * work.weights
    needed = work.bytes / H200.bandwidth
    arithmetic = work.flops / H200.flops
    limit = floor_rate(work, H200)
    return f"""The paper's network has {work.weights / 1e6:.2f} million weights. At 16 bytes each an
update moves {sixteen / 1e6:.0f} MB: at {H200.bandwidth / 1e12:.1f} TB/s
{1e6 * sixteen / H200.bandwidth:.1f} microseconds, {H200.bandwidth / sixteen:,.0f} model-updates/s.
Without the first layer's read on the way back, which nothing needs, it is
{work.bytes / 1e6:.0f} MB, {1e6 * needed:.1f} microseconds and {limit:,.0f}/s. Arithmetic takes
{1e6 * arithmetic:.1f} microseconds at {H200.flops / 1e12:.0f} Tflop/s: memory decides.

* {TRIALS} trials: {TRIALS * 4 * work.weights / 1e6:,.0f} MB of weights, far beyond the L2 cache.
  {AIM:,}/s would be {100 * AIM / limit:.0f} % of the floor. A pack-update takes
  {TRIALS * 1e6 * needed:,.0f} microseconds at the floor, longer than launching some
  {KERNELS} kernels takes: a graph gains little here.
* One trial: {4 * work.weights / 1e6:.0f} MB of weights fit into the L2 cache, and
  {SINGLE_AIM:,}/s leave {1e6 / SINGLE_AIM:.0f} microseconds for some {KERNELS} kernels,
  {1e6 / SINGLE_AIM / KERNELS:.1f} each: launches decide. Calls from Python take longer than that, a
  CUDA graph need not.
* {RATIO_AIM} times a bare loop at {AIM:,}/s needs a bare loop below {AIM / RATIO_AIM:,.0f}/s
  ({1e6 * RATIO_AIM / AIM:,.0f} microseconds an update). That depends on how fast the host launches
  kernels, which paper cannot say.
"""
