"""Refuse an SBOM that is not that of the lock: it is read off an environment.

python -m supply_chain.complete build/sbom.json requirements.txt
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from supply_chain.pins import normal, pins

# pip comes with Python, and torch pins CUDA's packages exactly.
EXEMPT = re.compile(r"pip|nvidia-.*|cuda-.*|triton")


def differences(bom: dict[str, Any], lock: dict[str, str]) -> list[str]:
    """Return what is in one of them alone; +cpu and +cu130 are builds, not versions."""
    found = {normal(one["name"]): one["version"].partition("+")[0] for one in bom["components"]}
    names = sorted(name for name in found.keys() | lock.keys() if not EXEMPT.fullmatch(name))
    return [
        f"{name}: {found.get(name, 'absent')} (locked: {lock.get(name, 'not at all')})"
        for name in names
        if found.get(name) != lock.get(name)
    ]


def main(file: Path, lock: Path) -> None:
    """Print how many packages the SBOM names, or exit with what differs."""
    bom = json.loads(file.read_text())
    if wrong := differences(bom, pins([lock])):
        sys.exit(f"{file} is not that of {lock}:\n  " + "\n  ".join(wrong))
    print(f"{file}: CycloneDX {bom['specVersion']}, {len(bom['components'])} packages, as locked")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
