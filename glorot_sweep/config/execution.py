"""How the work is done."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from glorot_sweep.config.section import PositiveInt, Section


class ExecutionConfig(Section):
    """How the work is done. On the CPU nothing here changes a number, so it may be edited.

    Attributes:
        pack_size: trials trained in lockstep at the most; `auto`: as many as pay and fit.
        threads: threads of a training process; 0 leaves the choice to PyTorch, and gives one
            to each of several workers.
        device: `cpu`, `cuda`, or `auto` for a GPU if there is one.
        device_share: of a GPU that one worker gets; 0.5 puts two workers on each.
        max_failed: runs that may fail for good in one start; with more the sweep stops.
        hang_seconds: a worker that shows no progress for so long is replaced.
    """

    pack_size: PositiveInt | Literal["auto"] = "auto"
    threads: Annotated[int, Field(ge=0)] = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    device_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    max_failed: Annotated[int, Field(ge=0)] = 10
    hang_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 900.0

    @field_validator("pack_size", mode="before")
    @classmethod
    def _auto_or_a_number(cls, value: Any) -> Any:
        """One message instead of one for each half of the type."""
        if value == "auto" or (type(value) is int and value >= 1):
            return value
        raise ValueError("must be auto, or a whole number of at least 1")
