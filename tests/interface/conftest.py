"""Fixtures of the tests of the Python interface."""

from sweep_fixtures import clean_process, dataset, place, stores

__all__ = ["clean_process", "dataset", "place", "stores"]
