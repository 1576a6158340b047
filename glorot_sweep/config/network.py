"""What all networks of a sweep share."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from glorot_sweep.config.limits import LARGEST_BATCH, LARGEST_DEPTH
from glorot_sweep.config.own_variants import is_stored
from glorot_sweep.config.section import Section, Width
from glorot_sweep.specs import EngineChoice, MatmulPrecision

InputScaling = Literal["unit", "symmetric"]


class NetworkConfig(Section):
    """What all networks of a sweep share.

    Attributes:
        width: units of each hidden layer.
        widths: units of each hidden layer, from the first one up, where they differ; then every
            network has just so many layers, and `width` is not given.
        batch_size: examples of an update.
        input_scaling: `unit`: grey level v becomes v / 255, in [0, 1]; `symmetric`:
            v / 127.5 - 1, in [-1, 1]. The paper does not say which.
        matmul_precision: of float32 matrix products, as PyTorch's
            `set_float32_matmul_precision` names them: `highest` is float32 throughout; `high` and
            `medium` let a device that can round what enters a product to TF32 or bfloat16.
        engine: what trains them. `native`: the core in C, for CPUs, in float32; `torch`: any
            device and any part; `auto`: native for each variant that can have it. A sweep settles
            that when it begins, and keeps to it.
    """

    width: Width = 1000  # Sec. 2.3
    widths: Annotated[tuple[Width, ...], Field(max_length=LARGEST_DEPTH)] = ()
    batch_size: Annotated[int, Field(ge=1, le=LARGEST_BATCH)] = 10  # Sec. 2.3
    input_scaling: InputScaling = "unit"
    matmul_precision: MatmulPrecision = "highest"
    engine: EngineChoice = "auto"

    @field_validator("widths", mode="before")
    @classmethod
    def _widths_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @property
    def middle_width(self) -> int:
        """Units of each hidden layer; where they differ, the middle of them."""
        return sorted(self.widths)[len(self.widths) // 2] if self.widths else self.width

    @property
    def units(self) -> str:
        """The same in words.

        Example:
            >>> NetworkConfig(width=100).units, NetworkConfig(widths=[60, 100, 140]).units
            ('100 units', '60, 100, 140 units')
        """
        return f"{', '.join(map(str, self.widths or (self.width,)))} units"

    @model_validator(mode="after")
    def _one_of_both(self, info: ValidationInfo) -> Self:
        if self.widths and "width" in self.model_fields_set and not is_stored(info):
            raise ValueError(
                f"width {self.width} and widths {list(self.widths)} contradict each other; give "
                "width for equal layers, widths for others"
            )
        return self
