"""Makes the stores that later versions must still read: `python tests/stores/make.py`.

Run with the version whose stores are wanted, in an empty folder whose path says nothing about a
machine (`/srv/glorot_sweep`). Three archives come out of it:

* `finished`: a sweep that ran through, with its report (its pictures and page left out), an
  initialization study and a support vector machine;
* `stopped`: the same sweep after SIGTERM in its replicates, with a checkpoint;
* `killed`: the same sweep after kill -9 in its search, with a checkpoint and runs left RUNNING.
"""

import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

SWEEP = """\
name: micro
seed: 7
datasets: [shapeset]
variants: [tanh, sigmoid]
network: {width: 4, batch_size: 10}
search:
  trials: 2
  generation: 2
  learning_rate: {low: 0.01, high: 0.5}
  depth: {low: 1, high: 2}
  updates: 300
  rungs: [100]
  table_depth: 2
  pruner: {kind: none}
replicates: {seeds: 2, updates: 400, evaluations: [100]}
monitored: {updates: 100, learning_rates: [0.05]}
execution: {pack_size: 8, threads: 1}
"""
ENDED = """\
import os, signal, sys
from glorot_sweep.cli.app import main
from glorot_sweep.sweep.progress import SweepProgress

phase, updates, signum = sys.argv.pop(1), int(sys.argv.pop(1)), int(sys.argv.pop(1))
real = SweepProgress.advance

def advance(self, updates_now):
    real(self, updates_now)
    if self._phase == phase and self._trained >= updates:
        os.kill(os.getpid(), signum)

SweepProgress.advance = advance
main()
"""
LEFT_OUT = (".lock", ".png", ".svg", ".html")
# Phase, model-updates done in it, signal. A checkpoint was written 200 updates before.
ENDS = {
    "stopped": ("replicates", 8 * 200, signal.SIGTERM),
    "killed": ("search", 4 * 200, signal.SIGKILL),
}


def main() -> None:
    """Make the three stores and their archives in the current folder."""
    for name in ("finished", *ENDS):
        folder = Path.cwd() / name
        folder.mkdir()
        (folder / "micro.yaml").write_text(SWEEP, encoding="utf-8")
        run = [sys.executable, "-m", "glorot_sweep"]
        if name in ENDS:
            phase, updates, signum = ENDS[name]
            ended = subprocess.run(
                [sys.executable, "-c", ENDED, phase, str(updates), str(int(signum)), "sweep",
                 "micro.yaml"],
                cwd=folder, check=False,
            )  # fmt: skip
            print(name, "ended with", ended.returncode)
        else:
            subprocess.run([*run, "sweep", "micro.yaml"], cwd=folder, check=True)
            small = ["--width", "8", "--draws", "1", "--examples", "1"]
            subprocess.run([*run, "init-study", *small], cwd=folder, check=True)
            few = ["--examples", "200", "--tuning-examples", "100", "--trials", "2"]
            subprocess.run([*run, "svm", *few], cwd=folder, check=True)
        with tarfile.open(f"{name}.tar.xz", "w:xz", preset=9) as archive:
            archive.add(folder, name, filter=_anonymous)
        print(name, os.path.getsize(f"{name}.tar.xz"), "bytes")


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return None if entry.name.endswith(LEFT_OUT) else entry


if __name__ == "__main__":
    main()
