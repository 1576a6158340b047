"""What all sweep files of the project keep to."""

from pathlib import Path

import pytest

from glorot_sweep.config.file import read_sweep_file

FILES = sorted((Path(__file__).parents[1] / "sweeps").glob("*.yaml"))


def test_no_two_have_the_same_seed():
    """Results of two files are two observations."""
    seeds = [read_sweep_file(path).config.seed for path in FILES]
    assert len(set(seeds)) == len(seeds)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_searches_at_the_length_that_it_tests_in_more_than_one_group(path):
    config = read_sweep_file(path).config
    search = config.search
    assert not search.is_old_way
    assert search.updates == config.replicates.updates
    assert search.groups > 1
    assert search.sampler == "random"
    if "sigmoid" in config.variants and path.stem != "tiny":
        assert search.learning_rates.get("sigmoid", search.learning_rate).high >= 1.0
    assert all(rule is None or rule.damping.low <= 1e-7 for rule in search.step_rules.values())
