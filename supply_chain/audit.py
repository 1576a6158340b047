"""Ask the advisory databases about every locked package, and say how many they knew.

    python -m supply_chain.audit build/tools/bin/pip-audit requirements.txt docker/locked/*.txt

Exits with 1 if a package has a known vulnerability. A database that cannot be had, or that knows
none of the packages, fails nothing: the reason is printed, and nothing more claimed.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from supply_chain.pins import pins

SERVICES = ("pypi", "osv")
SECONDS = 300  # for one database; each request has 15


def asked(program: str, service: str, requirements: Path) -> dict[str, Any] | str:
    """Return pip-audit's report, or why there is none."""
    command = [
        program, "--vulnerability-service", service, "--timeout", "15", "--format", "json",
        "--progress-spinner", "off", "--no-deps", "--disable-pip", "--requirement", requirements,
    ]  # fmt: skip
    try:
        result = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {SECONDS} s"
    if result.stdout.strip():
        report: dict[str, Any] = json.loads(result.stdout)
        return report
    return (result.stderr.strip().splitlines() or [f"exit code {result.returncode}"])[-1]


def vulnerable(report: dict[str, Any]) -> list[str]:
    """Return one line for each advisory of a report."""
    return [
        f"{one['name']} {one['version']}: {', '.join([flaw['id'], *flaw['aliases']])}, "
        f"fixed in {', '.join(flaw['fix_versions']) or 'no version'}"
        for one in report["dependencies"]
        for flaw in one.get("vulns", [])
    ]


def said(service: str, answer: dict[str, Any] | str) -> str:
    """Return a line on how far a database was of use."""
    if isinstance(answer, str):
        return f"audit by {service}: NOT AUDITED, its database cannot be had here: {answer}"
    packages = answer["dependencies"]
    skipped = [one["skip_reason"] for one in packages if "skip_reason" in one]
    known = f"{len(packages) - len(skipped)} of {len(packages)} packages audited"
    line = (
        f"audit by {service}: {known if len(skipped) < len(packages) else f'NOT AUDITED, {known}'}"
    )
    return f"{line}; of the others, for example: {skipped[0]}" if skipped else line


def main(program: str, *locks: str) -> None:
    """Ask each database, print what came of it, and fail if anything was found."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        found = pins(map(Path, locks))
        requirements.write_text("".join(f"{name}=={found[name]}\n" for name in sorted(found)))
        answers = {service: asked(program, service, requirements) for service in SERVICES}
    for service, answer in answers.items():
        print(said(service, answer))
    reports = [answer for answer in answers.values() if not isinstance(answer, str)]
    if flaws := sorted({line for report in reports for line in vulnerable(report)}):
        sys.exit("known vulnerabilities:\n  " + "\n  ".join(flaws))


if __name__ == "__main__":
    main(*sys.argv[1:])
