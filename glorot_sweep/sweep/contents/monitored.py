"""The runs at given learning rates that the figures are drawn from."""

from glorot_sweep.config.statistics import MonitoredConfig, monitored_depths
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.keys import key_text
from glorot_sweep.seeds import derive_seed
from glorot_sweep.sweep.contents.hyperparameters import middle
from glorot_sweep.sweep.contents.schedule import log_spaced
from glorot_sweep.sweep.contents.specification import make_spec
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.trained import SeedMark

EVALUATIONS = 5  # validation errors per factor of ten


def monitored_tasks(config: SweepConfig) -> list[Task]:
    """Return all monitored runs, those that share a stream side by side."""
    monitored = config.monitored
    if monitored is None:
        return []
    depths = monitored_depths(config)
    return [
        _monitored(config, monitored, variant, depth, rate, seed)
        for seed in range(monitored.seeds)
        for variant in config.variants
        for depth in depths.get(variant, ())
        for rate in monitored.learning_rates
    ]


def monitored_key(dataset: str, variant: str, depth: int, learning_rate: float, seed: int) -> str:
    """Return the key of a monitored run's run; the learning rate stands in it to the last bit.

    Example:
        >>> monitored_key("mnist", "tanh", 5, 0.10000001, 0)
        'monitored/tanh/mnist/d5/lr0.10000001/seed0'
    """
    rate, which = f"lr{learning_rate!r}", f"{Tag.SEED}{seed}"
    return key_text(Kind.MONITORED, variant, dataset, f"d{depth}", rate, which)


def _monitored(
    config: SweepConfig,
    monitored: MonitoredConfig,
    variant: str,
    depth: int,
    learning_rate: float,
    seed: int,
) -> Task:
    """Runs of one seed share their stream, those of one architecture their initial weights."""
    dataset = config.datasets[0]
    spec = make_spec(
        config.network,
        config.statistics,
        dataset,
        config.rows[variant],
        middle(config.search, config.rows[variant], learning_rate, depth),
        key=monitored_key(dataset, variant, depth, learning_rate, seed),
        purpose="monitored",
        evaluate_at=log_spaced(monitored.updates, EVALUATIONS),
        weight_seed=derive_seed(config.seed, dataset, variant, "monitored", depth, seed),
        data_seed=derive_seed(config.seed, dataset, "monitored", seed),
        width=monitored.width,
    )
    return Task(spec, tags_of(SeedMark(seed=seed)))
