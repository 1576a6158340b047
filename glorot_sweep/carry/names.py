"""Names within a file (docs/export.md); none is ever changed, since older files have them."""

import re

MANIFEST = "manifest.json"
RUNS, STUDIES, MODELS = "runs.jsonl", "studies.jsonl", "models.jsonl"
MODELS_FILES = "models"  # a folder for each run
ARTIFACTS = "artifacts"  # a folder for each run
BESIDE = "beside"  # a folder with runs and artifacts of runs that are not the sweep's

# Of a member: relative, of plain characters, no part begins with a dot or is longer than tar's.
_PART = r"[A-Za-z0-9_~][\w.@+~=, -]{0,99}"
PATH = re.compile(rf"(?=.{{1,250}}\Z){_PART}(?:/{_PART})*", re.A)
