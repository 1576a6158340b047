"""The page for those who read it by pointer, by keyboard or by ear: script and accessibility."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from glorot_sweep.report.compiled import compile_evidence
from glorot_sweep.report.page import render_page
from glorot_sweep.report.paper import QUESTION

from .browsing import told
from .figures.builders import evidence, replicates, trials

USED = """
const figure = inside.querySelector("#test_error"), svg = figure.querySelector("svg");
const line = svg.querySelector('[data-points][data-series="Tanh N"]');
const mark = line.querySelectorAll("use")[3], at = mark.getBoundingClientRect();
const middle = [at.x + at.width / 2, at.y + at.height / 2];
const far = () => Number(line.querySelectorAll("use")[3].getAttribute("y"));
svg.dispatchEvent(new view.PointerEvent("pointermove", {clientX: middle[0], clientY: middle[1]}));
const pointed = figure.querySelector(".tip").textContent, before = far();
svg.dispatchEvent(new view.KeyboardEvent("keydown", {key: "ArrowRight"}));
const stepped = figure.querySelector(".tip").textContent;
const [select, box] = figure.querySelectorAll("select, input");
select.value = "Tanh N";
select.dispatchEvent(new view.Event("change"));
const dim = [...new Set([...svg.querySelectorAll(".dim")].map((one) => one.dataset.series))];
const ticks = () => [...svg.querySelectorAll("text.own")].map((one) => Number(one.textContent));
box.click();
const moved = far(), own = ticks();
box.click();
const back = far(), none = ticks();
const table = inside.querySelector("table"), button = table.querySelectorAll("th button")[1];
const column = () => [...table.tBodies[0].rows].map((row) => parseFloat(row.cells[1].textContent));
const orders = [column()];
for (let press = 0; press < 3; press += 1) { button.click(); orders.push(column()); }
return {pointed, stepped, dim, before, moved, own, back, none, orders,
        points: line.dataset.points, range: line.closest("[data-range]").dataset.range};
"""


@pytest.fixture(scope="module")
def page():
    """A page of five variants with two figures."""
    found = evidence(replicates(seeds=2), trials(4))
    return render_page(compile_evidence(found, QUESTION, ["cells", "test_error"]))


@pytest.mark.slow
def test_without_scripts_everything_is_there(page):
    """The script adds what it needs; no control stands in the page that nobody would answer."""
    assert page.count("<script>") == 1
    assert not any(
        f"<{tag}" in page.partition("<script>")[0] for tag in ("select", "input", "button")
    )
    assert '<html lang="en">' in page
    assert '<a class="skip" href="#main">' in page
    assert page.count("<main id=") == page.count("</main>") == page.count("<h1>") == 1
    heads = re.findall(r"<th[ >][^>]*", page.partition("<script>")[0])
    assert len(heads) > 5
    assert all("scope=" in head for head in heads)
    assert re.findall(r"<table[^>]*>\s*(.{8})", page) == ["<caption"] * page.count("<table")


@pytest.mark.browser
def test_values_are_read_lines_chosen_axes_turned_and_tables_sorted(page, tmp_path):
    found = told(page, tmp_path, 1280, USED)
    x, y = (float(value) for value in found["points"].split(";")[3].split()[:2])
    assert found["pointed"] == f"Shapeset, Tanh N: test error (%) {y:.5g}, updates {x:,.0f}"
    assert found["stepped"].startswith("Shapeset, Tanh N: test error (%) ")
    assert found["stepped"] != found["pointed"]
    assert sorted(found["dim"]) == ["Sigmoid", "Softsign", "Softsign N", "Tanh"]
    _, high, bottom, top = map(float, found["range"].split()[:4])
    assert found["range"].endswith("linear")
    assert found["moved"] != found["before"] == found["back"]
    assert bottom > found["moved"] > top
    assert found["own"]
    assert found["none"] == []
    assert all(0 < tick < high for tick in found["own"])
    first, rising, falling, again = found["orders"]
    assert rising == sorted(first)
    assert falling == rising[::-1]
    assert again == first


@pytest.mark.browser
def test_axe_finds_nothing_to_object_to(page, tmp_path):
    spec = find_spec("axe_core_python")
    if spec is None or spec.origin is None:
        pytest.skip("needs the package axe-core-python")
    axe = Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")
    assert "</script" not in axe
    with_axe = page.replace("</body>", f"<script>{axe}</script></body>")
    assert with_axe != page
    broken = """
      const found = [...(await view.axe.run(inside)).violations];
      inside.documentElement.removeAttribute("lang");
      found.push(...(await view.axe.run(inside, {runOnly: ["html-has-lang"]})).violations);
      return found.map((one) => [one.id, one.nodes[0].html.slice(0, 200)]);"""
    (expected,) = told(with_axe, tmp_path, 390, broken)
    assert expected[0] == "html-has-lang"
