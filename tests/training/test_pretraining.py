"""Pre-training within a pack: where fine-tuning begins, pack invariance, stops, what is told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, toy_dataset
from oracles import FUNCTIONS
from steppers import AT_ITS_BEST, EACH_STEPPER
from torch import Tensor
from torch.nn import functional

from glorot_sweep.data.datamodule import pretraining_seed
from glorot_sweep.engine.torch.initialization import initial_weights
from glorot_sweep.engine.torch.masking_noise import MaskingNoise
from glorot_sweep.errors import StopRequested
from glorot_sweep.parts.variants import VARIANTS as ROWS
from glorot_sweep.specs import PackSpec, Pretraining, StatisticsSpec, TrialSpec
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import PackResult, TrialResult

pytestmark = pytest.mark.usefixtures("one_torch_thread")
DATASET = toy_dataset()
VARIANTS = ("tanh_pretrained", "sigmoid_pretrained", "softsign_n_pretrained")
LAYER = 130  # updates of a layer: more than one chunk

# Float64: the result is given in float32, half a unit in the last place of numbers below 1.
# Float32: each of 2 x 20 updates rounds a weight below 0.5 and a step below 0.02, made of up to
# 2 x (23 + 20) inputs and 10 examples, and what differs grows less than threefold: 1.95.
# Found 1.5e-8 and 5.5e-7.
ROUNDING = {"float64": 2.0**-25, "float32": 40 * 3 * 2.0**-24 * (0.5 + 96 * 0.02)}


def pretrained(key: str = "asked", depth: int = 3, number: int = 0, **changes: object) -> TrialSpec:
    each = Pretraining(LAYER, 0.02 * 1.2**number, 0.1 + 0.05 * number)
    start = {
        "variant": VARIANTS[number % 3],
        "depth": depth,
        "pretraining": each,
        "weight_seed": 30 + number,
        "updates": 60,
        "statistics": StatisticsSpec((0, 60), (0,)),
    }
    return a_trial(key, **{**start, **changes})


def many(count: int = 6) -> list[TrialSpec]:
    """Depths 1 to 4, so that layers have from 6 members to a single one."""
    return [pretrained(f"t{i}", (3, 1, 2, 3, 4, 1)[i], i) for i in range(count)]


def assert_same(one: TrialResult, other: TrialResult) -> None:
    assert replace(one, weights=None, test_predictions=None) == replace(
        other, weights=None, test_predictions=None
    )
    assert one.weights is not None
    assert other.weights is not None
    for name, values in one.weights.items():
        np.testing.assert_array_equal(values, other.weights[name], strict=True)


def by_hand(trial: TrialSpec) -> list[tuple[Tensor, Tensor]]:
    """Pre-train with autograd, one layer after another; return weights and biases."""
    assert trial.pretraining is not None
    variant, each = trial.variant, trial.pretraining
    function = FUNCTIONS[variant.activation]
    sizes = [DATASET.n_inputs, *[trial.width] * trial.depth, DATASET.n_classes]
    drawn = initial_weights(variant.initialization, sizes, trial.weight_seed)
    layers = [(w, torch.zeros(w.shape[1], dtype=w.dtype)) for w in drawn]
    stream = pretraining_seed(trial.data_seed)
    for layer in range(trial.depth):
        weight, bias = (p.requires_grad_() for p in layers[layer])
        visible = torch.zeros(len(weight), dtype=weight.dtype, requires_grad=True)
        noise = MaskingNoise([trial.weight_seed], [each.noise], layer, (10, len(weight)))
        for update in range(each.updates):
            first = (layer * each.updates + update) * 10
            clean = DATASET.training(stream, first, 10).images.double() / 255
            for w, b in layers[:layer]:
                clean = function(clean @ w + b)
            low, high = (0, 1) if not layer or variant.activation == "sigmoid" else (-1, 1)
            unit = function(torch.where(noise.hidden(update)[0], 0, clean) @ weight + bias)
            loss = functional.binary_cross_entropy_with_logits(
                unit @ weight.T + visible, (clean - low) / (high - low), reduction="sum"
            )
            parameters = [weight, bias, visible]
            for p, g in zip(parameters, torch.autograd.grad(loss / 10, parameters), strict=True):
                with torch.no_grad():
                    p.sub_(each.learning_rate * g)
        layers[layer] = weight.detach(), bias.detach()
    return layers


@pytest.mark.slow
@AT_ITS_BEST
@pytest.mark.parametrize("number", range(3))
def test_fine_tuning_starts_from_what_autograd_pretrains(
    engine: str, precision: str, number: int
) -> None:
    """One update of the whole network with a rate of 1e-300 leaves the weights as they are."""
    trial = pretrained(depth=2, number=number, updates=1, learning_rate=1e-300,
                       statistics=StatisticsSpec())  # fmt: skip
    trial = replace(trial, pretraining=Pretraining(20, 0.05, 0.25))
    result = fit_pack(a_pack(trial, precision=precision), DATASET, engine=engine).trials[0]
    assert result.weights is not None
    sizes = [DATASET.n_inputs, 20, 20, DATASET.n_classes]
    start = initial_weights(trial.variant.initialization, sizes, trial.weight_seed)
    for layer, (weight, bias) in enumerate(by_hand(trial)):
        found = torch.from_numpy(result.weights[f"weight_{layer}"]).double()
        torch.testing.assert_close(found, weight, rtol=0, atol=ROUNDING[precision])
        found_bias = torch.from_numpy(result.weights[f"bias_{layer}"]).double()
        torch.testing.assert_close(found_bias, bias, rtol=0, atol=ROUNDING[precision])
        moved = float((weight - start[layer]).abs().max())
        assert (moved > 1e-3) == (layer < 2), "the output layer is not pre-trained"


@pytest.mark.slow
@EACH_STEPPER
def test_alone_and_in_a_pack_to_the_last_bit(engine: str) -> None:
    trials = many()
    packed = fit_pack(a_pack(*trials), DATASET, engine=engine).trials
    turned = fit_pack(a_pack(*trials[::-1]), DATASET, engine=engine).trials[::-1]
    for trial, one, other in zip(trials, packed, turned, strict=True):
        alone = fit_pack(a_pack(trial), DATASET, engine=engine).trials[0]
        # Statistics are equal to rounding, and decide nothing.
        assert_same(replace(one, statistics=()), replace(alone, statistics=()))
        assert_same(replace(one, statistics=()), replace(other, statistics=()))


@pytest.mark.slow
@EACH_STEPPER
def test_streams_of_their_own(engine: str) -> None:
    trials = [replace(trial, data_seed=i % 3) for i, trial in enumerate(many())]
    packed = fit_pack(a_pack(*trials), DATASET, engine=engine).trials
    for trial, one in zip(trials, packed, strict=True):
        alone = fit_pack(a_pack(trial), DATASET, engine=engine).trials[0]
        assert_same(replace(one, statistics=()), replace(alone, statistics=()))


class StopAfter:
    def __init__(self, chunks: int) -> None:
        self.left, self.told = chunks, 0

    def __call__(self, updates: int, trials: int) -> None:
        self.told += updates * trials
        self.left -= 1
        if not self.left:
            raise StopRequested(15)


def interrupted(spec: PackSpec, chunks: int, folder: Path) -> tuple[PackResult, int]:
    """Stop after so many chunks, continue; return the result and the model-updates before."""
    file, stop = CheckpointFile(folder / "pack"), StopAfter(chunks)
    with pytest.raises(StopRequested):
        fit_pack(spec, DATASET, advance=stop, checkpoint=file)
    return fit_pack(spec, DATASET, checkpoint=file), stop.told


@pytest.mark.slow
@pytest.mark.parametrize("chunks", [1, 2, 3, 4, 8, 9])
def test_stopped_in_pretraining_and_continued(chunks: int, tmp_path: Path) -> None:
    """Chunks of 100 and 30 for each of four layers: amid a layer, at its end, at the end of all."""
    spec = a_pack(*many())
    whole = fit_pack(spec, DATASET)
    resumed, before = interrupted(spec, chunks, tmp_path)
    for one, other in zip(whole.trials, resumed.trials, strict=True):
        assert_same(one, other)
    assert resumed.model_updates == whole.model_updates - before
    assert whole.model_updates == sum(trial.all_updates for trial in spec.trials)


@pytest.mark.slow
@pytest.mark.parametrize("chunks", [3, 5, 8])
def test_shallow_trials_go_on_from_the_checkpoint_of_a_deeper_pack(
    chunks: int, tmp_path: Path
) -> None:
    """The third layer is in work, or all are done, when those with two are taken out."""
    spec, file = a_pack(*many()), CheckpointFile(tmp_path / "pack")
    whole = {trial.key: trial for trial in fit_pack(spec, DATASET).trials}
    with pytest.raises(StopRequested):
        fit_pack(spec, DATASET, advance=StopAfter(chunks), checkpoint=file)
    half = replace(spec, trials=spec.trials[1:3])
    resumed = fit_pack(half, DATASET, checkpoint=CheckpointFile(tmp_path / "half"), saved=file)
    for result in resumed.trials:
        assert_same(replace(result, statistics=()), replace(whole[result.key], statistics=()))
        looks = [row.update for row in result.statistics]
        assert sorted(looks) == sorted(row.update for row in whole[result.key].statistics)


@pytest.mark.slow
def test_statistics_at_update_0_are_those_after_pretraining() -> None:
    trial = pretrained()
    result = fit_pack(a_pack(trial), DATASET).trials[0]
    plain = replace(trial, variant=ROWS["tanh"], pretraining=None)
    untrained = fit_pack(a_pack(plain), DATASET).trials[0]

    def stds(result: TrialResult) -> list[float]:
        rows = [r for r in result.statistics if (r.update, r.quantity) == (0, "activation")]
        return [float(row.std) for row in sorted(rows, key=lambda row: row.layer)]

    assert len(stds(result)) == 3
    assert all(abs(a - b) > 0.01 for a, b in zip(stds(result), stds(untrained), strict=True))
    assert {row.update for row in result.statistics} == {0, 60}


@pytest.mark.slow
def test_a_rate_that_overflows_is_a_divergence() -> None:
    trials = many()
    each = Pretraining(LAYER, 1e30, 0.2)
    wild = replace(trials[0], key="wild", pretraining=each)
    packed = fit_pack(a_pack(*trials[:2], wild, *trials[2:]), DATASET).trials
    assert packed[2].state == "diverged"
    whole = fit_pack(a_pack(*trials), DATASET).trials
    for one, other in zip([*packed[:2], *packed[3:]], whole, strict=True):
        assert_same(replace(one, statistics=()), replace(other, statistics=()))


def test_curves_count_the_updates_of_the_whole_network_alone() -> None:
    trial = pretrained(evaluate_at=(20, 60))
    assert [look.update for look in fit_pack(a_pack(trial), DATASET).trials[0].curve] == [20, 60]


@pytest.mark.parametrize(
    "trial", [pretrained(pretraining=None), a_trial(pretraining=Pretraining(5, 0.1, 0.1))]
)
def test_a_contradiction_is_refused(trial: TrialSpec) -> None:
    with pytest.raises(ValueError, match="contradict each other"):
        a_pack(trial)


def test_neither_noise_nor_rate_need_be_shared_but_the_updates_of_a_layer() -> None:
    one, other = many(2)
    assert one.pace == other.pace
    longer = replace(other, pretraining=Pretraining(LAYER + 1, 0.02, 0.1))
    with pytest.raises(ValueError, match="must share"):
        a_pack(one, longer)
