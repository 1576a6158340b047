"""The upper end of every number that a sweep file or the command line may give, with its reason.

Each lies far beyond what a sweep is for, and where everything below it still works: what is above
is a slip of the keyboard, or an attack, and is refused before anything is made.
"""

from typing import Final

MOST_UPDATES: Final = 100_000_000
"""A month of training at 40 updates per second; ten examples of each still have numbers."""

MOST_EXAMPLES: Final = 1 << 32
"""Updates times batch size: a training stream numbers its examples with 32 bits."""

MOST_TRIALS: Final = 10_000
"""Of a study: a proposal takes time in proportion to the trials before it."""

MOST_SEEDS: Final = 1_000
"""Replicates of a winner: an interval is narrow enough with a hundredth of them."""

MOST_SEEDS_LOOKED_AT: Final = 20
"""Replicates of a winner where they are added until it is decided: p-values that count every way to
deal their errors out take four times the memory and the time for every two more."""

MOST_VALUES: Final = 20
"""Of depth or width as a factor: each has all variants, with searches of its own."""

MOST_RUNS: Final = 100_000
"""Of a whole sweep: each is a run in MLflow, and the report reads all of them."""

MOST_POINTS: Final = 200
"""In a list of updates or learning rates: each is a measurement of every run, or a run."""

MOST_DATASETS: Final = 100
"""All data sets of a sweep are held in memory."""

LARGEST_DEPTH: Final = 100
"""Hidden layers; the paper has 5, and each has statistics of its own at every look."""

LARGEST_WIDTH: Final = 16_384
"""Units of a hidden layer: the weights between two such layers take 1 GiB."""

LARGEST_BATCH: Final = 1_000
"""Examples of an update: a hundred updates are prepared at once, 0.3 GB of colour images."""

LARGEST_RATE: Final = 1e6
"""Step sizes and dampings: in float32 a larger one leaves nothing of a weight."""

SMALLEST_RATE: Final = 1e-12
"""Likewise: a smaller step moves no weight of float32, and a smaller damping damps nothing."""

LARGEST_SWEEP_SEED: Final = (1 << 53) - 1
"""The last whole number that every reader of JSON keeps exactly."""

MOST_IMAGES: Final = 10_000_000
"""Training images that are asked for: all of them are held in memory."""

MOST_PROBED: Final = 300
"""Examples of a probe (Sec. 3), on which layers are looked at."""

MOST_THREADS: Final = 256
"""Of a process; PyTorch crashes where the system refuses it one."""

MOST_WORKERS: Final = 1_024
"""Of Ray: each is a process that imports PyTorch."""

LARGEST_PACK: Final = 10_000
"""Trials of a pack: no more than a study has."""

SMALLEST_SHARE: Final = 0.01
"""Of a GPU: a hundred processes on one."""

LONGEST_HANG: Final = 2_592_000.0
"""Seconds: thirty days."""

MOST_MEMORY: Final = 1e6
"""GB: a petabyte."""
