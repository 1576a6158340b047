"""Say which packages of an SBOM have a licence that licences.toml does not allow.

    python -m supply_chain.licences build/sbom.json

A licence must be allowed, or the package that has it be an exception; a package that names none
must be told. Whatever licences.toml names in vain is an error too, so that it stays true.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CLASSIFIER = "License :: OSI Approved :: "
RULES = Path(__file__).with_name("licences.toml")


def terms(component: dict[str, Any]) -> Iterator[str]:
    """Return each licence that a component declares, those of an expression one by one.

    Of `A OR B` both must be allowed: which of the two counts nobody has decided.
    """
    for entry in component.get("licenses", []):
        if "expression" in entry:
            yield from filter(None, re.split(r"\s+(?:AND|OR)\s+|[()]", entry["expression"]))
        else:
            licence = entry["license"]
            yield (licence.get("id") or licence["name"]).removeprefix(CLASSIFIER)


def failures(bom: dict[str, Any], rules: dict[str, dict[str, str]]) -> list[str]:
    """Return one line for each package that breaks a rule, and for each rule that is not needed."""
    allowed, told, exceptions = rules["allowed"], rules["told"], rules["exceptions"]
    used: set[str] = set()
    lines = []
    for component in bom["components"]:
        name = component["name"]
        found = list(terms(component))
        if name in told and not any(term in allowed for term in found):
            found = [told[name]]
            used.add(name)
        refused = [term for term in found if term not in allowed]
        if refused and name in exceptions:
            used.add(name)
        elif refused or not found:
            lines.append(
                f"{name} {component['version']}: {', '.join(refused) or 'no licence named'}"
            )
        used.update(found)
    needless = {*allowed, *told, *exceptions} - used
    return [
        *lines,
        *(f"licences.toml names {name}, which nothing needs" for name in sorted(needless)),
    ]


def main(file: Path) -> None:
    """Print how many packages were looked at, or exit with what is wrong."""
    bom = json.loads(file.read_text())
    if wrong := failures(bom, tomllib.loads(RULES.read_text())):
        sys.exit("licences:\n  " + "\n  ".join(wrong))
    print(f"licences: {len(bom['components'])} packages, each allowed by {RULES.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
