"""Small factories shared by the tests: tiny data sets, trials, packs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch

from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.variants import PAPER_VARIANTS, VARIANTS, Variant
from glorot_sweep.specs import PackSpec, TrialSpec


def random_examples(n: int, n_inputs: int, n_classes: int, seed: int) -> Examples:
    """Random grey levels whose label can be learned: each class lightens its own pixels."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 156, (n, n_inputs), generator=generator)
    labels = torch.randint(0, n_classes, (n,), generator=generator)
    images[torch.arange(n_inputs) % n_classes == labels.unsqueeze(1)] += 100
    return Examples(images.to(torch.uint8), labels)


def toy_dataset(
    n_inputs: int = 23, n_classes: int = 9, n_train: int = 400, n_fixed: int = 260
) -> FiniteDataset:
    """A learnable data set; its fixed sets do not fill the last measuring batch."""
    parts = [
        random_examples(n, n_inputs, n_classes, seed)
        for seed, n in enumerate((n_train, n_fixed, n_fixed))
    ]
    return FiniteDataset("toy", *parts, tuple(f"class {i}" for i in range(n_classes)))


def a_trial(key: str = "one", **changes: object) -> TrialSpec:
    """A replicate of 20 updates on the toy data set, with anything changed."""
    trial = TrialSpec(
        key=key,
        dataset="toy",
        variant=VARIANTS["tanh_n"],
        depth=2,
        width=20,
        learning_rate=0.1,
        batch_size=10,
        updates=20,
        weight_seed=7,
        data_seed=1,
        evaluate_at=(20,),
        purpose="replicate",
    )
    if isinstance(changes.get("variant"), str):
        changes["variant"] = VARIANTS[str(changes["variant"])]
    updates = changes.get("updates", trial.updates)
    return replace(trial, **{"evaluate_at": (updates,), **changes})  # type: ignore[arg-type]


def a_pack(*trials: TrialSpec, **changes: object) -> PackSpec:
    """A pack of these trials."""
    return replace(PackSpec(trials), **changes)  # type: ignore[arg-type]


def every_kind_of_trial(**shared: object) -> list[TrialSpec]:
    """All 25 pairs of variant and depth; learning rate and weight seed differ for each."""
    pairs = [(variant, depth) for depth in range(1, 6) for variant in PAPER_VARIANTS]
    return [
        a_trial(
            f"{variant}-{depth}",
            variant=variant,
            depth=depth,
            learning_rate=0.02 * 1.13**index,  # 0.02 .. 0.38
            weight_seed=100 + index,
            **shared,
        )
        for index, (variant, depth) in enumerate(pairs)
    ]


FURTHER_KINDS = ("relu_he", "softplus_n", "tanh_orthogonal", "relu", "tanh_gaussian")


LATER_KINDS = (
    "gelu_he", "silu_he", "selu_lecun", "elu_he", "leaky_relu_he", "hard_tanh_n",
)  # fmt: skip


def further_trials(**shared: object) -> dict[str, list[TrialSpec]]:
    """Packs of what is not in Table 1: other functions and draws, another cost, other widths."""
    quadratic = ("tanh_quadratic", "tanh_n_quadratic")
    kinds = {
        "functions and draws": [(v, {"depth": d}) for d in (4, 2) for v in FURTHER_KINDS],
        "later functions": [(v, {"depth": 3}) for v in LATER_KINDS],
        "quadratic": [(v, {"depth": d}) for d in (4, 1) for v in quadratic],
        "growing": [(v, {"depth": 3, "widths": (12, 20, 33)}) for v in ("tanh_n_growing", "relu")],
        "shrinking": [("tanh_shrinking", {"depth": 3, "widths": (33, 20, 12)})],
    }
    return {
        name: [
            a_trial(
                f"{name} {i}",
                variant=variant,
                learning_rate=0.02 * 1.13**i,
                weight_seed=200 + i,
                **{**shared, **changes},
            )
            for i, (variant, changes) in enumerate(own)
        ]
        for name, own in kinds.items()
    }


def ruled(variant: str, rule: str, **changes: object) -> Variant:
    """A variant that steps by a rule, whether or not it is a row of a table."""
    name = f"{variant}_{rule}"
    return replace(VARIANTS[variant], name=name, step_rule=rule, **changes)  # type: ignore[arg-type]


def every_rule_of_trial(rule: str, **shared: object) -> list[TrialSpec]:
    """Both initializations at five depths; learning rate, damping and weight seed differ."""
    has_damping = STEP_RULES[rule].has_damping
    pairs = [(variant, depth) for depth in range(1, 6) for variant in ("tanh", "tanh_n")]
    return [
        a_trial(
            f"{variant}-{depth}",
            variant=ruled(variant, rule),
            depth=depth,
            learning_rate=0.002 * 1.2**index,  # 0.002 .. 0.01
            damping=0.02 * 1.3**index if has_damping else None,  # 0.02 .. 0.2
            weight_seed=100 + index,
            **shared,
        )
        for index, (variant, depth) in enumerate(pairs)
    ]


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Let torch use this many threads, then as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
