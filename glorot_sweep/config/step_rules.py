"""The search space of step rules: variants with a learning rate for each parameter."""

from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo, field_validator

from glorot_sweep.config.own_variants import is_stored
from glorot_sweep.config.section import RateRange, Section
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.spelling import nearest


class StepRuleConfig(Section):
    """The search space of a step rule: rate / (estimate + damping) for each parameter.

    Attributes:
        learning_rate: instead of the one in `search`; where the estimate is small a parameter's
            rate is this divided by the damping.
        damping: positive, since estimates may be 0.
    """

    learning_rate: RateRange
    damping: RateRange

    @field_validator("damping", mode="before")
    @classmethod
    def _positive(cls, value: Any) -> Any:
        for end in ("low", "high"):
            number = value.get(end) if isinstance(value, dict) else None
            if isinstance(number, int | float) and not number > 0:
                raise ValueError(
                    "damping must be positive, since it is added to estimates that may be 0; "
                    f"got {end}: {number}"
                )
        return value


def _known_rule(name: str, info: ValidationInfo) -> str:
    if is_stored(info):  # a plugin's
        return name
    known = [rule.name for rule in STEP_RULES.values() if rule.has_damping]
    if name in STEP_RULES and name not in known:
        raise ValueError(
            f"the step rule {name!r} has no damping, so it has no space of its own; give the "
            "ranges of its variants in search.learning_rates"
        )
    if name not in known:
        raise ValueError(f"unknown step rule {name!r}{nearest(name, known)}")
    return name


def with_rules_of_every_file(spaces: "StepRules") -> "StepRules":
    """Return the spaces with None for a rule that has none."""
    return {**dict.fromkeys(RULES_OF_EVERY_FILE), **spaces}


RULES_OF_EVERY_FILE = ("hessian", "gradient_variance")
"""Rules that a stored configuration names whether a file gives them or not; hashes hold them."""

StepRules = dict[Annotated[str, AfterValidator(_known_rule)], StepRuleConfig | None]
"""The search space of each step rule; the estimates differ by orders of magnitude."""
