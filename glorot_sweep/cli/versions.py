"""`--version`: this package, and the libraries that decide numbers or read what is stored."""

import platform
from importlib.metadata import PackageNotFoundError, version

import typer

from glorot_sweep.version import VERSION

LIBRARIES = ("torch", "pytorch-lightning", "numpy", "scipy", "mlflow", "optuna", "ray")


def version_lines() -> list[str]:
    """Return a line for each; nothing is imported."""
    return [
        f"glorot-sweep {VERSION}",
        f"Python {platform.python_version()}",
        *(f"{name} {_installed(name)}" for name in LIBRARIES),
    ]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"


def show_versions(wanted: bool) -> None:
    """Print the versions and end, if they are wanted."""
    if wanted:
        typer.echo("\n".join(version_lines()))
        raise typer.Exit
