"""Which data set an initialization study is of, and whose numbers stand beside it."""

from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console
from sweep_builders import store_uri, write_sweep

from glorot_sweep.cli.studied import Studied, studied
from glorot_sweep.errors import UserError
from glorot_sweep.init_study import job
from glorot_sweep.init_study.headline import verdict_lines
from glorot_sweep.init_study.job import StudyRequest, run_init_study
from glorot_sweep.init_study.networks import StudySize
from glorot_sweep.parts.variants import VARIANTS

PLUGIN = """from glorot_sweep.parts.registration import register_variant
from glorot_sweep.parts.variants import Variant
register_variant(Variant("mine", "Mine", "tanh", "he"))
"""
FOLDERS = {"datasets": ["mnist", "photos"], "image_folders": {"photos": "my/photos"}}


@pytest.fixture
def file(tmp_path):
    return write_sweep(tmp_path / "mine.yaml", {**FOLDERS, "paper": "none"})


def test_without_a_file_it_is_one_of_the_packages():
    assert studied(None, None) == Studied("shapeset", None, "glorot2010")
    assert studied("cifar10", None).dataset == "cifar10"
    with pytest.raises(UserError, match="unknown data set 'photos'"):
        studied("photos", None)


def test_with_a_file_it_is_one_of_its_data_sets_the_first_by_default(file):
    found = [replace(studied(name, file), variants=()) for name in (None, "photos")]
    assert found == [Studied("mnist", None, "none"), Studied("photos", "my/photos", "none")]


def test_its_pixels_become_inputs_as_the_files_do(tmp_path):
    file = write_sweep(tmp_path / "mine.yaml", {"network.input_scaling": "symmetric"})
    assert studied(None, file).input_scaling == "symmetric"
    assert studied(None, None).input_scaling == "unit"


def test_its_variants_are_those_that_are_named_or_the_files_if_it_is_about_no_paper(tmp_path):
    """A file about the paper, and no file, mean the paper's networks."""
    changes = {"variants": ["tanh", "mine"], "comparisons": [],
               "own_variants": {"mine": {"activation": "elu", "initialization": "he"}}}  # fmt: skip
    own, papers = (
        write_sweep(tmp_path / f"{paper}.yaml", {**changes, "paper": paper})
        for paper in ("none", "glorot2010")
    )
    assert [one.name for one in studied(None, own).variants] == ["tanh", "mine"]
    assert [studied(None, file).variants for file in (None, papers)] == [(), ()]
    named = studied(None, papers, variants=["mine", "relu_he", "mine"]).variants
    assert [(one.activation, one.initialization) for one in named] == [
        ("elu", "he"), ("relu", "he"),
    ]  # fmt: skip
    assert studied(None, None, variants=["relu_he"]).variants == (VARIANTS["relu_he"],)
    with pytest.raises(UserError, match=r"--variants: 'relu_eh' is no variant .*'relu_he'"):
        studied(None, None, variants=["relu_eh"])


@pytest.mark.usefixtures("unregistered")
def test_the_plugins_are_those_of_the_file_too(tmp_path):
    (tmp_path / "own.py").write_text(PLUGIN, "utf-8")
    changes = {"paper": "none", "plugins": ["own.py"], "variants": ["mine", "tanh"]}
    found = studied(None, write_sweep(tmp_path / "mine.yaml", changes))
    assert [one.name for one in found.plugins] == ["own.py"]
    assert [one.initialization for one in found.variants] == ["he", "standard"]
    assert studied(None, None, found.plugins, ["mine"]).plugins == found.plugins


def test_a_name_that_the_file_does_not_have_is_refused(file):
    with pytest.raises(UserError, match=r"'photo' is not among the data sets of .*'photos'"):
        studied("photo", file)


def test_the_images_of_the_folder_are_loaded(tmp_path, monkeypatch):
    def load(*given):
        raise UserError(f"loaded {given}")

    monkeypatch.setattr(job, "load_dataset", load)
    request = StudyRequest("photos", StudySize(8, 2, 1, 1), tmp_path, "my/photos")
    with pytest.raises(UserError, match=r"loaded \('photos', .*, 'my/photos'\)"):
        run_init_study(request, store_uri(tmp_path), "tests", Console(quiet=True))
    assert list(tmp_path.iterdir()) == []


def test_the_papers_numbers_stand_beside_its_own_data_alone():
    table = pd.DataFrame(
        [
            {"activation": "tanh", "shape": "equal", "initialization": "standard", "layer": layer,
             "depth": 2, "quantity": quantity, "mean": 0.5, "std": 0.1}
            for layer in (1, 2)
            for quantity in ("jacobian", "activation", "backpropagated_gradient")
        ]
    )  # fmt: skip
    assert verdict_lines(table) == [
        "mean singular value, standard initialization: 0.500 (paper: 0.5)"
    ]
    assert verdict_lines(table, beside_paper=False) == [
        "mean singular value, standard initialization: 0.500"
    ]
