"""Sweeps over activation, initialization, depth and learning rate, tracked in MLflow.

The experiments of X. Glorot and Y. Bengio, "Understanding the difficulty of training deep
feedforward neural networks", AISTATS 2010, run as packs of networks trained in lockstep.
"""

import os

__version__ = "0.1.0"

# Threads of OpenMP that wait for one another spin, by default for milliseconds. That is lost time
# for whatever else runs on the machine, and once two processes do it to each other both become
# many times slower. Too short a spin costs a quiet machine its speed, where waking a thread is
# slow. docs/performance-notes.md has what was measured. Read when torch is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "30000")
