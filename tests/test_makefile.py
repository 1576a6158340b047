"""`make ui` on a port that somebody else has."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def make_ui(port):
    programs = Path(sys.executable).parent
    words = ["make", "-C", ROOT, "-o", ".venv/.ready", f"BIN={programs}", f"PORT={port}", "ui"]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("port", ["taken", "x"])
def test_a_port_that_cannot_be_had_is_named_with_the_way_out(port):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        named = taken.getsockname()[1] if port == "taken" else port
        ended = make_ui(named)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[0] == (
        f"port {named} of 127.0.0.1 is taken, or is none: stop what uses it, or name another "
        "(make ui PORT=5001)"
    )
