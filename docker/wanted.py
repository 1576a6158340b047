"""Print what pyproject.toml asks for, without the package itself, one requirement a line.

So the image installs dependencies in a layer that a change of the package does not rebuild.
"""

import sys
import tomllib
from pathlib import Path

if __name__ == "__main__":
    project = tomllib.loads(Path(sys.argv[1]).read_text())["project"]
    extras = [project["optional-dependencies"][extra] for extra in sys.argv[2:]]
    print(*project["dependencies"], *(line for extra in extras for line in extra), sep="\n")
