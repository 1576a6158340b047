"""A file of arrays comes back as it went, or is refused: whatever bit of it is damaged."""

import contextlib
import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.tracking.array_file import array_file, arrays_in

ARRAYS = {
    "predictions": np.arange(40, dtype=np.uint8) % 9,
    "weight_0": np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3),
    "turned": np.asfortranarray(np.arange(6, dtype=np.float64).reshape(2, 3)),
    "scalar": np.array(7, dtype=np.int64),
    "is_wrong": np.array([True, False]),
    "empty": np.zeros((0, 5), np.float32),
}
CONTENT = array_file(**ARRAYS)


def assert_same(found, wanted=ARRAYS):
    assert list(found) == list(wanted)
    for name, array in wanted.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert np.array_equal(found[name], array)


def test_arrays_come_back_as_they_went_and_can_be_written_to():
    found = arrays_in(CONTENT)
    assert_same(found)
    assert all(array.flags.writeable for array in found.values())


def test_numpy_reads_the_same():
    with np.load(io.BytesIO(CONTENT)) as found:
        assert_same(dict(found))


@pytest.mark.slow
def test_whatever_bit_is_flipped_nothing_changes_or_the_file_is_refused():
    two = {name: ARRAYS[name] for name in ("predictions", "is_wrong")}
    content, refused = array_file(**two), 0
    for bit in range(8 * len(content)):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            found = arrays_in(bytes(damaged))
        except ValueError:
            refused += 1
        else:
            assert_same(found, two)
    assert refused > 0.7 * 8 * len(content)  # the rest: dates and such


@given(st.binary(max_size=60), st.integers(0, len(CONTENT)), st.integers(0, 60))
def test_a_torn_or_overwritten_file_is_refused_in_one_way(piece, start, gone):
    with contextlib.suppress(ValueError):
        arrays_in(CONTENT[:start] + piece + CONTENT[start + gone :])


def with_header(header):
    """A file whose one array has this header, and a checksum that fits."""
    length = len(header).to_bytes(2, "little")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + length + header + b"\x00" * 4)
    return whole.getvalue()


def test_the_header_that_the_damaged_ones_differ_from_is_read():
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (4,), } \n"
    assert arrays_in(with_header(header))["x"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"{'descr': '|u1', 'fortran_order': False, 'shape': (5,), } \n", "its shape"),
        (b"{'descr': '|u1', 'fortran_order': False, 'shape': (999999999999,), }\n", "its shape"),
        (b"{'descr': '|O', 'fortran_order': False, 'shape': (4,), } \n", "no array of numbers"),
        (b"{'descr': '<f3', 'fortran_order': False, 'shape': (4,), } \n", "no array of numbers"),
        (b"{'descr': '<b4', 'fortran_order': False, 'shape': (1,), } \n", "no array of numbers"),
        (b"{'descr': '<f1', 'fortran_order': False, 'shape': (4,), } \n", "no array of numbers"),
        (b"{'descr': '|u1', 'shape': (4,), } \n", "no array of numbers"),
        (b"(((((((\n", "no array of numbers"),
        (b"'''\n", "no array of numbers"),
    ],
)
def test_a_header_is_not_believed(header, reason):
    with pytest.raises(ValueError, match=reason):
        arrays_in(with_header(header))


def test_a_bomb_is_refused_before_it_is_unpacked():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", b"\x00" * 10_000_000)
    with pytest.raises(ValueError, match=r"x\.npy is not stored as it is"):
        arrays_in(whole.getvalue())
