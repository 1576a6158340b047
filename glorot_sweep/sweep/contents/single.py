"""One specification by hand, outside of any sweep."""

import math
from dataclasses import dataclass
from pathlib import Path

from glorot_sweep.config.network import NetworkConfig
from glorot_sweep.config.statistics import StatisticsConfig
from glorot_sweep.engine.choice import ENGINES
from glorot_sweep.errors import UserError
from glorot_sweep.keys import key_text
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import Pretraining, TrialSpec
from glorot_sweep.spelling import nearest
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.specification import make_spec

EVALUATIONS = 10  # evenly spaced


@dataclass(frozen=True)
class SingleRequest:
    """What to train; see `TrialSpec`. The engine is one of `ENGINES`."""

    variant: str
    dataset: str
    depth: int
    width: int
    learning_rate: float
    updates: int
    seed: int
    data_folder: Path | None = None
    damping: float = 0.0
    pretraining: Pretraining | None = None
    engine: str = "auto"

    def spec(self) -> TrialSpec:
        """Return the specification.

        Raises:
            UserError: a name is unknown, the learning rate is no positive number, or the damping
                does not fit the variant.
        """
        if self.engine not in ENGINES:
            raise UserError(f"unknown engine {self.engine!r}{nearest(self.engine, ENGINES)}")
        if self.variant not in VARIANTS:
            raise UserError(f"unknown variant {self.variant!r}{nearest(self.variant, VARIANTS)}")
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise UserError(
                f"the learning rate must be a positive number, got {self.learning_rate}"
            )
        self._check_damping()
        self._check_pretraining()
        spaced = {max(1, self.updates * i // EVALUATIONS) for i in range(1, EVALUATIONS + 1)}
        return make_spec(
            NetworkConfig(width=self.width),
            StatisticsConfig(),
            self.dataset,
            VARIANTS[self.variant],
            self._chosen,
            key=key_text(self.variant, self.dataset, f"d{self.depth}", f"seed{self.seed}"),
            purpose="replicate",
            evaluate_at=tuple(sorted(spaced)),
            weight_seed=self.seed,
            data_seed=self.seed,
        )

    @property
    def _chosen(self) -> Hyperparameters:
        damping, pretraining = self.damping or None, self.pretraining
        if pretraining is None:
            return Hyperparameters(self.learning_rate, self.depth, damping)
        return Hyperparameters(
            self.learning_rate,
            self.depth,
            damping,
            pretraining.updates,
            pretraining.learning_rate,
            pretraining.noise,
        )

    def _check_damping(self) -> None:
        damping = self.damping
        rule = STEP_RULES[VARIANTS[self.variant].step_rule]
        has_damping = rule.has_damping
        if damping and not has_damping:
            raise UserError(
                f"the step rule {rule.name!r} of the variant {self.variant!r} divides by no "
                f"estimate, so it takes no damping, got {damping}; leave it out"
            )
        if has_damping and not (math.isfinite(damping) and damping > 0):
            raise UserError(
                f"the variant {self.variant!r} divides by its estimate plus the damping, which "
                f"must be a positive number, got {damping}; try --damping 0.01"
            )

    def _check_pretraining(self) -> None:
        wanted, given = VARIANTS[self.variant].pretrained, self.pretraining
        if wanted and given is None:
            raise UserError(
                f"the variant {self.variant!r} is pre-trained; say for how many updates a layer "
                "with --pretraining-updates (in Python: pretraining=Pretraining(...))"
            )
        if given is None:
            return
        if not wanted:
            others = ", ".join(name for name, row in VARIANTS.items() if row.pretrained)
            raise UserError(
                f"pre-training is for pre-trained variants, and {self.variant!r} is none; leave "
                f"it out, or choose one of {others}"
            )
        if not (given.updates > 0 and 0 < given.learning_rate < math.inf and 0 <= given.noise < 1):
            raise UserError(
                "pre-training needs updates of at least 1, a positive rate and a noise in [0, 1), "
                f"got {given.updates}, {given.learning_rate} and {given.noise}"
            )
