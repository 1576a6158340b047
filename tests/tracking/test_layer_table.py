"""Layer statistics on the server and back."""

import numpy as np
import pytest

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.tracking.layer_table import (
    layer_frame,
    layer_points,
    read_layers,
    write_layers,
)
from glorot_sweep.tracking.records import ArtifactError, read_curve
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.names import Artifact

ROWS = [
    LayerStatistics(0, "activation", 1, 30, 0.1, 0.5, p98=0.9, saturation=0.0,
                    histogram_low=-1.0, histogram_high=1.0, histogram=(0.25, 0.75)),
    LayerStatistics(0, "weight_gradient", 1, 30, 0.0, 0.01),
    LayerStatistics(0, "weight_gradient", 2, 30, 0.0, 0.1),
    LayerStatistics(0, "weight", 1, 60, 0.0, 0.3, fan_in=6, fan_out=10),
    LayerStatistics(7, "activation", 1, 30, 0.2, 0.6, p98=0.95, saturation=0.1),
]  # fmt: skip


@pytest.fixture
def writer(place):
    return RunStore(place.client, place.experiment_id).create("one", {})


def test_curves_are_those_of_hidden_layers_a_statistic_a_section(writer, place):
    writer.add(layer_points(ROWS))
    writer.flush()
    keys = set(place.client.get_run(writer.run_id).data.metrics)
    assert keys == {
        "activation_mean/layer_1", "activation_std/layer_1", "activation_p98/layer_1",
        "saturation/layer_1", "weight_gradient_std/layer_1",
    }  # fmt: skip
    assert read_curve(place.client, writer.run_id, "activation_std/layer_1") == {0: 0.5, 7: 0.6}


def test_a_table_comes_back_as_it_was_written(writer, place):
    write_layers(writer, layer_frame(ROWS))
    back = read_layers(place.client, writer.run_id)
    assert len(back) == len(ROWS)
    for row, (_, found) in zip(ROWS, back.iterrows(), strict=True):
        assert (found["update"], found["quantity"], found["layer"]) == (
            row.update, row.quantity, row.layer,
        )  # fmt: skip
        for name in ("mean", "std", "p98", "saturation", "fan_in"):
            expected = getattr(row, name)
            if expected is None:
                assert np.isnan(found[name])
            else:
                assert found[name] == expected
    assert list(back["histogram"][0]) == [0.25, 0.75]
    assert back["histogram"][1] is None


def test_further_columns_stand_beside(writer, place):
    write_layers(writer, layer_frame(ROWS, [{"seed": number} for number in range(5)]))
    assert read_layers(place.client, writer.run_id)["seed"].tolist() == [0, 1, 2, 3, 4]


def test_no_rows_are_a_table_without_rows():
    empty = layer_frame([])
    assert len(empty) == 0
    assert "std" in empty


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "missing or unreadable"), (b"", "missing or unreadable"), (b"PAR1xx", "unreadable")],
)
def test_a_table_that_cannot_be_read_says_so(writer, place, content, reason):
    if content is not None:
        writer.files({Artifact.LAYERS: content})
    with pytest.raises(ArtifactError, match=reason):
        read_layers(place.client, writer.run_id)


def test_a_table_of_something_else_is_refused(writer, place):
    writer.frame(layer_frame(ROWS).drop(columns=["std", "mean"]), Artifact.LAYERS)
    with pytest.raises(ArtifactError, match="lacks the columns mean, std"):
        read_layers(place.client, writer.run_id)
