"""Which data set an initialization study is of, and whose numbers stand beside it."""

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
    assert studied(None, file) == Studied("mnist", None, "none")
    assert studied("photos", file) == Studied("photos", "my/photos", "none")


def test_a_name_that_the_file_does_not_have_is_refused(file):
    with pytest.raises(UserError, match=r"'photo' is not among the data sets of .*'photos'"):
        studied("photo", file)


def test_variants_are_registered_ones_or_the_files_own(tmp_path):
    assert studied(None, None, (), ["tanh_n", "tanh", "tanh_n"]).variants == (
        VARIANTS["tanh_n"], VARIANTS["tanh"],
    )  # fmt: skip
    own = {"activation": "relu", "initialization": "orthogonal"}
    changes = {**FOLDERS, "paper": "none", "variants": ["tanh", "mine"],
               "own_variants": {"mine": own}}  # fmt: skip
    path = write_sweep(tmp_path / "own.yaml", changes)
    (mine, he) = studied(None, path, (), ["mine", "relu_he"]).variants
    assert (mine.initialization, he) == ("orthogonal", VARIANTS["relu_he"])
    for file in (None, path):
        with pytest.raises(UserError, match="--variants: unknown variant 'tahn'; did you mean 'ta"):
            studied(None, file, (), ["tahn"])


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
