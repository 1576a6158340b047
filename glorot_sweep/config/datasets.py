"""The data sets that a sweep file may name."""

import re

DATASETS = ("shapeset", "mnist", "cifar10", "small_imagenet")
REDUCED = re.compile(r"small_imagenet-\d+x\d+")  # fewer classes or images; see the builder
DATASET_NAME = r"^[a-z0-9][a-z0-9_-]{0,59}$"
