"""Overrules what a finished sweep has stored, and tells what is then doubted."""

from glorot_sweep.report.collect import collect
from glorot_sweep.tracking.runs import Point

ONE = "tanh-shapeset-seed1"  # its predictions are wrong in 42 % of the test examples


def log(writer, metric, value):
    """Overrule a metric, as anyone who may write to the store can."""
    writer.add([Point(metric, value, 100)])
    writer.flush()


def doubt(place):
    """The one doubt about the sweep."""
    (found,) = collect(place, "small").doubts
    return found
