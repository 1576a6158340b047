"""compose.yaml and the Dockerfile as plain values, read from the files themselves."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}")


def fill_in(text: str, variables: dict[str, str]) -> str:
    """Return the text with ${NAME} and ${NAME:-default} replaced, as compose does it."""
    return VARIABLE.sub(lambda found: variables.get(found[1], found[2] or ""), text)


def composition(**variables: str) -> dict[str, Any]:
    """Return compose.yaml with its variables filled in: the given ones, else their defaults."""
    return yaml.safe_load(fill_in((DOCKER / "compose.yaml").read_text(), variables))


def services(**variables: str) -> dict[str, dict[str, Any]]:
    """Return the services of compose.yaml by name."""
    return composition(**variables)["services"]


def instructions() -> list[tuple[str, str, str]]:
    """Return (stage, word, rest) for each instruction; '' stands before the first stage."""
    text = re.sub(r"\\\n", " ", (DOCKER / "Dockerfile").read_text())
    stage, found = "", []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, rest = line.split(None, 1)
        if word == "FROM":
            stage = rest.split()[-1]
        found.append((stage, word, rest))
    return found


def lineage(stage: str) -> list[str]:
    """Return a stage and the stages it is built from, itself last; the base image is left out."""
    parents = {name: rest.split()[0] for name, word, rest in instructions() if word == "FROM"}
    chain = [stage]
    while parents.get(chain[0]) in parents:
        chain.insert(0, parents[chain[0]])
    return chain


def image_environment(stage: str) -> dict[str, str]:
    """Return what ENV sets in a stage, PATH left out: it names a folder of the image."""
    lines = [
        rest for name, word, rest in instructions() if word == "ENV" and name in lineage(stage)
    ]
    pairs = [pair.split("=", 1) for line in lines for pair in line.split()]
    return {name: content for name, content in pairs if name != "PATH"}
