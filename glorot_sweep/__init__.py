"""Sweeps over activation, initialization, depth and learning rate, tracked in MLflow.

The experiments of X. Glorot and Y. Bengio, "Understanding the difficulty of training deep
feedforward neural networks", AISTATS 2010, run as packs of networks trained in lockstep.
"""

__version__ = "0.1.0"
