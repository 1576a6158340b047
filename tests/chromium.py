"""A browser that stays open: page after page is opened in it, and read once it is there.

It is spoken to through the two pipes of Chromium's option --remote-debugging-pipe: JSON, ended by
a zero byte.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import pytest

SECONDS = 90.0  # for a page on a busy machine


class Chromium:
    """Started by `with`; skips the test that asks where there is no browser.

    Args:
        folder: for its profile.
        width, height: of its screen, in pixels.
    """

    def __init__(self, folder: Path, width: int = 1280, height: int = 1400) -> None:
        self.folder, self.size = folder, f"{width},{height}"
        self._number = 0
        self._rest = b""

    def __enter__(self) -> Self:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if program is None:
            pytest.skip("needs Chromium on the PATH")
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        command = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
            "--disable-background-networking", "--disable-sync", "--no-first-run",
            f"--user-data-dir={self.folder / 'profile'}", f"--window-size={self.size}",
            "about:blank",
        ]  # fmt: skip
        words = " ".join(f"'{word}'" for word in command)
        redirected = f"exec {words} 3<&{theirs_in} 4>&{theirs_out}"
        self._process = subprocess.Popen(
            ["bash", "-c", redirected], pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        pages = self._ask("Target.getTargets")["targetInfos"]
        page = next(one["targetId"] for one in pages if one["type"] == "page")
        attached = self._ask("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def text_of(self, address: str, *wanted: str, seconds: float = SECONDS) -> str:
        """Open a page and return the text on it once it has all that is wanted.

        After the time it is returned as it is.
        """
        self._ask("Page.navigate", self._session, url=address)
        deadline = time.monotonic() + seconds
        while True:
            text = str(self.value_of("document.body ? document.body.innerText : ''"))
            if all(part in text for part in wanted) or time.monotonic() > deadline:
                return text
            time.sleep(0.2)

    def value_of(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page."""
        answer = self._ask(
            "Runtime.evaluate", self._session, expression=expression, returnByValue=True
        )
        return answer["result"].get("value")

    def show_as(self, width: int, media: str = "screen", height: int = 900) -> None:
        """Show pages at a width from now on, on a `screen` or as they are printed (`print`)."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", self._session, **size)
        self._ask("Emulation.setEmulatedMedia", self._session, media=media)

    def picture(self) -> bytes:
        """Return the page as PNG."""
        import base64

        answer = self._ask("Page.captureScreenshot", self._session)
        return base64.b64decode(answer["data"])

    def _ask(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        if session:
            asked["sessionId"] = session
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while True:
            message = json.loads(self._next())
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    def _next(self) -> bytes:
        while b"\0" not in self._rest:
            read = os.read(self._in, 1 << 16)
            assert read, "the browser has ended"
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        return message
