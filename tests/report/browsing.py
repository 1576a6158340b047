"""A page in a browser, at the width of a screen."""

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

WIDTHS = (320, 390, 768, 1280)


def measured(page: str, tmp_path: Path, width: int) -> tuple[int, int, int]:
    """Return how wide a page becomes on a screen, and how many of its images are broken or there.

    Skips the test that asks where there is no browser.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium on the PATH")
    frame = tmp_path / "frame.html"
    frame.write_text(
        f"""<!doctype html><iframe id="f" style="border:0;width:{width}px;height:900px"
        srcdoc="{html.escape(page)}"></iframe><pre id="out"></pre>
        <script>document.getElementById("f").onload = (event) => {{
          const inside = event.target.contentDocument;
          const broken = [...inside.images].filter((image) => !image.naturalWidth).length;
          document.getElementById("out").textContent =
            `wide=${{inside.documentElement.scrollWidth}} broken=${{broken}} ` +
            `images=${{inside.images.length}}`;
        }};</script>""",
        encoding="utf-8",
    )
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000",
        "--window-size=1400,1000", "--dump-dom", frame.as_uri(),
    ]  # fmt: skip
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r"wide=(\d+) broken=(\d+) images=(\d+)", dom)
    assert found is not None
    wide, broken, images = map(int, found.groups())
    return wide, broken, images
