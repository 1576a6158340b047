"""`make ui` on a port that somebody else has, and on a free one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from glorot_sweep.tracking.place import Place

ROOT = Path(__file__).parents[1]


def make_ui(port, programs=Path(sys.executable).parent, **environment):
    words = ["make", "-C", ROOT, "-o", ".venv/.ready", f"BIN={programs}", f"PORT={port}", "ui"]
    return subprocess.run(
        words, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip


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


PLACE = Place(None, "sqlite:///mlflow.db", "7")
LINES = PLACE.ui_lines(PLACE.sweeps_page)
STORES = {
    "with sweeps": (LINES, f"http://127.0.0.1:5001/{PLACE.sweeps_page}"),
    "empty": ([], ""),
}


@pytest.mark.parametrize(("lines", "link"), STORES.values(), ids=STORES)
def test_the_link_to_the_sweeps_is_shown_before_the_server_starts(tmp_path, lines, link):
    (tmp_path / "listed").write_text("\n".join(("| a table", *lines, "")))
    for name, script in {
        "python": f'if [ "$3" = list ]; then cat {tmp_path}/listed; fi',
        "mlflow": 'echo "mlflow $*"',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    ended = make_ui(5001, tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert ended.returncode == 0, ended.stderr
    shown = [line for line in ended.stdout.splitlines() if line.startswith(("The", "mlflow"))]
    assert shown[-1].startswith("mlflow server --workers 1 --port 5001 ")
    assert len(shown) == 1 + bool(link)
    assert link in shown[0]
