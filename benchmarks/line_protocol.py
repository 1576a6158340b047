"""How a benchmark talks to a peer in a process of its own: one line asks, one line answers.

The peer says `ready` once, then answers until its input ends:

* `setting NAME`: use it; `ok`
* `seconds S`: train for a slice of time; `trained MODEL_UPDATES SECONDS`
* `updates N`: train every network for N updates; `ok`
* `save FILE`: store all weights; `ok`

Nothing but the standard library is imported here: the peer's environment need not be this one.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Protocol


class Trainer(Protocol):
    """What answers."""

    def use_setting(self, name: str) -> None:
        """Train like this from now on."""

    def train_for(self, seconds: float) -> tuple[float, float]:
        """Return model-updates, and the seconds that they took."""

    def train_each(self, updates: int) -> None:
        """Train every network for so many updates."""

    def save(self, file: Path) -> None:
        """Store an array `<network>_<2 * layer>` of each weight, the next number of each bias."""


def serve(trainer: Trainer) -> None:
    """Answer until the input ends; whatever prints meanwhile must not print into the answers."""
    answers, sys.stdout = sys.stdout, sys.stderr
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        order, _, argument = line.rstrip("\n").partition(" ")
        answer = "ok"
        if order == "setting":
            trainer.use_setting(argument)
        elif order == "seconds":
            updates, seconds = trainer.train_for(float(argument))
            answer = f"trained {updates} {seconds}"
        elif order == "updates":
            trainer.train_each(int(argument))
        elif order == "save":
            trainer.save(Path(argument))
        else:
            raise ValueError(f"unknown order {line!r}")
        print(answer, file=answers, flush=True)


class PeerEndedError(Exception):
    """A peer's process has ended where an answer was due."""


class Child:
    """A peer's process, seen from the benchmark."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - see close
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            text=True, env=environment,
        )  # fmt: skip

    def say(self, line: str) -> None:
        """Send an order; several children may be given one before the first is asked back."""
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)

    def hear(self, expected: str) -> list[str]:
        """Wait for an answer; return what follows its first word.

        Raises:
            PeerEndedError: the process has ended; the message has the last line it wrote.
        """
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        if not words:
            self._errors.seek(0)
            last = (self._errors.read().strip().splitlines() or ["(it wrote nothing)"])[-1]
            raise PeerEndedError(f"exit code {self._process.wait()}: {last}")
        if words[0] != expected:
            raise ValueError(f"expected {expected!r}, got {words!r}")
        return words[1:]

    def close(self) -> None:
        """End its input, and wait until it has gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._errors.close()
