"""`docs/performance.md` comes from the committed JSON files alone, and says what these hold."""

from pathlib import Path

import pytest
from performance_costs import cost_rows
from performance_page import FILES, page
from performance_tables import (
    beside_table,
    compile_lines,
    left_out_lines,
    ratio_table,
    read_results,
    roofline_table,
)
from scaling_pictures import CAPTIONS, draw, sweep_seconds, write_pictures

ROOT = Path(__file__).parents[2]
AROUND = {
    "cpu": "a processor", "cores": 2, "memory_gib": 8.0, "load_at_start": 0.1, "gpu": "a GPU",
    "command": "python benchmarks/x.py", "date": "2010-05-13", "versions": {"torch": "9.9"},
}  # fmt: skip


def same(value: float) -> dict[str, float]:
    return {"median": value, "min": value / 2, "max": 2 * value}


def training() -> dict:
    result = {
        "case": "16-16x2-3*4:mixed",
        "left_out": {"JAX": "not installed"},
        "chosen": {
            "native": {"threads": 1, "setting": ""}, "loop": {"threads": 2, "setting": "fused"},
        },
        "compile_seconds": {"compiled": {"2 thread(s)": 7.25}},
        "model_updates_per_second": {"native": same(20_000.0), "loop": same(5_000.0)},
        "rounds": [{"native": 20_000.0, "loop": 5_000.0}],
        "compared": "native",
        "over_peer": {"loop": same(4.0)},
        "roofline": {
            "flops_per_second": same(1e11), "bytes_per_second": same(5e10),
            "footprint_bytes": same(3e6), "arithmetic_microseconds": same(10.0),
            "memory_microseconds": same(25.0), "share": same(0.5),
        },
        "beside_busy_processes": {"processes": 1, "share_of_speed": {"native": same(0.5)}},
    }  # fmt: skip
    alone = {"model_updates_per_second": {"native": same(9_000.0)}, "over_peer": {}, "left_out": {}}
    other = {**result, "case": "16-16x2-3*1", **alone, "beside_busy_processes": None}
    return {**AROUND, "results": [result, other], "left_out": {"huge*128": "needs 99 GiB"}}


def scaling() -> dict:
    def points(*places: int) -> list[dict]:
        return [
            {"x": x, "rate": same(1000.0 * x), "floor": same(4000.0 * x), "share": same(0.25)}
            for x in places
        ]

    return {
        **AROUND,
        "series": {
            "pack_size": points(1, 2, 5, 20), "width": points(50, 100), "depth": points(1, 2),
            "threads": points(1, 2), "threads_wide": points(1, 2),
        },
        "bare_loop": same(500.0),
        "memory": {
            "points": [{"x": x, "bytes": 3e7 * x, "weights_bytes": 2e7 * x} for x in (1, 2)],
            "left_out": {"huge*32": "needs 9 GiB"},
        },
        "sweep": {
            "trials": 20, "updates": 1000, "packed_seconds": 2.0, "one_by_one_seconds": 20.0,
        },
    }  # fmt: skip


def gpu() -> dict:
    names = ("32 eager", "1 graph")
    return {
        **AROUND,
        "aims": {"updates_per_second": 35_000.0, "share_beside_training": 0.03},
        "found": {"updates_per_second": 30_000.0},
        "training": {
            "share_of_floor": {name: same(0.6) for name in names},
            "rates": {name: same(30_000.0) for name in names},
            "over_bare_loop": {name: same(31.0) for name in names},
        },
    }


def test_the_committed_page_is_what_the_committed_results_give():
    found = read_results(ROOT / "benchmarks" / "results", FILES)
    committed = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert committed == page(found), "run python benchmarks/performance_page.py"
    if "scaling" in found:
        for name in CAPTIONS:
            assert (ROOT / "docs" / "performance" / f"{name}.svg").exists()
            assert (ROOT / "docs" / "performance" / f"{name}.png").exists()


def test_ratios_stand_beside_rates_and_absent_peers_are_left_out():
    head, _, native, loop = ratio_table(training()["results"]).splitlines()
    assert head == "| | 16-16x2-3*4:mixed | 16-16x2-3*1 |"
    assert native == "| native | **20,000**; 1 thread(s) | **9,000**; 1 thread(s) |"
    assert loop == ("| loop | 5,000, **4.00 x** [2.00, 8.00]; 2 thread(s) fused | left out |")


def test_what_is_left_beside_busy_processes_and_what_compiling_took():
    results = training()["results"]
    assert beside_table(results).splitlines()[2:] == [
        "| 16-16x2-3*4:mixed | native | 1 | 0.50 [0.25, 1.00] |"
    ]
    assert beside_table(results[1:]) == "Not measured: `--beside 1`.\n"
    assert compile_lines(results[:1]) == (
        "* compiled: compiled for 16-16x2-3*4:mixed in 7.2 s, 2 thread(s)"
    )


def test_peers_and_cases_are_left_out_by_name():
    assert left_out_lines(training()).splitlines() == [
        "* JAX: left out of 16-16x2-3*4:mixed: not installed",
        "* case huge*128: left out: needs 99 GiB",
    ]


def test_the_larger_term_is_the_limit():
    row = roofline_table(training()["results"]).splitlines()[2]
    assert row == (
        "| 16-16x2-3*4:mixed | native | 10.0 us at 100 Gflop/s | 25.0 us at 50.0 GB/s over 3.0 MB "
        "| 25.0 us | 50.0 us | 50 % | memory |"
    )


def test_an_empty_page_names_every_command():
    empty = page({})
    for name in ("training", "scaling", "gpu", "driver", "workers", "feeding"):
        assert f"python benchmarks/{name}.py --json" in empty
    assert "not measured" in empty


def test_a_full_page_has_pictures_machine_and_verdicts():
    full = page({"training": training(), "scaling": scaling(), "gpu": gpu()})
    assert full.count("](performance/") == 2 * len(CAPTIONS)
    assert "| updates per second | 3e+04 | 3.5e+04 | **no** |" in full
    assert "| share beside training | not measured | 0.03 | |" in full
    assert "2010-05-13 | a processor, 2 cores, 8.0 GiB, a GPU | 0.1 | torch 9.9 |" in full
    assert "2.0 s packed and 20.0 s one by one, 10.0 times as long" in full
    assert "without evaluation and logging, 1.0 s and 20.0 s" in full
    assert "memory of huge*32: left out, needs 9 GiB" in full


def test_reduced_precision_names_the_largest_change_and_the_smallest_p():
    cells = [("high", "tanh", -0.1, 0.5), ("high", "sigmoid", 0.05, 0.02),
             ("medium", "tanh", 0.2, 0.3), ("medium", "sigmoid", -3.0, 0.001)]  # fmt: skip
    differences = [
        {"precision": precision, "variant": variant, "points": points, "p": p}
        for precision, variant, points, p in cells
    ]
    found = {"device": "cpu", "file": "x.yaml", "level": 0.05, "differences": differences}
    high, medium = cost_rows("reduced_precision", found)
    assert (high.measured, high.held) == ("-0.10 points; smallest p 0.02", True)
    assert (medium.measured, medium.held) == ("-3.00 points; smallest p 0.001", False)
    assert medium.what.endswith("rounded on a CPU: largest change (sigmoid)")


def test_every_picture_has_its_limit():
    figures = draw(scaling())
    assert set(figures) == set(CAPTIONS)
    for name, figure in figures.items():
        for axes in figure.axes:
            labels = [str(line.get_label()) for line in axes.get_lines()]
            assert any("(limit)" in label for label in labels), name


def test_axes_are_labelled_in_plain_numbers():
    """Mathematics is off in figures: a formatter of matplotlib's own would show its markup."""
    for name, figure in draw(scaling()).items():
        figure.canvas.draw()
        for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
            labels = [*axis.get_ticklabels(), *axis.get_ticklabels(minor=True)]
            assert not any("$" in label.get_text() for label in labels), name


def test_a_sweep_costs_its_packs_one_after_another():
    # 22 trials: a pack of 20 at 20,000/s, and one of 2 at 2,000/s.
    assert sweep_seconds(scaling(), 22, 20) == pytest.approx(1000 * (20 / 20_000 + 2 / 2_000))
    assert sweep_seconds(scaling(), 22, 1) == pytest.approx(1000 * 22 / 1_000)


@pytest.mark.slow
def test_pictures_are_written_the_same_each_time(tmp_path):
    for folder in ("a", "b"):
        write_pictures(scaling(), tmp_path / folder)
    files = sorted((tmp_path / "a").iterdir())
    assert len(files) == 2 * len(CAPTIONS)
    for file in files:
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
