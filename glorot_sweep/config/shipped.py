"""The sweep files that come with the package, and which file is meant by what was named.

`glorot_sweep/shipped` is a link to the project's folder `sweeps`; a wheel has the files themselves.
"""

import os
import re
from pathlib import Path

from glorot_sweep.config.yaml_text import naming
from glorot_sweep.host.caller import in_project
from glorot_sweep.host.folders import may_be_there

FOLDER = Path(__file__).parents[1] / "shipped"
ENDING = ".yaml"
FIRST_SENTENCE = re.compile(r"(.+?)(?:\.(?: [A-Z].*)?|:? *)$")


def shipped_sweeps() -> dict[str, Path]:
    """Return the sweep files that come with the package, by name, in alphabetical order."""
    return {path.stem: path for path in sorted(FOLDER.glob(f"*{ENDING}"))}


def find_sweep_file(given: Path) -> Path:
    """Return the sweep file that a path means.

    A relative path counts from the current folder, under `mlflow run` then from the project's. A
    bare name without a file means the file of that name that comes with the package.

    Args:
        given: the file need not exist; that is for whoever reads it to say.
    """
    found = in_project(given)
    # A folder of that name may be a report.
    is_file = may_be_there(found) and not os.path.isdir(found)
    return found if is_file else shipped_sweeps().get(str(given), given)


def first_sentence(text: str) -> str:
    r"""Return the first sentence of the comment that a sweep file begins with.

    Example:
        >>> first_sentence("# What it takes\n# in 2.5 hours (Sec. 2.1). And more.\nname: a\n")
        'What it takes in 2.5 hours (Sec. 2.1)'
    """
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    found = FIRST_SENTENCE.match(" ".join(lines))
    return found[1] if found else ""


def renamed(text: str, name: str) -> str:
    r"""Return the text of a sweep file under another name, everything else as it is.

    Example:
        >>> renamed("# old\nname: old  # short\nseed: 1\n", "new")
        '# old\nname: new  # short\nseed: 1\n'
    """
    return re.sub(r"^name: *[^\s#]+", naming(name), text, count=1, flags=re.MULTILINE)
