"""Plain data that travels from the driver to a worker: one trial, one pack of trials."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from glorot_sweep.keys import run_name
from glorot_sweep.parts.variants import SHIPPED, Variant, content_of

MatmulPrecision = Literal["highest", "high", "medium"]
Engine = Literal["native", "torch"]
EngineChoice = Literal["auto", "native", "torch"]
NATIVE: Final = "native"
TORCH: Final = "torch"


@dataclass(frozen=True)
class StatisticsSpec:
    """When and how the layers of a run are looked at, on the probe.

    Attributes:
        updates: rising; 0 is the initialization.
        detailed_at: those of them at which histograms and Jacobian spectra are taken too.
        saturation_bound: see `diagnostics.saturation`.
    """

    updates: tuple[int, ...] = ()
    detailed_at: tuple[int, ...] = ()
    saturation_bound: float = 0.9


@dataclass(frozen=True)
class Pretraining:
    """How hidden layers are trained as denoising autoencoders, one after another.

    Attributes:
        updates: SGD steps of each layer.
        learning_rate: their step size.
        noise: probability with which an input is hidden.
    """

    updates: int
    learning_rate: float
    noise: float


@dataclass(frozen=True)
class TrialSpec:
    """All that decides a trial's result, and what is wanted of it.

    Attributes:
        key: what identifies its run within a sweep; see `keys`.
        dataset: name of the data set.
        variant: the whole row, so that a result belongs to what was trained, not to its name.
        depth: hidden layers.
        width: units of each hidden layer; where they differ, the middle of them.
        learning_rate: step size; the variant's schedule may give an update less of it.
        batch_size: examples of an update.
        updates: SGD steps.
        weight_seed: seed of the initial weights.
        data_seed: names the training stream.
        evaluate_at: updates at which the errors are measured, rising; the last is `updates`.
        input_scaling: see `engine.inputs.scale_pixels`.
        matmul_precision: of float32 matrix products; see `training.matmul`.
        purpose: a `trial` reports its validation error and may be dropped; a `replicate`
            measures the test error too and returns its predictions and weights; a `monitored`
            run is there for its layers.
        statistics: when its layers are looked at.
        widths: units of each hidden layer, where they differ.
        damping: of the variant's step rule, if it has one.
        pretraining: of a variant that is pre-trained.
        engine: whose stepper trains it; a sweep settles that for each variant when it begins.
        window: its final errors are means over so many evaluations, the last ones.
    """

    key: str
    dataset: str
    variant: Variant
    depth: int
    width: int
    learning_rate: float
    batch_size: int
    updates: int
    weight_seed: int
    data_seed: int
    evaluate_at: tuple[int, ...]
    input_scaling: str = "unit"
    matmul_precision: MatmulPrecision = "highest"
    purpose: Literal["trial", "replicate", "monitored"] = "trial"
    statistics: StatisticsSpec = StatisticsSpec()
    widths: tuple[int, ...] = ()
    damping: float | None = None
    pretraining: Pretraining | None = None
    engine: Engine = TORCH
    window: int = 1

    def __post_init__(self) -> None:
        if self.widths and len(self.widths) != self.depth:
            raise ValueError(
                f"{self.key}: {self.depth} hidden layers need as many widths, got {self.widths}"
            )
        if not self.evaluate_at or self.evaluate_at[-1] != self.updates:
            raise ValueError(
                f"{self.key}: the last evaluation must be at update {self.updates}, "
                f"got {self.evaluate_at}"
            )
        if not 1 <= self.window <= len(self.evaluate_at):
            raise ValueError(
                f"{self.key}: a mean over {self.window} evaluations needs as many, "
                f"got {self.evaluate_at}"
            )
        if any(update > self.updates for update in self.statistics.updates):
            raise ValueError(f"{self.key}: nothing can be looked at after update {self.updates}")

    @property
    def name(self) -> str:
        """The name of its run."""
        return run_name(self.key)

    @property
    def layer_widths(self) -> tuple[int, ...]:
        """Units of each hidden layer, from the first one up."""
        return self.widths or (self.width,) * self.depth

    @property
    def pretraining_updates(self) -> int:
        """SGD steps of all hidden layers together, before those of the whole network."""
        return self.depth * self.pretraining.updates if self.pretraining else 0

    @property
    def all_updates(self) -> int:
        """SGD steps of both kinds."""
        return self.pretraining_updates + self.updates

    @property
    def fingerprint(self) -> str:
        """Hash of everything above: the same specification has the same one everywhere.

        A label changes no number; those of the package were hashed before there were others.
        """
        content = {**asdict(self), "variant": content_of(self.variant)}
        if self.variant.name not in SHIPPED:
            del content["variant"]["label"]
        if self.engine == TORCH:  # as it was hashed while there was no other
            del content["engine"]
        if self.window == 1:  # likewise
            del content["window"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def size(self) -> tuple[object, ...]:
        """What decides, besides the depth, how much memory a trial takes."""
        return (
            self.dataset,
            self.width,
            self.widths,
            self.batch_size,
            self.purpose,
            self.variant.step_rule,
            self.engine,
        )

    @property
    def pace(self) -> tuple[object, ...]:
        """What trials must share to be trained in lockstep."""
        return (
            self.dataset,
            self.width,
            self.batch_size,
            self.input_scaling,
            self.matmul_precision,
            self.updates,
            self.evaluate_at,
            self.purpose,
            self.statistics,
            self.widths,
            self.variant.cost,
            self.variant.step_rule,
            self.variant.schedule,
            self.variant.weight_decay > 0,
            self.pretraining and self.pretraining.updates,
            self.engine,
        )


@dataclass(frozen=True)
class PackSpec:
    """Trials that share data set, width, batch size, schedule and engine: one program."""

    trials: tuple[TrialSpec, ...]
    precision: Literal["float32", "float64"] = "float32"
    device: str = "cpu"

    def __post_init__(self) -> None:
        if not self.trials:
            raise ValueError("a pack needs at least one trial")
        for trial in self.trials:
            if trial.variant.pretrained != (trial.pretraining is not None):
                raise ValueError(
                    f"{trial.key}: the variant {trial.variant.name!r} and pre-training "
                    f"{trial.pretraining} contradict each other"
                )
        if len({trial.pace for trial in self.trials}) != 1:
            raise ValueError(
                "the trials of a pack must share data set, widths, batch, schedule and engine"
            )
        if len({trial.key for trial in self.trials}) != len(self.trials):
            raise ValueError("the trials of a pack must have different keys")

    @property
    def first(self) -> TrialSpec:
        """Any trial, for what all of them share."""
        return self.trials[0]
