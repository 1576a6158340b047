"""The procedure that is drawn, on grids made by hand, and what the page says."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from level_and_power import PAGE, RESULT, default_test, keeps_its_level, simulate
from level_and_power_page import _window, page
from procedure import (
    Design,
    Side,
    decompose,
    draw,
    expected_error,
    group_means,
    moved,
    paired_p,
    read_errors,
    rejected,
    side,
    welch_p,
    winners,
)

from glorot_sweep.config.significance import SignificanceConfig
from glorot_sweep.significance import independent_values, paired_seeds, welch

RATES, STREAMS = 6, 20


def errors(seed=0, curve=0.0, stream=1.0, own=0.5):
    """Errors of two variants: a curve over the rates, what streams do, and noise."""
    rng = np.random.default_rng(seed)
    of_streams = stream * rng.normal(size=(2, 1, STREAMS))
    means = 60 + curve * (np.arange(RATES) - 2.0) ** 2
    return {
        name: tuple(
            means[:, None] + of_streams[part] + own * rng.normal(size=(RATES, STREAMS))
            for part in (0, 1)
        )
        for name in ("tanh", "tanh_n")
    }


def variants_of(world):
    return list(world.variants.values())


def test_each_draw_is_tested_as_a_sweep_tests_its_cells():
    rng = np.random.default_rng(1)
    a, b = rng.normal(60, 1, (50, 5)), rng.normal(60, 2, (50, 5))
    a[0], b[0] = 60.0, 60.0
    a[1], b[1] = 60.0, 61.0
    b[2] = a[2] + 1.0
    b[3] = 60.0
    for row_a, row_b, by_seed, unpaired in zip(a, b, paired_p(a, b), welch_p(a, b), strict=True):
        assert unpaired == pytest.approx(welch(row_a, row_b).p_value, rel=1e-6)
        pair = paired_seeds(dict(enumerate(row_a)), dict(enumerate(row_b)))
        assert by_seed == pytest.approx(pair.p_value, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("groups", [2, 3, 5])
def test_observations_are_those_of_a_sweep(groups):
    found = np.random.default_rng(0).normal(size=(4, 10))
    for row, means in zip(found, group_means(found, groups), strict=True):
        assert means == pytest.approx(independent_values(row, groups))


def test_a_grid_is_taken_apart_into_what_it_was_made_of():
    own, stream = [], []
    for seed in range(30):
        world = decompose(errors(seed, curve=0.2))
        own += [np.mean(v.test.deviations**2) for v in variants_of(world)]
        stream.append(world.streams.var())
    assert np.mean(own) == pytest.approx(0.5**2, rel=0.05)
    assert np.mean(stream) == pytest.approx(1.0, rel=0.25)
    assert variants_of(world)[0].test.means[2] == pytest.approx(60, abs=1.5)
    alone = [decompose(errors(seed, stream=0.0)).streams.var() for seed in range(30)]
    assert np.mean(alone) < 0.01


def test_a_search_takes_the_lowest_validation_error():
    world = decompose(errors(curve=100.0))
    tanh = variants_of(world)[0]
    rng = np.random.default_rng(0)
    assert set(winners(tanh, 60, (200,), rng)) == {2}
    one = winners(tanh, 1, (6000,), rng)
    assert np.bincount(one, minlength=RATES) == pytest.approx(1000, abs=150)
    by_hand = 1 - (1 - 1 / RATES) ** 3
    assert (winners(tanh, 3, (6000,), rng) == 2).mean() == pytest.approx(by_hand, abs=0.03)


def test_replicates_of_a_group_repeat_one_winner_and_share_streams_across_variants():
    world = decompose(errors(curve=100.0, own=0.0))
    one = side(variants_of(world)[0], 1)
    a, b = draw(world, (one, one), Design(4, 1), 2000, np.random.default_rng(0))
    # Without noise of their own the streams cancel in the differences: what is left is one
    # number for all replicates of a draw, that of the two winners.
    assert np.ptp(a - b, axis=1).max() < 1e-9
    assert (np.abs(a - b)[:, 0] > 1).mean() == pytest.approx(1 - 1 / RATES, abs=0.2)
    c, d = draw(world, (one, one), Design(4, 2), 2000, np.random.default_rng(0))
    assert c.shape == d.shape == (2000, 2)


def test_the_expected_error_is_that_of_many_replicates():
    world = decompose(errors(curve=1.0))
    tanh = variants_of(world)[1]
    one = moved(side(tanh, 3), 50.0)
    assert one.expected == expected_error(tanh, 3)
    found, _ = draw(world, (one, one), Design(5, 5), 20_000, np.random.default_rng(3))
    assert found.mean() == pytest.approx(50, abs=0.05 + 3 * world.streams.std() / STREAMS**0.5)


def level_of(design, curve, level=0.05, spread=1.0):
    world = decompose(errors(curve=curve))
    tanh = variants_of(world)[0]
    sides = side(tanh, 2), Side(tanh, 2, (e := expected_error(tanh, 2)), e, spread)
    return rejected(world, sides, design, 20_000, 7, level)


@pytest.mark.parametrize("design", [Design(5, 5), Design(8, 8), Design(10, 5)])
def test_with_groups_two_copies_differ_as_often_as_they_may(design):
    found = level_of(design, curve=0.05)
    assert found["paired_seeds"] == pytest.approx(0.05, abs=0.01)
    assert found["welch"] <= 0.06


def test_with_one_search_its_luck_looks_like_a_difference():
    assert min(level_of(Design(8, 1), curve=0.3).values()) > 0.2


def test_shared_streams_are_what_pairing_gains():
    world = decompose(errors(stream=3.0))
    tanh = side(variants_of(world)[0], 2)
    found = rejected(world, (tanh, moved(tanh, tanh.expected - 1)), Design(8, 8), 5_000, 1, 0.005)
    assert found["paired_seeds"] > 2 * found["welch"]


def test_a_test_that_exceeds_its_level_is_no_default():
    row = {"replicates": 5, "groups": 5, "draws": 200_000, "welch": 0.0053, "paired_seeds": 0.0049,
           "is_exact": True}  # fmt: skip
    of_one = {**row, "groups": 1, "paired_seeds": 0.3}
    assert keeps_its_level([row, of_one], "welch", 0.005)
    bad = {**row, "welch": 0.0056}
    assert not keeps_its_level([row, bad], "welch", 0.005)
    assert keeps_its_level([row, {**bad, "is_exact": False}], "welch", 0.005)
    powers = [{**row, "welch": 0.9, "paired_seeds": 0.5}]
    assert default_test([row, of_one], powers) == "welch"
    assert default_test([bad], powers) == "paired_seeds"
    assert default_test([{**bad, "paired_seeds": 0.1}], powers) == "none"


def write_grid(path: Path) -> Path:
    evaluations = [36_000, 40_000, 76_000, 80_000]
    rates = [round(0.01 * 2**n, 3) for n in range(RATES)]
    lines = [json.dumps({"rates": rates, "evaluations": evaluations, "cpu": "any"})]
    for name, (validation, test) in errors(curve=0.3).items():
        for stream in range(STREAMS):
            for number, rate in enumerate(rates):
                lines.append(json.dumps({
                    "variant": name, "rate": rate, "stream": stream,
                    "validation": [0, 1, *[validation[number, stream]] * 2],
                    "test": [2, 4, test[number, stream] - 1, test[number, stream] + 1],
                }))  # fmt: skip
    path.write_text("\n".join(lines) + "\n")
    return path


def test_errors_are_read_as_means_of_a_window(tmp_path):
    path, made = write_grid(tmp_path / "grid.jsonl"), errors(curve=0.3)
    read = read_errors(path, 80_000, 2)
    assert read["tanh_n"][1] == pytest.approx(made["tanh_n"][1])
    assert read_errors(path, 80_000, 1)["tanh"][1] == pytest.approx(made["tanh"][1] + 1)
    assert (read_errors(path, 40_000, 2)["tanh"][1] == 3).all()


def test_the_page_has_every_case_and_the_decision(tmp_path, monkeypatch):
    for name, value in {
        "level_and_power.WINDOW": 2, "level_and_power.NORMAL": 1_000, "procedure.MANY": 4_000,
    }.items():  # fmt: skip
        monkeypatch.setattr(name, value)
    found = simulate(write_grid(tmp_path / "grid.jsonl"), draws=500)
    text = page(found)
    for row in (*found["level"], *found["power"]):
        assert row["case"] in text.replace("Two copies", "two copies")
    assert f"`significance.test` is `{found['default']}`" in text
    assert len(found["level"]) == 7 * 10
    assert all(math.isfinite(row[test]) for row in found["level"] for test in ("welch",))


def test_the_default_of_a_sweep_file_is_the_one_that_was_decided():
    decided = json.loads(RESULT.read_text(encoding="utf-8"))["default"]
    assert SignificanceConfig().test == decided


def test_the_page_is_what_the_numbers_say_and_the_level_is_kept_between_copies():
    found = json.loads(RESULT.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == page(found), "run make level-and-power"
    assert keeps_its_level(found["level"], found["default"], found["nominal"])
    assert min(row["draws"] for row in (*found["level"], *found["power"])) >= 50_000
    beaten = [row for row in found["power_last"] if row["groups"] == row["replicates"]]
    assert {row["replicates"] for row in beaten} == {3, 5, 8, 10}


def test_the_table_of_the_window_is_of_a_group_for_each_replicate():
    row = {"case": "1 points", "replicates": 8, "groups": 8, "draws": 100, "welch": 0.5}
    found = {"default": "welch", "power": [row, {**row, "groups": 4, "welch": 0.2}],
             "power_last": [{**row, "welch": 0.4}, {**row, "groups": 4, "welch": 0.1}]}  # fmt: skip
    lines = [line for line in _window(found).splitlines() if line.startswith("| 1 points")]
    assert lines == ["| 1 points | 8 | 50.00 ± 5 | 40.00 ± 4.9 |"]
