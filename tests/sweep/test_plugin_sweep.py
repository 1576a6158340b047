"""The example of docs/guide/plugins.md: trained by the command, reported where no plugin is."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from small_sweep import objectives, options
from sweep_builders import place_in, store_uri

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.errors import UserError
from glorot_sweep.papers import find_paper
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.report.job import run_report
from glorot_sweep.sweep.job import run_sweep
from glorot_sweep.tracking.sweeps import find_sweep, read_config, read_identity

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unregistered")]

EXAMPLES = Path(__file__).parents[2] / "docs" / "guide" / "examples"
FILE, PLUGIN = "my_question.yaml", "my_parts.py"
SMALLER = (("updates: 300, evaluations: [100]", "updates: 100, evaluations: [50]"),
           (", isru_sign]", "]"))  # fmt: skip


def trained(folder: Path, *words: str) -> Path:
    """Run the example in a folder of its own, by the command in a process of its own."""
    folder.mkdir()
    shutil.copy(EXAMPLES / PLUGIN, folder)
    lines = (EXAMPLES / FILE).read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("isru_sign:"))
    for whole, part in SMALLER:
        assert whole in text
        text = text.replace(whole, part)
    (folder / FILE).write_text(text.replace("  learning_rates:\n", ""), "utf-8")
    command = [sys.executable, "-m", "glorot_sweep", "sweep", folder / FILE, *words]
    store = ["--experiment", "tests", "--tracking-uri", store_uri(folder),
             "--storage", f"sqlite:///{folder}/optuna.db"]  # fmt: skip
    ended = subprocess.run([*command, *store], cwd=folder.parent, capture_output=True, text=True,
                           timeout=500, check=False)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("plugin") / "local")


def test_its_report_is_made_from_the_server_alone(local):
    assert "inverse_square_root" not in ACTIVATIONS
    place = place_in(local)
    row = read_config(place, find_sweep(place, "my-parts")).rows["isru_triangular"]
    assert (row.label, row.activation) == ("ISRU, triangular", "inverse_square_root")
    report = run_report(place, "my-parts", find_paper("none"), Console(quiet=True), local / "out")
    assert [entry.cell.label for entry in report.table] == ["Tanh N", "ISRU, triangular"]
    page = (local / "out" / "report.html").read_text("utf-8")
    assert "its activation &#39;inverse_square_root&#39; has no native form" in page
    assert page.count("ISRU, triangular") > 2


def test_with_another_plugin_it_does_not_go_on(local, tmp_path):
    """To grow by a seed it needs training; the plugin says something else by now."""
    text = (local / FILE).read_text("utf-8").replace("seeds: 2", "seeds: 3")
    (tmp_path / FILE).write_text(text, "utf-8")
    plugin = (local / PLUGIN).read_text("utf-8")
    (tmp_path / PLUGIN).write_text(plugin.replace("sqrt(6.0", "sqrt(3.0"), "utf-8")
    file = read_sweep_file(tmp_path / FILE)
    place = place_in(local)
    (before,) = read_identity(place.client, find_sweep(place, "my-parts"))["plugins"].values()
    (now,) = file.config.plugins
    with pytest.raises(UserError, match=rf"  plugin my_parts.py: {before} -> {now.digest}\n"):
        run_sweep(file, options(local), Console(quiet=True))


def test_workers_of_ray_train_the_same(local, tmp_path):
    """They have neither the file nor its folder: the plugin's source was sent to them."""
    pytest.importorskip("ray")
    others = trained(tmp_path / "ray", "--executor", "ray", "--workers", "1")
    assert objectives(place_in(others)) == objectives(place_in(local))
    assert objectives(place_in(local))


def test_a_type_checker_accepts_the_example():
    command = [sys.executable, "-m", "mypy", "--strict", str(EXAMPLES / PLUGIN)]
    ended = subprocess.run(command, cwd=EXAMPLES.parents[2], capture_output=True, text=True,
                           timeout=500, check=False)  # fmt: skip
    assert ended.returncode == 0, ended.stdout
