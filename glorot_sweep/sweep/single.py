"""One specification, trained and logged as one run: the entry point `train`."""

import math
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from glorot_sweep.config.looking import StatisticsConfig
from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.errors import UserError
from glorot_sweep.host.provenance import provenance_tags
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import PackSpec, Pretraining, TrialSpec
from glorot_sweep.spelling import nearest
from glorot_sweep.sweep.contents.looks import statistics_spec
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.recording import RunPlan
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.runs import DatasetNote, RunStore

LOOKS = 10  # evenly spaced evaluations


@dataclass(frozen=True)
class SingleRequest:
    """What to train; see `TrialSpec`."""

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

    def spec(self) -> TrialSpec:
        """Return the specification.

        Raises:
            UserError: a name is unknown, the learning rate is no positive number, or the damping
                does not fit the variant.
        """
        if self.variant not in VARIANTS:
            raise UserError(f"unknown variant {self.variant!r}{nearest(self.variant, VARIANTS)}")
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise UserError(
                f"the learning rate must be a positive number, got {self.learning_rate}"
            )
        self._check_damping()
        self._check_pretraining()
        row = VARIANTS[self.variant]
        looks = sorted({max(1, self.updates * i // LOOKS) for i in range(1, LOOKS + 1)})
        return TrialSpec(
            key=f"{self.variant}-{self.dataset}-d{self.depth}-seed{self.seed}",
            dataset=self.dataset,
            variant=row,
            depth=self.depth,
            width=self.width,
            widths=() if row.profile == "equal" else row.widths(self.width, self.depth),
            learning_rate=self.learning_rate,
            batch_size=10,
            updates=self.updates,
            weight_seed=self.seed,
            data_seed=self.seed,
            evaluate_at=tuple(looks),
            purpose="replicate",
            statistics=statistics_spec(StatisticsConfig(), self.updates, "replicate"),
            damping=self.damping or None,
            pretraining=self.pretraining,
        )

    def _check_damping(self) -> None:
        rule, damping = VARIANTS[self.variant].step_rule, self.damping
        if rule == "sgd" and damping:
            raise UserError(
                f"the variant {self.variant!r} has one learning rate for all parameters, so it "
                f"takes no damping, got {damping}; leave it out"
            )
        if rule != "sgd" and not (math.isfinite(damping) and damping > 0):
            raise UserError(
                f"the variant {self.variant!r} divides by its estimate plus the damping, which "
                f"must be a positive number, got {damping}; try --damping 0.01"
            )

    def _check_pretraining(self) -> None:
        wanted, given = VARIANTS[self.variant].pretrained, self.pretraining
        if wanted and given is None:
            raise UserError(
                f"the variant {self.variant!r} is pre-trained; say for how many updates a layer "
                "with --pretraining-updates"
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


def train_single(
    request: SingleRequest, uri: str | None, experiment: str | None, console: Console
) -> None:
    """Train one specification; under `mlflow run` its project run becomes the run."""
    stop = StopSignal()
    stop.install()
    spec = request.spec()
    dataset = load_dataset(request.dataset, data_folder(request.data_folder))
    place = open_place(uri, experiment, create=True)
    if place.project_run:
        stop.follow_parent()
    tags = {**provenance_tags(), "kind": "trial", "sweep": "-"}
    plan = RunPlan(None, tags, place.project_run)
    note = DatasetNote(dataset.name, dataset.digest(), f"glorot_sweep.data {dataset.name}")
    with SweepProgress(console) as progress:
        progress.start("train", "trial", 1, spec.all_updates)

        def advance(updates: int, trials: int) -> None:
            progress.advance(updates * trials)
            stop.check()

        job = PackJob(PackSpec((spec,)), {spec.key: plan}, note)
        result = run_job(job, RunStore(place.client, place.experiment_id), dataset, advance)
    trial = result.trials[0]
    console.print(
        f"{spec.key}: {trial.state}, validation error {trial.validation_error:.2f} %, test error "
        f"{trial.test_error:.2f} % after {trial.updates:,} updates ({result.seconds:.1f} s)"
    )
    console.print(f"MLflow UI: {place.ui_lines()[0]}", soft_wrap=True, highlight=False)
