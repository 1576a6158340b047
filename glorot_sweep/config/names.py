"""What names in a sweep file look like, as a pattern and in words."""

from glorot_sweep.parts.names import IN_WORDS as PART_IN_WORDS
from glorot_sweep.parts.names import PART_NAME

SWEEP_NAME = r"^[a-z0-9][a-z0-9_-]{0,39}$"
DATASET_NAME = r"^[a-z0-9][a-z0-9_-]{0,59}$"
COMMIT = r"^[0-9a-f]{7,64}$"

IN_WORDS = {
    SWEEP_NAME: "a name has 1 to 40 small letters a-z, digits, - and _, a letter or digit first",
    DATASET_NAME: "a name has 1 to 60 small letters a-z, digits, - and _, a letter or digit first",
    PART_NAME: PART_IN_WORDS,
    COMMIT: "it must be the commit of your repository that held this file before any of its "
    "results was seen, in 7 to 64 digits 0-9 and small letters a-f (`git log --oneline` shows "
    "them); leave the key out if there is none",
}
"""By pattern, for messages."""
