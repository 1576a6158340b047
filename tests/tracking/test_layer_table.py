"""Layer statistics on the server and back."""

import numpy as np
import pytest

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.tracking.layer_table import (
    complaints,
    layer_frame,
    layer_points,
    read_layers,
    write_layers,
)
from glorot_sweep.tracking.records import ArtifactError, read_curve
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.names import Artifact
from glorot_sweep.tracking.table_file import table_file, table_in

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


def put(place, writer, table):
    writer.frame(table, Artifact.LAYERS)
    writer.flush()
    return lambda: read_layers(place.client, writer.run_id)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("layer", [0.5] * 5, "has a column layer that is not of whole numbers"),
        ("layer", [-1] * 5, "has a column layer that is not of whole numbers"),
        ("update", ["0"] * 5, "has a column update that is not of whole numbers"),
        ("mean", ["much"] * 5, "has a column mean that is not of numbers"),
        ("quantity", ["weight"] * 4 + ["weigth"], "has a column quantity that is not of"),
        ("quantity", [1] * 5, "has a column quantity that is not of"),
        ("histogram", [["x"]] * 5, "has a column histogram that is not of lists of numbers"),
        ("spectrum", [3.0] * 5, "has a column spectrum that is not of lists of numbers"),
    ],
)
def test_a_table_with_a_column_of_another_kind_is_refused_by_name(
    place, writer, column, values, said
):
    read = put(place, writer, layer_frame(ROWS).assign(**{column: values}))
    with pytest.raises(ArtifactError, match=f"of the run {writer.run_id} {said}"):
        read()


@pytest.mark.slow
def test_a_file_without_a_digest_and_with_a_flipped_bit_is_read_or_refused():
    """The rest of the bits: a number is another, which a digest alone can tell."""
    content, refused = table_file(layer_frame(ROWS)), 0
    for at in range(0, len(content), 67):
        damaged = bytearray(content)
        damaged[at] ^= 1 << at % 8
        try:
            refused += next(complaints(table_in(bytes(damaged))), "") != ""
        except ValueError:
            refused += 1
    assert refused > 0


def test_a_text_that_is_none_is_refused():
    content = table_file(layer_frame(ROWS))
    damaged = content.replace(b"weight_gradient", b"weight_gra\xffient")
    assert damaged != content
    with pytest.raises(ValueError, match="UTF8"):
        table_in(damaged)
