"""How the work is done."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from glorot_sweep.config.limits import (
    LARGEST_PACK,
    LONGEST_HANG,
    MOST_RUNS,
    MOST_THREADS,
    SMALLEST_SHARE,
)
from glorot_sweep.config.section import Section


class ExecutionConfig(Section):
    """How the work is done. On the CPU nothing here changes a number, so it may be edited.

    Attributes:
        pack_size: trials trained as one pack at the most; `auto`: as many as pay and fit.
        threads: threads of a training process; 0 leaves the choice to PyTorch, and gives one
            to each of several workers.
        device: `cpu`, `cuda`, or `auto` for a GPU if there is one; a sweep that was begun with the
            native engine then goes on with it, on the CPU.
        device_share: of a GPU that one worker gets; 0.5 puts two workers on each.
        max_failed: runs that may fail for good in one start; with more the sweep stops.
        hang_seconds: a worker that shows no progress for so long is replaced.
    """

    pack_size: Annotated[int, Field(ge=1, le=LARGEST_PACK)] | Literal["auto"] = "auto"
    threads: Annotated[int, Field(ge=0, le=MOST_THREADS)] = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    device_share: Annotated[float, Field(ge=SMALLEST_SHARE, le=1)] = 1.0
    max_failed: Annotated[int, Field(ge=0, le=MOST_RUNS)] = 10
    hang_seconds: Annotated[float, Field(gt=0, le=LONGEST_HANG, allow_inf_nan=False)] = 900.0

    @field_validator("pack_size", mode="before")
    @classmethod
    def _auto_or_a_number(cls, value: Any) -> Any:
        """One message instead of one for each half of the type."""
        if value == "auto" or (type(value) is int and 1 <= value <= LARGEST_PACK):
            return value
        raise ValueError(f"must be auto, or a whole number from 1 to {LARGEST_PACK}, got {value!r}")
