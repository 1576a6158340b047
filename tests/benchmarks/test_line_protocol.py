"""A peer in a process of its own: what it is told, what it answers, how it ends."""

import os
import sys

import pytest
from line_protocol import Child, PeerEndedError

TRAINER = """
import sys
sys.path.insert(0, {folder!r})
from line_protocol import serve

class Counting:
    name, done = "", 0
    def use_setting(self, name):
        print("a stray line")
        self.name = name
    def train_for(self, seconds):
        return 4.0, seconds
    def train_each(self, updates):
        self.done += updates
    def save(self, file):
        file.write_text(f"{{self.name}} {{self.done}}")

serve(Counting())
"""


def start(source: str) -> Child:
    return Child([sys.executable, "-c", source], dict(os.environ))


def test_orders_are_answered_one_by_one_and_prints_do_not_disturb(tmp_path):
    import line_protocol

    child = start(TRAINER.format(folder=os.path.dirname(line_protocol.__file__)))
    child.hear("ready")
    for order in ("setting fused", "updates 3", f"save {tmp_path / 'w'}"):
        child.say(order)
        child.hear("ok")
    child.say("seconds 0.5")
    assert child.hear("trained") == ["4.0", "0.5"]
    child.close()
    assert (tmp_path / "w").read_text() == "fused 3"


def test_a_peer_that_ends_gives_its_last_line():
    child = start("raise ImportError('no such peer')")
    with pytest.raises(PeerEndedError, match="exit code 1: ImportError: no such peer"):
        child.hear("ready")
    child.close()
