"""A page in a browser, at the width of a screen."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

WIDTHS = (320, 390, 768, 1280)
MEASURED = """return [
  inside.documentElement.scrollWidth,
  [...inside.images].filter((image) => !image.naturalWidth).length,
  inside.images.length + inside.querySelectorAll("svg").length,
];"""
BOTTOMS = """return Object.fromEntries(
  ["h1", ".lead:last-of-type", "figure > :first-child"].map((name) =>
    [name, inside.querySelector(name).getBoundingClientRect().bottom]));"""


def measured(page: str, tmp_path: Path, width: int) -> tuple[int, int, int]:
    """Return how wide a page becomes on a screen, and how many of its images are broken or there.

    Skips the test that asks where there is no browser.
    """
    wide, broken, images = told(page, tmp_path, width, MEASURED)
    return wide, broken, images


def bottoms(page: str, tmp_path: Path, width: int) -> dict[str, float]:
    """Return where question, answer and first picture end, in pixels from the top of the page."""
    return {name: float(end) for name, end in told(page, tmp_path, width, BOTTOMS).items()}


def told(page: str, tmp_path: Path, width: int, script: str) -> Any:
    """Return what a script says about a page on a screen.

    Args:
        page: as HTML.
        tmp_path: for the browser.
        width: of the screen.
        script: body of an asynchronous function of `inside`, the page's document, and `view`, its
            window; what it returns must be JSON.

    Skips the test that asks where there is no browser.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium on the PATH")
    frame = tmp_path / "frame.html"
    frame.write_text(
        f"""<!doctype html><iframe id="f" style="border:0;width:{width}px;height:900px"
        srcdoc="{html.escape(page)}"></iframe><pre id="out"></pre>
        <script>document.getElementById("f").onload = async (event) => {{
          const inside = event.target.contentDocument, view = event.target.contentWindow;
          const told = await (async () => {{ {script} }})().catch((error) => String(error));
          document.getElementById("out").textContent = `told=${{JSON.stringify(told)}}`;
        }};</script>""",
        encoding="utf-8",
    )
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000",
        "--window-size=1400,1000", "--dump-dom", frame.as_uri(),
    ]  # fmt: skip
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'<pre id="out">told=(.*?)</pre>', dom, re.DOTALL)
    assert found is not None
    return json.loads(html.unescape(found[1]))
