"""The one place where a specification is made."""

from glorot_sweep.config.network import NetworkConfig
from glorot_sweep.config.statistics import StatisticsConfig
from glorot_sweep.parts.variants import Variant
from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.statistics import Purpose, statistics_spec


def make_spec(
    network: NetworkConfig,
    statistics: StatisticsConfig,
    dataset: str,
    row: Variant,
    chosen: Hyperparameters,
    *,
    key: str,
    purpose: Purpose,
    evaluate_at: tuple[int, ...],
    weight_seed: int,
    data_seed: int,
    width: int | None = None,
    window: int = 1,
) -> TrialSpec:
    """Return a specification.

    Args:
        network: what all networks share.
        statistics: what is measured inside the layers.
        dataset: its name.
        row: the variant.
        chosen: the hyperparameters.
        key: of the run.
        purpose: what it is trained for.
        evaluate_at: updates at which the errors are measured; the last one ends the run.
        weight_seed: of the initial weights.
        data_seed: names the training stream.
        width: instead of the network's.
        window: evaluations over which its final errors are means.
    """
    width, updates = width or network.middle_width, evaluate_at[-1]
    return TrialSpec(
        key=key,
        dataset=dataset,
        variant=row,
        depth=chosen.depth,
        width=width,
        widths=network.widths if row.profile == "equal" else row.widths(width, chosen.depth),
        learning_rate=chosen.learning_rate,
        batch_size=network.batch_size,
        updates=updates,
        weight_seed=weight_seed,
        data_seed=data_seed,
        evaluate_at=evaluate_at,
        input_scaling=network.input_scaling,
        matmul_precision=network.matmul_precision,
        purpose=purpose,
        statistics=statistics_spec(statistics, updates, purpose),
        damping=chosen.damping,
        pretraining=chosen.pretraining,
        window=window,
    )
