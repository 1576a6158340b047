"""Table 1 of the paper, read with the paper's own test."""

from itertools import product

import pytest

from glorot_sweep.papers.glorot2010.table_1 import BOLD, ERRORS, LEVEL, N_TEST
from glorot_sweep.parts.variants import PAPER_VARIANTS
from glorot_sweep.significance import not_worse_than_best, two_percentages

DATASETS = ("shapeset", "mnist", "cifar10", "small_imagenet")
COLUMNS = {
    dataset: {variant: row[dataset] for variant, row in ERRORS.items()} for dataset in DATASETS
}


def test_every_variant_has_every_data_set() -> None:
    assert list(ERRORS) == list(PAPER_VARIANTS)
    assert all(tuple(row) == DATASETS for row in ERRORS.values())


def test_the_entries_are_those_of_the_print() -> None:
    """Column sums by hand guard against a slipped digit."""
    sums = {dataset: round(sum(column.values()), 2) for dataset, column in COLUMNS.items()}
    assert sums == {"shapeset": 157.69, "mnist": 8.97, "cifar10": 275.68, "small_imagenet": 347.08}


def test_the_pattern_of_bold_marks() -> None:
    bold = {
        (variant, dataset)
        for dataset, column in COLUMNS.items()
        for variant, standing in not_worse_than_best(
            column, two_percentages, LEVEL, correction="none"
        ).items()
        if standing.bold
    }
    assert bold == BOLD
    assert len(bold) == 12


def test_the_best_of_each_column() -> None:
    best = {
        dataset: [
            name
            for name, standing in not_worse_than_best(column, two_percentages).items()
            if standing.is_best
        ]
        for dataset, column in COLUMNS.items()
    }
    assert best == {
        "shapeset": ["tanh_n"],
        "mnist": ["softsign"],
        "cifar10": ["tanh_n"],
        "small_imagenet": ["softsign_n"],
    }


def test_taken_literally_the_caption_fails_for_four_pairs() -> None:
    """Every bold entry against every other entry of its column."""
    failing = {}
    for dataset, column in COLUMNS.items():
        for a, b in product(column, column):
            if (a, dataset) in BOLD and (b, dataset) not in BOLD:
                p_value = two_percentages(column[a], column[b]).p_value
                if p_value > LEVEL:
                    failing[dataset, a, b] = f"{p_value:.3f}"
    assert failing == {
        ("mnist", "softsign_n", "sigmoid"): "0.013",
        ("mnist", "tanh", "sigmoid"): "0.023",
        ("small_imagenet", "softsign", "tanh"): "0.026",
        ("small_imagenet", "softsign", "sigmoid"): "0.019",
    }


@pytest.mark.parametrize(
    ("error", "points"), [(16, "0.37"), (1.7, "0.13"), (54, "0.50"), (69, "0.46")]
)
def test_standard_error_of_one_entry(error: float, points: str) -> None:
    """Of sqrt(p (1 - p) / N_TEST), in points, worked out by hand for errors of Table 1."""
    rate = error / 100
    assert f"{100 * (rate * (1 - rate) / N_TEST) ** 0.5:.2f}" == points
