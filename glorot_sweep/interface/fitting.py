"""What `fit_pack` does: from names and numbers to specifications, packs, results and frames."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any, SupportsFloat

import numpy as np
import pandas as pd
import torch

from glorot_sweep.config.limits import (
    LARGEST_DEPTH,
    LARGEST_RATE,
    LARGEST_WIDTH,
    MOST_POINTS,
    MOST_UPDATES,
)
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.registration import why_unusable
from glorot_sweep.engine.choice import ENGINES, resolve_engine
from glorot_sweep.errors import UserError
from glorot_sweep.host.stop import GuestStop
from glorot_sweep.interface.columns import ENDED, EVALUATION, SPECIFIED, STATISTICS, Column, frame
from glorot_sweep.interface.frames import explicit
from glorot_sweep.interface.packs import FittedPack
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.variants import VARIANTS, Variant
from glorot_sweep.seeds import LARGEST_SEED
from glorot_sweep.specs import PackSpec, Pretraining, StatisticsSpec, TrialSpec
from glorot_sweep.sweep.contents.engines import on_its_engine
from glorot_sweep.sweep.contents.single import SingleRequest
from glorot_sweep.sweep.execution.pack_sizes import SHARE, PackSizes, device_memory
from glorot_sweep.sweep.execution.packing import make_packs
from glorot_sweep.tracking.layer_table import layer_frame
from glorot_sweep.tracking.schema.trained import specified
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import TrialResult

MOST_NETWORKS = 10_000  # of one call

NETWORK = {"network": Column("whole", "number of the network, from 0")}
NETWORKS = {
    **NETWORK,
    "variant": Column("category", "variant; categories in the order in which they were asked for"),
    "seed": Column("whole", "of initial weights and training examples"),
    **SPECIFIED,
    **{name: ENDED[name] for name in ("state", "updates_done", "validation_error", "test_error")},
}


@dataclass(frozen=True)
class Asked:
    """What `fit_pack` was asked for; see there."""

    variants: tuple[str, ...]
    learning_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    depth: int
    width: int
    updates: int
    evaluations: int
    damping: float
    pretraining: Pretraining | None
    look_at: tuple[int, ...]
    engine: str

    def check(self) -> None:
        """Refuse what is of another kind or out of range, before anything is made of it.

        Raises:
            UserError: names the argument, what it may be and the value.
        """
        self._check_kinds()
        most = min(self.updates, MOST_POINTS) if isinstance(self.updates, int) else MOST_POINTS
        for name, value, low, high in (
            ("depth", self.depth, 1, LARGEST_DEPTH),
            ("width", self.width, 1, LARGEST_WIDTH),
            ("updates", self.updates, 1, MOST_UPDATES),
            ("evaluations", self.evaluations, 1, most),
            *(
                ("updates of pretraining", one.updates, 1, MOST_UPDATES)
                for one in self._pretrainings
            ),
            *(("seeds", seed, 0, LARGEST_SEED) for seed in self.seeds),
            *(("look_at", update, 0, self.updates) for update in self.look_at),
        ):
            if type(value) is not int or not low <= value <= high:
                raise UserError(
                    f"{name} must be a whole number from {low} to {high}, got {value!r}"
                )
        if too_large := [rate for rate in self.learning_rates if not rate <= LARGEST_RATE]:
            raise UserError(f"a learning rate is at most {LARGEST_RATE:g}, got {too_large[0]}")
        count = len(self.variants) * len(self.learning_rates) * len(self.seeds)
        if not 0 < count <= MOST_NETWORKS:
            raise UserError(f"there must be 1 to {MOST_NETWORKS:,} networks, got {count:,}")

    def _check_kinds(self) -> None:
        for variant in self.variants:
            if not isinstance(variant, str):
                raise UserError(
                    f"a variant is given by its name, as 'tanh_n', got {variant!r}; "
                    "register_variant lets one of yours be named"
                )
        if not isinstance(self.engine, str):
            raise UserError(f"engine must be one of {', '.join(ENGINES)}, got {self.engine!r}")
        for one in self._pretrainings:
            if not isinstance(one, Pretraining):
                raise UserError(f"pretraining must be a Pretraining, got {one!r}")
        for name, value in (
            ("damping", self.damping),
            *(("a learning rate", rate) for rate in self.learning_rates),
            *(
                ("the learning rate of pretraining", one.learning_rate)
                for one in self._pretrainings
            ),
            *(("the noise of pretraining", one.noise) for one in self._pretrainings),
        ):
            if isinstance(value, bool) or not isinstance(value, SupportsFloat):
                raise UserError(f"{name} must be a number, got {value!r}")

    @property
    def _pretrainings(self) -> list[Pretraining]:
        return [] if self.pretraining is None else [self.pretraining]

    def specs(self, dataset: str) -> list[TrialSpec]:
        """Return the specification of each network: rates within variants, seeds within rates.

        Raises:
            UserError: a name is unknown, or damping or pre-training do not fit a variant.
        """
        self._refuse_what_no_variant_has()
        every = product(self.variants, self.learning_rates, self.seeds)
        return [self._spec(dataset, number, *one) for number, one in enumerate(every)]

    def _refuse_what_no_variant_has(self) -> None:
        rows = [VARIANTS[variant] for variant in self.variants if variant in VARIANTS]
        for given, has_it, what in (
            (self.damping, any(_has_damping(row) for row in rows), "has a damping"),
            (self.pretraining, any(row.pretrained for row in rows), "is pre-trained"),
        ):
            if given and rows and not has_it:
                names = ", ".join(self.variants)
                raise UserError(f"none of {names} {what}, got {given}; leave it out")

    def _spec(
        self, dataset: str, number: int, variant: str, learning_rate: float, seed: int
    ) -> TrialSpec:
        row = VARIANTS.get(variant)
        damped = row is not None and _has_damping(row)
        pretrained = row is not None and row.pretrained
        request = SingleRequest(
            variant, dataset, self.depth, self.width, float(learning_rate), self.updates, seed,
            damping=self.damping if damped else 0.0,
            pretraining=self.pretraining if pretrained else None, engine=self.engine,
        )  # fmt: skip
        last = self.evaluations
        spaced = {max(1, self.updates * point // last) for point in range(1, last + 1)}
        looks = tuple(sorted(set(self.look_at)))
        return replace(
            request.spec(),
            key=str(number),
            evaluate_at=tuple(sorted(spaced)),
            statistics=StatisticsSpec(looks, looks),
        )


def _has_damping(row: Variant) -> bool:
    return STEP_RULES[row.step_rule].has_damping


def usable(dataset: Any) -> ImageDataset:
    """Return a data set that was given; one that is loaded by its name was looked at before.

    Raises:
        UserError: it cannot be trained on.
    """
    if not isinstance(dataset, ImageDataset):
        raise UserError(
            f"the data set must be a name or an ImageDataset, got {type(dataset).__name__}"
        )
    name = dataset.name
    if reason := why_unusable(name, dataset):
        raise UserError(f"the data set {name!r} cannot be used: {reason}")
    return dataset


def fit(asked: Asked, dataset: ImageDataset) -> FittedPack:
    """Train what was asked for, in packs that pay and fit.

    Raises:
        UserError: see `Asked.specs`; a network is too large for the memory; or the native engine
            is asked for and cannot be had.
    """
    wanted = {name: resolve_engine(asked.engine, VARIANTS[name]) for name in _known(asked, dataset)}
    specs = [on_its_engine(spec, wanted) for spec in asked.specs(dataset.name)]
    stop, results, seconds = GuestStop(), dict[str, TrialResult](), 0.0
    with stop.heard():
        for wanted_pack in _packs(specs, dataset):
            pack = fit_pack(wanted_pack, dataset, advance=lambda *_: stop.check())
            results |= {result.key: result for result in pack.trials}
            seconds += pack.seconds
    ended = [results[spec.key] for spec in specs]
    return FittedPack(
        _networks(asked, specs, ended), _curves(ended), _layers(ended),
        np.stack([result.test_predictions for result in ended]),  # type: ignore[misc]
        tuple(result.weights or {} for result in ended), tuple(specs), seconds,
    )  # fmt: skip


def _packs(specs: Sequence[TrialSpec], dataset: ImageDataset) -> list[PackSpec]:
    memory = int(SHARE * device_memory("cpu"))
    shapes = {dataset.name: (dataset.n_inputs, dataset.n_classes)}
    sizes = PackSizes(None, memory, shapes, threads=torch.get_num_threads())
    sizes.refuse_too_large(specs)
    return make_packs(specs, min(map(sizes.largest, specs)))


def _known(asked: Asked, dataset: ImageDataset) -> list[str]:
    """Return the variants, once all of what was asked for has been found to fit."""
    asked.specs(dataset.name)
    return list(dict.fromkeys(asked.variants))


def _networks(
    asked: Asked, specs: Sequence[TrialSpec], ended: Sequence[TrialResult]
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            **asdict(specified(spec)),
            **explicit(specified(spec)),
            "network": int(spec.key),
            "variant": spec.variant.name,
            "seed": spec.weight_seed,
            "engine": spec.engine,
            "state": result.state.word,
            "updates_done": result.updates,
            "validation_error": result.validation_error,
            "test_error": result.test_error,
        }
        for spec, result in zip(specs, ended, strict=True)
    ]
    return frame(rows, NETWORKS, {"variant": asked.variants})


def _curves(ended: Sequence[TrialResult]) -> pd.DataFrame:
    rows = [
        {"network": int(result.key), **asdict(evaluation)}
        for result in ended
        for evaluation in result.curve
    ]
    return frame(rows, {**NETWORK, **EVALUATION})


def _layers(ended: Sequence[TrialResult]) -> pd.DataFrame:
    rows = [(int(result.key), row) for result in ended for row in result.statistics]
    table = layer_frame([row for _, row in rows], [{"network": number} for number, _ in rows])
    return frame(table, {**NETWORK, **STATISTICS})
