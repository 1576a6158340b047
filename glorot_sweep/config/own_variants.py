"""Variants that a sweep file defines, and the rows of all that it names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from glorot_sweep.config.section import Section
from glorot_sweep.parts.names import PART_NAME
from glorot_sweep.parts.variants import (
    A_LABEL,
    LONGEST_LABEL,
    PART_KINDS,
    VARIANTS,
    Profile,
    Variant,
    check_cost,
    check_weight_decay,
    is_label,
    label_of_parts,
)
from glorot_sweep.spelling import nearest

if TYPE_CHECKING:
    from glorot_sweep.config.sweep import SweepConfig


Rows = Mapping[str, Variant]
"""Variants by name."""


class OwnVariant(Section):
    """A variant of one's own: parts that are known, or that a plugin registers.

    Attributes:
        label: how tables and figures write it; left out: made of its parts. It changes no number,
            so it may be changed at any time.
        activation: of the hidden layers.
        initialization: of the weights.
        cost: that networks are trained on; `hessian` takes no other than `log_likelihood`.
        step_rule: how parameters follow their gradients.
        pretrained: the hidden layers begin as denoising autoencoders.
        profile: how the layers' widths change from the input to the output.
        schedule: how the learning rate changes over the updates.
        weight_decay: how much of each weight is added to its gradient; biases do not decay. Rules
            with a damping have none.
    """

    label: Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL)] | None = None
    activation: str
    initialization: str
    cost: str = "log_likelihood"
    step_rule: str = "sgd"
    pretrained: bool = False
    profile: Profile = "equal"
    schedule: str = "constant"
    weight_decay: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @field_validator(*PART_KINDS)
    @classmethod
    def _known_part(cls, name: str, info: ValidationInfo) -> str:
        registry = PART_KINDS[str(info.field_name)]
        if name not in registry and not is_stored(info):
            raise ValueError(f"unknown {registry.kind} {name!r}{nearest(name, registry)}")
        return name

    @field_validator("label")
    @classmethod
    def _in_one_line(cls, label: str | None) -> str | None:
        if label is not None and not is_label(label):
            raise ValueError(f"{A_LABEL}, got {label!r}")
        return label

    @model_validator(mode="after")
    def _goes_together(self, info: ValidationInfo) -> Self:
        check_weight_decay(self.weight_decay, self.step_rule, "an own variant")
        if not is_stored(info):  # sweeps of before that was refused are read
            check_cost(self.cost, self.step_rule, "an own variant")
        return self

    def row(self, name: str) -> Variant:
        """Return the row that it stands for."""
        row = Variant(name, self.label or "", **self.model_dump(exclude={"label"}))
        return row if row.label else replace(row, label=label_of_parts(row))

    def identity(self) -> dict[str, Any]:
        """Return what decides numbers; what is as in most variants is left out."""
        return self.model_dump(mode="json", exclude={"label"}, exclude_defaults=True)


OwnVariants = dict[Annotated[str, Field(pattern=PART_NAME)], OwnVariant]
"""By name."""


class StoredRows(dict[str, Variant]):
    """Rows as a sweep has them on its server, whatever this version knows; may be empty.

    As the context of a validation it says that names were checked when the sweep was begun: what a
    plugin had registered then need not be at hand.
    """

    @classmethod
    def of(cls, rows: Rows | None) -> Self:
        """Return them."""
        return cls(rows or {})


def is_stored(info: ValidationInfo) -> bool:
    """Return whether what is validated was read from a store, not from a file."""
    return isinstance(info.context, StoredRows)


def rows_of(names: tuple[str, ...], own: OwnVariants, context: Any) -> dict[str, Variant]:
    """Return the rows of variants: as they are stored, the file's own, those registered here."""
    stored = context if isinstance(context, StoredRows) else {}
    return {
        name: stored.get(name) or (own[name].row(name) if name in own else VARIANTS[name])
        for name in names
    }


def refuse_shadows(own: OwnVariants) -> None:
    """Refuse a name that means something else already.

    Raises:
        ValueError: names it.
    """
    for name in own:
        if name in VARIANTS:
            raise ValueError(
                f"own_variants.{name} has the name of a variant that {VARIANTS.registrant(name)} "
                "has registered; give it another name"
            )


def check_own_variants(config: "SweepConfig") -> None:
    """Refuse own variants that are not named, or that tables would write as another one.

    Raises:
        ValueError: names it.
    """
    for name in config.own_variants:
        if name not in config.variants:
            raise ValueError(f"own_variants names {name!r}, which is not among variants")
        label = config.rows[name].label
        for other, row in config.rows.items():
            if other != name and row.label == label:
                raise ValueError(
                    f"own_variants.{name} would be written as {other!r} is, {label!r}; give it "
                    "another label"
                )
