"""Published reports: small, whole, and to the eye what the report wrote."""

import base64
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from publish import (
    PAGE,
    RESULTS,
    SWEEP_FILE,
    publish,
    publish_file,
    remade,
    smaller_figure,
    smaller_page,
)

FIGURE = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg">
 <title>5 % of "it's" &lt; all &amp; more, #1</title>
 <metadata><a>who made it</a></metadata>
 <g id="axes_1"><path d="M 1.23456 2.5
L -0.001 1e3" style="fill: #ffffff" clip-path="url(#p0)"/>
  <use xlink:href="#m1" x="73.555969" transform="translate(0.126 1) scale(0.015625)"/></g>
</svg>
"""


class Images(HTMLParser):
    """The figures of a page, as a browser would decode them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[ElementTree.Element] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag != "img":
            return
        kind, _, content = dict(attributes)["src"].partition(",")
        text = base64.b64decode(content) if kind.endswith("base64") else unquote(content)
        self.found.append(ElementTree.fromstring(text))


def embedded(figure: str) -> str:
    return f'<img src="data:image/svg+xml;base64,{base64.b64encode(figure.encode()).decode()}">'


def test_a_browser_finds_the_same_elements_with_rounded_places():
    page = embedded(FIGURE)
    before, after = Images(page).found[0], Images(smaller_page(page)).found[0]
    drawn = [element for element in before.iter() if not element.tag.endswith(("metadata", "}a"))]
    assert [one.tag for one in drawn] == [one.tag for one in after.iter()]
    title, group, path, use = list(after.iter())[1:]
    assert title.text == """5 % of "it's" < all & more, #1"""
    assert group.attrib == {}
    assert path.attrib["d"] == "M 1.23 2.5 L 0 1e3"
    assert (path.attrib["style"], path.attrib["clip-path"]) == ("fill: #ffffff", "url(#p0)")
    assert use.attrib["x"] == "73.56"
    assert use.attrib["transform"] == "translate(0.13 1) scale(0.015625)"


def test_what_is_small_already_stays():
    page = smaller_page(embedded(FIGURE))
    assert smaller_page(page) == page
    assert smaller_figure(smaller_figure(FIGURE)) == smaller_figure(FIGURE)


def test_tables_are_copied_figures_are_not_and_what_was_there_goes(tmp_path):
    source, results = tmp_path / "mine", tmp_path / "results"
    (source / "figures").mkdir(parents=True)
    (source / "figures" / "figure_2.svg").write_text(FIGURE)
    (source / "table1.md").write_text("| Tanh | 1 |\n")
    (source / PAGE).write_text(embedded(FIGURE))
    (results / "mine").mkdir(parents=True)
    (results / "mine" / "old.csv").write_text("old\n")
    (results / "mine" / "mine.tar.xz").write_text("the sweep")
    folder = publish(source, results)
    assert sorted(path.name for path in folder.rglob("*")) == ["mine.tar.xz", PAGE, "table1.md"]
    assert (folder / "table1.md").read_text() == "| Tanh | 1 |\n"
    assert (folder / PAGE).read_text() == smaller_page(embedded(FIGURE))


def test_a_folder_without_a_page_is_refused_and_nothing_goes(tmp_path):
    results = tmp_path / "results"
    (results / "mine").mkdir(parents=True)
    (tmp_path / "mine").mkdir()
    with pytest.raises(SystemExit, match=r"holds no report\.html"):
        publish(tmp_path / "mine", results)
    assert (results / "mine").is_dir()


def test_the_file_of_a_sweep_lies_beside_its_page_and_may_be_published_from_there(
    tmp_path, monkeypatch
):
    source, results = tmp_path / "mine", tmp_path / "results"
    source.mkdir()
    (source / PAGE).write_text("a page")
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
    assert {path.name for path in (results / "mine").iterdir()} == {PAGE, "newer.tar.xz"}


def test_the_published_results_are_small_and_their_figures_whole():
    files = [path for path in RESULTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 11_000_000
    assert not [path for path in files if path.suffix in {".png", ".svg"}]
    pages = [path for path in files if path.name == PAGE]
    assert len(pages) > 5
    for page in pages:
        text = page.read_text(encoding="utf-8")
        images = Images(text).found
        assert len(images) == text.count("<img ") > 0, page
        assert all(image.tag == "{http://www.w3.org/2000/svg}svg" for image in images), page


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
    published = {path.name: path for path in file.parent.iterdir() if path != file}
    assert {path.name for path in folder.iterdir()} == published.keys()
    for name, path in published.items():
        assert (folder / name).read_text() == path.read_text(), name


def test_the_table_of_the_readme_comes_with_its_sweep():
    assert (RESULTS / "quick" / "quick.tar.xz").is_file()
