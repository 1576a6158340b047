"""A sweep file to begin with: a question of one's own about one's own images."""

import zlib

from glorot_sweep.config.yaml_text import naming

LARGEST = 1_000_000  # of a seed that a person may want to read

TEMPLATE = """\
# {name}: which variant makes fewer errors on my images?
#   glorot-sweep validate {file}   says what it would train, and what is wrong with it
#   glorot-sweep plan {file}       how long that takes here
#   glorot-sweep sweep {file}      trains it (Ctrl-C stops it, the same command goes on), reports it
{naming}
seed: {seed}   # of all that is random: another number is another observation
paper: none    # the report answers this question alone
datasets: [images]
image_folders:   # beside this file: images/<class>/<any name>.jpg or .png; test images are drawn
  images: {{path: images, resize: 32, color: rgb}}
variants: [tanh_n, relu_he]       # `glorot-sweep variants` lists them all
comparisons: [[tanh_n, relu_he]]  # tested, since named before any result is seen
network: {{width: 100, batch_size: 10}}
search:
  trials: 4        # for each variant and seed; the best one is trained again with that seed
  generation: 4    # asked together
  learning_rate: {{low: 0.001, high: 0.3}}
  depth: {{low: 4, high: 4}}         # hidden layers; replicates: {{depths: [2, 3, 4]}} takes each
replicates: {{seeds: 5, updates: 5000, evaluations: [500, 1000, 2000, 3500]}}
"""


def template(name: str, file: str) -> str:
    """Return the text of a sweep file for a question of one's own.

    Args:
        name: of the sweep; its seed follows from it, so that sweeps of two names share no streams.
        file: that it is written to.
    """
    seed = zlib.crc32(name.encode()) % LARGEST
    return TEMPLATE.format(name=name, naming=naming(name), file=file, seed=seed)
