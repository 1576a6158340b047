"""`validate` and `variants` say what a sweep file may say and what it would train."""

import re
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
    """Rows of the one table, its headings first: two spaces or more part its columns."""
    before, _, after = re.split(r"(?m)^(─+)$", text)
    lines = [before.splitlines()[-1], *after.strip("\n").splitlines()]
    return [re.split(r" {2,}", line.strip()) for line in lines]


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
    assert cells(text)[1 : 1 + len(parts)] == [
        [part.dataset, part.name, str(len(part.specs)), f"{part.model_updates:,}"] for part in parts
    ]
    assert f"{sum(part.model_updates for part in parts):,} model-updates" in text
    assert "images" not in text


def test_validate_says_that_an_experiment_that_is_named_has_nothing_to_compare_with(command):
    file = SWEEPS / "tiny.yaml"
    assert "nothing to compare seed" not in command("validate", file)
    assert "nothing to compare seed" in command("validate", file, "--experiment", "mine")


@pytest.mark.slow
def test_validate_loads_the_data_sets_if_it_is_told_where(command, tmp_path):
    text = command("validate", SWEEPS / "finite.yaml", "--data-folder", tmp_path)
    assert "shapeset_finite_40000: 40,000 training, " in text
    assert " test images of 1,024 inputs, 9 classes; digest " in text


def test_variants_lists_all_with_their_parts(command):
    text = command("variants")
    headings, *rows = cells(text)
    assert headings == ["variant", "label", "activation", "initialization", "besides"]
    listed = {row[0]: row[1:] for row in rows[: len(VARIANTS)]}
    assert {name: row[:3] for name, row in listed.items()} == {
        row.name: [row.label, row.activation, row.initialization] for row in VARIANTS.values()
    }
    besides = {name: row[3] for name, row in listed.items() if row[3:]}
    assert besides["tanh_n_adamw"] == "adamw, decay 0.01"
    assert besides["tanh_n_warm_up"] == "warm_up"
    assert besides["tanh_n_decay"] == "decay 0.0001"
    assert besides["tanh_n_pretrained"] == "pre-trained"
    assert besides["tanh_growing"] == "growing widths"
    assert besides["tanh_quadratic"] == "quadratic cost"
    assert not {"tanh", "relu_he"} & besides.keys()
    assert all(name in text for name in DATASETS)
