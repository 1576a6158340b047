"""`validate` and `variants` say what a sweep file may say and what it would train."""

from pathlib import Path

import pytest
from sweep_builders import values
from typer.testing import CliRunner

from glorot_sweep.cli.app import app
from glorot_sweep.config.datasets import DATASETS
from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.sweep.contents.phases import phases
from glorot_sweep.sweep.outline import outline

SWEEPS = Path(__file__).parents[2] / "sweeps"


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        ended = CliRunner().invoke(app, [*map(str, words)])
        assert ended.exit_code == 0, ended.output
        assert list(tmp_path.iterdir()) == []
        return ended.output

    return run


def cells(text):
    """Rows of a table, without its frame."""
    lines = [line for line in text.splitlines() if line.startswith(("│", "┃"))]
    return [
        [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")] for line in lines
    ]


def test_the_outline_counts_what_the_phases_have():
    two = SweepConfig.model_validate(values({"datasets": ["shapeset", "mnist"]}))
    assert outline(two) == "2 variants on shapeset, mnist, 24 trials, up to 16 replicates"
    one = SweepConfig.model_validate(values({"variants": ["tanh"]}))
    assert outline(one) == "1 variant on shapeset, 6 trials, up to 4 replicates"


def test_validate_says_what_would_be_trained(command):
    file = SWEEPS / "tiny.yaml"
    text, config = command("validate", file), read_sweep_file(file).config
    assert f"{file} keeps every rule of a sweep file: sweep 'tiny', {outline(config)}" in text
    assert f"variants: {', '.join(config.variants)}" in text
    parts = list(phases(config))
    assert cells(text)[1:] == [
        [part.dataset, part.name, str(len(part.specs)), f"{part.model_updates:,}"] for part in parts
    ]
    assert f"{sum(part.model_updates for part in parts):,} model-updates" in text
    assert "images" not in text


def test_validate_says_that_an_experiment_that_is_named_has_nothing_to_compare_with(command):
    file = SWEEPS / "tiny.yaml"
    assert "nothing to compare seed" not in command("validate", file)
    assert "nothing to compare seed" in command("validate", file, "--experiment", "mine")


def test_validate_loads_the_data_sets_if_it_is_told_where(command, tmp_path):
    text = command("validate", SWEEPS / "finite.yaml", "--data-folder", tmp_path)
    assert "shapeset_finite_10000: 10,000 training, " in text
    assert " test images of 1,024 inputs, 9 classes; digest " in text


STEPS = {
    "tanh_n_adamw": "adamw, decay 0.01",
    "tanh_n_step": "sgd, step",
    "tanh_n_cosine": "sgd, cosine",
    "tanh_n_warm_up": "sgd, warm_up",
    "tanh_n_decay": "sgd, decay 0.0001",
}
"""Of variants that have a schedule, or whose weights decay."""


def test_variants_lists_all_with_their_parts(command):
    text = command("variants")
    headings, *rows = cells(text)
    assert headings[:4] == ["variant", "label", "activation", "initialization"]
    assert rows == [
        [
            row.name, row.label, row.activation, row.initialization, row.cost,
            STEPS.get(row.name, row.step_rule), "yes" if row.pretrained else "no", row.profile,
        ]
        for row in VARIANTS.values()
    ]  # fmt: skip
    assert all(name in text for name in DATASETS)
