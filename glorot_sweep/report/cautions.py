"""What a search leaves open: winners at the edge of its range, and other sweeps with its seed."""

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.collect import Collected
from glorot_sweep.report.labels import label
from glorot_sweep.tracking.same_seed import same_seed_sentence
from glorot_sweep.tracking.schema.trained import StudyRun

ENDS = {"low": "lowest", "high": "highest"}


def cautions(collected: Collected) -> list[str]:
    """Return a sentence for each study with a winner at the edge, and one on a shared seed."""
    config = collected.config
    studies = {(run.dataset, run.variant): run for run in collected.studies}
    wanted = [(dataset, variant) for dataset in config.datasets for variant in config.variants]
    found = [studies[key] for key in wanted if key in studies]
    edges = [_caution(run, config) for run in found if run.range_edge]
    others = collected.same_seed
    return [*edges, same_seed_sentence(config.seed, others)] if others else edges


def _caution(run: StudyRun, config: SweepConfig) -> str:
    groups, edges = config.search.groups, list(run.range_edge.values())
    ends = [end for end in ENDS if end in edges]
    if groups == 1:
        where = f"the winner lies in the {ENDS[ends[0]]} tenth"
    else:
        counts = " and ".join(f"{edges.count(end)} in the {ENDS[end]}" for end in ends)
        where = f"of {groups} winners {counts} tenth"
    half = groups > 1 and 2 * len(edges) >= groups
    remedy = (
        f" That is half of them or more: widen search.learning_rates.{run.variant}, or set "
        "search.extend."
    )
    return (
        f"{label(run.dataset)}, {VARIANTS[run.variant].label}: {where} of the range of learning "
        f"rates; a better rate may lie beyond.{remedy * half}"
    )
