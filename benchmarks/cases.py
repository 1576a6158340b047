"""The cases of `training.py`: which networks, how many, and which of them run by default."""

import itertools
from dataclasses import dataclass

from devices import free_bytes
from peers import MODULES
from roofline import FLOAT, mean_work
from workload import Pool, Size, pack_trials

from glorot_sweep.engine.torch.layout import SMALLEST_STACK, padded
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import TrialSpec

# Copies of all weights that are alive at once: starting weights, what each of eight contenders
# trains, the gradients of torch.func and JAX and the new stacks that these write, and copies for
# the comparison with float64. The images are there three times: here, and in JAX's process as
# 8-bit and as float32.
COPIES = 18


@dataclass(frozen=True)
class Case:
    """Networks that are trained side by side.

    Attributes:
        size: of each.
        trials: how many.
        variant: of all, or `mixed`: the five of Table 1 at depths 1 to the size's.
        default: without `--all` and `--case`, the others are left out.
    """

    size: Size
    trials: int
    variant: str = "tanh"
    default: bool = False

    @property
    def name(self) -> str:
        """As `--case` has it: `1024-100x5-9*20`, `1024-100x5-9*20:mixed`."""
        kind = "" if self.variant == "tanh" else f":{self.variant}"
        return f"{self.size}*{self.trials}{kind}"

    @property
    def mixed(self) -> bool:
        """Whether its networks differ in activation and depth."""
        return self.variant == "mixed"

    def specs(self) -> tuple[TrialSpec, ...]:
        """Return the trials."""
        variant = "tanh" if self.mixed else self.variant
        return pack_trials(self.size, self.trials, mixed=self.mixed, variant=variant)

    def footprint(self) -> int:
        """Return the bytes of the pack's weights, as they lie in memory."""
        width, inputs = padded(self.size.width), self.size.inputs
        each = inputs * width + (self.size.depth - 1) * width**2 + width * padded(self.size.classes)
        if self.mixed:
            each = round(each * mean_work(self.size, self.specs()).weights / self._deepest_weights)
        return FLOAT * each * max(self.trials, SMALLEST_STACK)

    def floor_footprint(self, threads: int, device: str) -> int:
        """Return the bytes of weights that must be at hand at once; see `roofline.py`."""
        if device != "cpu":
            return self.footprint()
        weights = mean_work(self.size, self.specs()).weights
        return round(FLOAT * weights * min(threads, self.trials))

    def needed_bytes(self) -> int:
        """Return about how much memory it takes to compare its contenders."""
        return COPIES * self.footprint() + 3 * Pool.bytes_of(self.size)

    def why_left_out(self, device: str) -> str | None:
        """Return why this machine cannot run it, or None."""
        needed, free = self.needed_bytes(), free_bytes(device)
        if needed <= free:
            return None
        return f"needs about {needed / 2**30:.1f} GiB of memory, {free / 2**30:.1f} GiB are free"

    @property
    def _deepest_weights(self) -> float:
        return mean_work(self.size, pack_trials(self.size, 1, mixed=False)).weights


def _activations() -> list[str]:
    """Return a variant of each activation that PyTorch has a module for, besides tanh."""
    plain = [
        row
        for row in VARIANTS.values()
        if row.cost == "log_likelihood"
        and row.step_rule == "sgd"
        and row.profile == "equal"
        and not row.pretrained
        and row.activation in MODULES
    ]
    first = {row.activation: row.name for row in reversed(plain)}
    return sorted(name for activation, name in first.items() if activation != "tanh")


def _table() -> list[Case]:
    small, paper = Size.parse("1024-100x5-9"), Size.parse("1024-1000x5-9")
    cases = [Case(small, trials, default=trials in (1, 20)) for trials in (1, 5, 20, 64)]
    cases.append(Case(Size.parse("1024-300x5-9"), 8, default=True))
    cases.append(Case(Size.parse("1024-300x5-9"), 20))
    cases += [Case(paper, trials, default=trials == 4) for trials in (1, 4, 8, 32, 128)]
    cases += [Case(Size.parse(text), 20) for text in ("784-100x5-10", "3072-100x5-10")]
    cases += [Case(small, 20, name) for name in _activations()]
    cases.append(Case(small, 20, "mixed", default=True))
    return cases


CASES: dict[str, Case] = {case.name: case for case in _table()}


def chosen_cases(names: list[str] | None, *, every: bool) -> list[Case]:
    """Return the cases of a run.

    Args:
        names: those wanted; a part of a name wants all that contain it.
        every: all, not only the default ones.

    Raises:
        ValueError: no case has such a name; the message says which there are.
    """
    if not names:
        return [case for case in CASES.values() if every or case.default]
    found = []
    for name in names:
        matching = [CASES[name]] if name in CASES else [c for c in CASES.values() if name in c.name]
        if not matching:
            raise ValueError(f"no case {name!r}; there are: {', '.join(CASES)}")
        found.append(matching)
    return list(dict.fromkeys(itertools.chain(*found)))
