"""A trial's result depends on its own specification alone, to the last bit on one CPU."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np
import pytest
from builders import (
    a_pack,
    a_trial,
    every_kind_of_trial,
    further_trials,
    torch_threads,
    toy_dataset,
)
from steppers import EACH_STEPPER

from glorot_sweep.data import datamodule
from glorot_sweep.engine.engines import NATIVE, make_stepper
from glorot_sweep.engine.stepper import Layers
from glorot_sweep.parts.variants import PAPER_VARIANTS, VARIANTS
from glorot_sweep.specs import TrialSpec
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import Evaluation, TrialResult

pytestmark = [pytest.mark.usefixtures("one_torch_thread"), EACH_STEPPER]

FURTHER = ("functions and draws", "later functions", "quadratic", "growing", "shrinking")
HORIZON = 60  # the slow tests go on to 200 and 1,000
MIDDLE_HORIZON = 200  # more than one chunk
LONG_HORIZON = 1_000
SHAPES = [(width, batch) for width in (16, 20, 33, 100) for batch in (10, 1, 7)]
DATASET = toy_dataset()


def results(engine: str, trials: Sequence[TrialSpec], **changes: object) -> dict[str, TrialResult]:
    """Train one pack."""
    found = fit_pack(a_pack(*trials, **changes), DATASET, engine=engine)
    return {result.key: result for result in found.trials}


def alone(engine: str, trial: TrialSpec, **changes: object) -> TrialResult:
    return results(engine, [trial], **changes)[trial.key]


def neighbours(count: int, like: TrialSpec) -> list[TrialSpec]:
    """Trials that share the pace of `like` and nothing else."""
    kinds = every_kind_of_trial(
        width=like.width,
        batch_size=like.batch_size,
        updates=like.updates,
        evaluate_at=like.evaluate_at,
        data_seed=like.data_seed,
    )
    return [replace(kinds[7 * i % 25], key=f"neighbour {i}") for i in range(count)]


def assert_same(result: TrialResult, expected: TrialResult) -> None:
    """Compare everything with ==: no tolerance, and no NaN that would pass unseen."""
    assert expected.weights is not None
    assert result.weights is not None
    assert list(result.weights) == list(expected.weights)
    for name, values in expected.weights.items():
        assert np.array_equal(result.weights[name], values), f"{expected.key}: {name} differs"
    assert result.test_predictions is not None
    assert np.array_equal(result.test_predictions, expected.test_predictions)
    assert replace(result, weights=None, test_predictions=None) == replace(
        expected, weights=None, test_predictions=None
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "batch"),
    [pytest.param(*s, marks=pytest.mark.slow if s[0] == 33 or s[1] == 7 else ()) for s in SHAPES],
)
def test_every_width_and_batch_size(engine: str, width: int, batch: int) -> None:
    """Over the twelve cases each pair of variant and depth is trained alone at least once."""
    case = SHAPES.index((width, batch))
    kinds = every_kind_of_trial(
        width=width, batch_size=batch, updates=HORIZON, evaluate_at=(HORIZON // 2, HORIZON)
    )
    first = 3 * case % 25
    turned = kinds[first:] + kinds[:first]
    asked = turned[:3]
    pack = [turned[0], *turned[3:12], turned[1], *turned[12:20], turned[2]]
    packed = results(engine, pack)
    assert len(packed) == 20
    for trial in asked:
        assert_same(packed[trial.key], alone(engine, trial))


@pytest.mark.parametrize("size", [2, 3, 7, 20])
def test_every_size_and_position(engine: str, size: int) -> None:
    """Neighbours of the same kind, so that the position asked for is the one in the stack."""
    trial = a_trial("asked", width=33, depth=3, updates=HORIZON, variant="softsign_n")
    expected = alone(engine, trial)
    others = [replace(trial, key=f"other {i}", weight_seed=50 + i) for i in range(size - 1)]
    for position in sorted({0, size // 2, size - 1}):
        pack = [*others[:position], trial, *others[position:]]
        assert_same(results(engine, pack)["asked"], expected)


@pytest.mark.slow
@pytest.mark.parametrize("variant", PAPER_VARIANTS)
@pytest.mark.parametrize("depth", [pytest.param(1, marks=pytest.mark.slow), 5])
def test_neighbours_of_other_kinds(engine: str, variant: str, depth: int) -> None:
    """The shallowest trial leaves the stack early, the deepest has its last layers alone."""
    trial = a_trial("asked", variant=variant, depth=depth, width=20, updates=HORIZON)
    others = [t for t in neighbours(9, trial) if t.depth not in {1, 5}][:6]
    expected = alone(engine, trial)
    assert len(others) > 3
    assert_same(results(engine, [*others, trial])["asked"], expected)
    assert_same(results(engine, [trial, others[-1]])["asked"], expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(v, marks=() if v in {"sigmoid", "tanh_n"} else pytest.mark.slow)
        for v in PAPER_VARIANTS
    ],
)
def test_next_to_a_neighbour_that_diverges(engine: str, variant: str) -> None:
    """The neighbours' weights overflow in their first updates, and they stay for half the time."""
    trial = a_trial(
        "asked", variant=variant, depth=4, updates=HORIZON, evaluate_at=(HORIZON // 2, HORIZON)
    )
    exploding = [
        replace(
            trial, key=f"{name}-{depth}", variant=VARIANTS[name], depth=depth, learning_rate=1e38
        )
        for name in PAPER_VARIANTS
        for depth in (1, 4, 5)
    ]
    packed = results(engine, [*exploding[:7], trial, *exploding[7:]])
    assert {packed[t.key].state for t in exploding} == {"diverged"}
    assert packed["asked"].state == "complete"
    assert_same(packed["asked"], alone(engine, trial))


@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
def test_next_to_poisoned_weights(engine: str, poison: float) -> None:
    """A neighbour that is no number from its first weight to its last, deeper and shallower."""
    asked = a_trial("asked", depth=3, width=20)
    alike = replace(asked, key="alike", weight_seed=2)
    shallow = replace(alike, key="shallow", depth=1, variant=VARIANTS["sigmoid"])
    around = [replace(asked, key="deep", depth=5), alike, asked, shallow]
    ours, theirs = trained(engine, [asked], poison), trained(engine, around, poison)
    for (weight, bias), (same_weight, same_bias) in zip(ours, theirs, strict=True):
        assert np.isfinite(weight).all()
        assert np.array_equal(weight, same_weight)
        assert np.array_equal(bias, same_bias)


def trained(engine: str, trials: list[TrialSpec], poison: float) -> Layers:
    """Train a pack in which every trial but the one asked for is poisoned."""
    stepper = make_stepper(engine, a_pack(*trials), DATASET.n_inputs, DATASET.n_classes)
    states = [stepper.state_of(index) for index in range(len(trials))]
    for trial, state in zip(trials, states, strict=True):
        if trial.key != "asked":
            for array in chain.from_iterable(state.layers):
                array.fill(poison)
    stepper.load(states, updates=0, pretrained=0)
    part = DATASET.training(1, 0, 10 * HORIZON)
    stepper.update_chunk(part.images[None], part.labels[None])
    return stepper.state_of([trial.key for trial in trials].index("asked")).layers


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("width", [33, pytest.param(100, marks=pytest.mark.slow)])
def test_number_of_threads(engine: str, threads: int, width: int) -> None:
    """With 40 trials of width 100 the buffers are large enough to be shared out to threads."""
    trial = a_trial("asked", depth=5, width=width, updates=20)
    expected = alone(engine, trial)
    with torch_threads(threads):
        assert_same(alone(engine, trial), expected)
        for size in (2, 40):
            assert_same(results(engine, [*neighbours(size - 1, trial), trial])["asked"], expected)


@pytest.mark.slow
@pytest.mark.parametrize("survivors", [1, 3])
def test_after_others_were_dropped(engine: str, survivors: int) -> None:
    trial = a_trial(
        "asked", variant="sigmoid", depth=3, updates=HORIZON, evaluate_at=(15, 35, HORIZON)
    )
    others = neighbours(8, trial)
    leaving = {15: others[survivors + 1 :], 35: others[survivors - 1 : survivors + 1]}

    def report(update: int, evaluations: dict[str, Evaluation]) -> list[str]:
        return [other.key for other in leaving.get(update, [])]

    pack = a_pack(*others[:4], trial, *others[4:])
    packed = {
        result.key: result for result in fit_pack(pack, DATASET, report, engine=engine).trials
    }
    states = [packed[other.key].state for other in others]
    assert states.count("pruned") == 8 - (survivors - 1)
    assert_same(packed["asked"], alone(engine, trial))
    for other in others[: survivors - 1]:
        assert_same(packed[other.key], alone(engine, other))


@pytest.mark.slow
def test_one_stream_or_several(engine: str) -> None:
    """Trials of one stream read it in place, of several each from its own copy."""
    trial = a_trial("asked", width=33, depth=2, updates=HORIZON)
    others = neighbours(6, trial)
    expected = alone(engine, trial)
    assert_same(results(engine, [*others, trial])["asked"], expected)
    streams = [replace(other, data_seed=5 + i % 3) for i, other in enumerate(others)]
    assert_same(results(engine, [*streams, trial])["asked"], expected)
    assert_same(results(engine, [trial, *streams])["asked"], expected)


@pytest.mark.slow
@pytest.mark.parametrize("longest", [7, 1])
def test_length_of_chunks(engine: str, longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = neighbours(5, a_trial(updates=HORIZON, evaluate_at=(30, HORIZON)))
    expected = results(engine, trials)
    shorter = partial(datamodule.chunk_cuts, longest=longest)
    monkeypatch.setattr(datamodule, "chunk_cuts", shorter)
    for key, result in results(engine, trials).items():
        assert_same(result, expected[key])


def test_evaluating_more_often_changes_no_weight(engine: str) -> None:
    trial = a_trial(updates=HORIZON)
    often = alone(engine, replace(trial, evaluate_at=tuple(range(3, HORIZON + 1, 3))))
    expected = alone(engine, trial)
    assert len(often.curve) == 20
    assert often.weights is not None
    assert expected.weights is not None
    for name, values in expected.weights.items():
        assert np.array_equal(often.weights[name], values)


@pytest.mark.slow
def test_double_precision(engine: str) -> None:
    if engine == NATIVE:
        pytest.skip("the native engine has single precision alone")
    trial = a_trial("asked", width=33, depth=3, batch_size=7, updates=HORIZON)
    expected = alone(engine, trial, precision="float64")
    for size in (2, 20):
        pack = [*neighbours(size - 1, trial), trial]
        assert_same(results(engine, pack, precision="float64")["asked"], expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", FURTHER)
def test_what_is_beyond_table_1(engine: str, name: str) -> None:
    """Alone, among its like and next to a neighbour that diverges, one of whom leaves early."""
    trials = further_trials(updates=60, evaluate_at=(30, 60))[name]
    wild = replace(trials[0], key="wild", learning_rate=1e38)
    packed = results(engine, [*trials[1:], wild, trials[0]])
    for trial in trials[:6]:
        assert_same(packed[trial.key], alone(engine, trial))


@pytest.mark.slow
@pytest.mark.parametrize("name", FURTHER)
def test_what_is_beyond_table_1_over_the_long_horizon(engine: str, name: str) -> None:
    """Together on two threads, alone on one."""
    trials = further_trials(updates=LONG_HORIZON, width=100)[name]
    with torch_threads(2):
        packed = results(engine, trials)
    for trial in trials[::2]:
        assert_same(packed[trial.key], alone(engine, trial))


def test_the_initial_weights_matter(engine: str) -> None:
    """That the comparisons above can fail: another seed, another result."""
    with pytest.raises(AssertionError, match="differs"):
        assert_same(alone(engine, a_trial(weight_seed=8)), alone(engine, a_trial()))


@pytest.mark.slow
@pytest.mark.parametrize(("size", "batch"), [(25, 10), (7, 1), (7, 7)])
def test_every_kind_over_the_long_horizon(engine: str, size: int, batch: int) -> None:
    """Variants x depths, width 100, packs of `size`; every third trial is trained alone, too."""
    kinds = every_kind_of_trial(
        width=100, batch_size=batch, updates=LONG_HORIZON, evaluate_at=(500, LONG_HORIZON)
    )
    kinds = kinds[batch % 3 :] + kinds[: batch % 3]
    for start in range(0, 25, size):
        pack = kinds[start : start + size]
        packed = results(engine, pack)
        for trial in pack[::3]:
            assert_same(packed[trial.key], alone(engine, trial))


@pytest.mark.slow
@pytest.mark.parametrize(("width", "batch"), [shape for shape in SHAPES if shape[0] != 100])
def test_every_kind_at_other_widths(engine: str, width: int, batch: int) -> None:
    kinds = every_kind_of_trial(width=width, batch_size=batch, updates=MIDDLE_HORIZON)
    packed = results(engine, kinds)
    for trial in kinds[SHAPES.index((width, batch)) % 3 :: 3]:
        assert_same(packed[trial.key], alone(engine, trial))


@pytest.mark.slow
def test_the_papers_width(engine: str) -> None:
    trial = a_trial("asked", depth=5, width=1_000, updates=20)
    expected = alone(engine, trial)
    with torch_threads(2):
        assert_same(results(engine, [*neighbours(3, trial), trial])["asked"], expected)
