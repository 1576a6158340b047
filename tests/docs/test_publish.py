"""Published reports: small, and what the report wrote."""

from pathlib import Path

import pytest
from page_outline import Shown
from publish import BY_HAND, PAGE, RESULTS, SWEEP_FILE, publish, publish_file, remade


def test_tables_are_copied_figures_are_not_and_what_was_there_goes(tmp_path):
    source, results = tmp_path / "mine", tmp_path / "results"
    (source / "figures").mkdir(parents=True)
    (source / "figures" / "figure_2.svg").write_text("<svg></svg>")
    (source / "table1.csv").write_text("| Tanh | 1 |\n")
    (source / PAGE).write_text("<svg></svg>")
    (results / "mine").mkdir(parents=True)
    (results / "mine" / "old.csv").write_text("old\n")
    (results / "mine" / "mine.tar.xz").write_text("the sweep")
    (results / "mine" / BY_HAND).write_text("what was found")
    folder = publish(source, results)
    kept = [BY_HAND, "mine.tar.xz"]
    assert sorted(path.name for path in folder.rglob("*")) == [*kept, PAGE, "table1.csv"]
    assert (folder / BY_HAND).read_text() == "what was found"
    assert (folder / "table1.csv").read_text() == "| Tanh | 1 |\n"
    assert (folder / PAGE).read_text() == "<svg></svg>"


def test_a_folder_without_a_page_is_refused_and_nothing_goes(tmp_path):
    results = tmp_path / "results"
    (results / "mine").mkdir(parents=True)
    (tmp_path / "mine").mkdir()
    with pytest.raises(SystemExit, match=r"holds no report\.html"):
        publish(tmp_path / "mine", results)
    (tmp_path / "mine" / PAGE).write_text("a page")  # of a question that is not the paper's
    with pytest.raises(SystemExit, match=r"holds no table1\.csv .* not about the paper's table"):
        publish(tmp_path / "mine", results)
    assert (results / "mine").is_dir()


def test_the_file_of_a_sweep_lies_beside_its_page_and_may_be_published_from_there(
    tmp_path, monkeypatch
):
    source, results = tmp_path / "mine", tmp_path / "results"
    source.mkdir()
    for name in (PAGE, "table1.csv"):
        (source / name).write_text("a page")
    monkeypatch.setattr("publish.remade", lambda *_: source)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "new.tar.xz"
    file.write_bytes(b"the sweep")
    for path in (file, Path("results/mine/new.tar.xz")):
        assert publish_file(path, results) == results / "mine"
        assert (results / "mine" / "new.tar.xz").read_bytes() == b"the sweep"
    file.write_bytes(b"the sweep of another name")
    file.rename(tmp_path / "newer.tar.xz")
    publish_file(tmp_path / "newer.tar.xz", results)
    assert {path.name for path in (results / "mine").iterdir()} == {
        PAGE, "newer.tar.xz", "table1.csv",
    }  # fmt: skip


def test_the_published_results_are_small_and_have_figures():
    files = [path for path in RESULTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 25_000_000  # some 20 sweeps of a megabyte
    assert not [path for path in files if path.suffix in {".png", ".svg"}]
    pages = [path for path in files if path.name == PAGE]
    assert len(pages) > 5
    for page in pages:
        assert "<svg" in page.read_text(encoding="utf-8"), page


@pytest.mark.slow
@pytest.mark.parametrize(
    "file", sorted(RESULTS.glob(f"*/{SWEEP_FILE}")), ids=lambda file: file.parent.name
)
def test_a_published_page_is_the_one_that_is_made_of_the_file_beside_it(file, tmp_path):
    """If it is not, because the page is written otherwise now, publish it again by its file."""
    assert file.stat().st_size < 3_000_000
    (tmp_path / "stores").mkdir()
    folder = publish(remade(file, tmp_path / "stores"), tmp_path / "results")
    assert folder.name == file.parent.name
    assert 300 < len(Shown((folder / PAGE).read_text()).words) < 1500
    published = {path.name: path for path in file.parent.iterdir()}
    del published[file.name], published[BY_HAND]
    assert {path.name for path in folder.iterdir()} == published.keys()
    for name, path in published.items():
        assert (folder / name).read_text() == path.read_text(), name


def test_the_table_of_the_readme_comes_with_its_sweep():
    assert (RESULTS / "quick" / "quick.tar.xz").is_file()
