"""The evidence that the figures of the report are tested on."""

from report.figures.conftest import full

__all__ = ["full"]
