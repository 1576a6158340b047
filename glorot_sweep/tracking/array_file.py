"""Named arrays as one .npz file, read without trust in what it says of itself.

`numpy.load` reads the header of an array before the checksum behind it, and evaluates the header:
a damaged one ends in whatever Python's tokenizer raises, or asks for any amount of memory.
"""

import io
import math
import re
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

SUFFIX = ".npy"
MAGIC = b"\x93NUMPY\x01\x00"  # of the version that is written for headers of everyday length
HEADER = re.compile(
    rb"\{'descr': '(\|[biu]1|[<>][iuf][248])', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,12}, ?)*\d{0,12})\), \} *\n"
)
ENCRYPTED = 0x1  # of a zip entry's flags


def array_file(**arrays: NDArray[Any]) -> bytes:
    """Return arrays as the content of a file; the same arrays give the same bytes."""
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def arrays_in(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by their names: numbers and truth values, nothing else.

    Raises:
        ValueError: it is no such file, or it is damaged.

    Example:
        >>> arrays_in(array_file(classes=np.array([3, 1], np.uint8)))
        {'classes': array([3, 1], dtype=uint8)}
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = {entry.filename: _entry(archive, entry, len(content))
                       for entry in archive.infolist()}  # fmt: skip
    # What zipfile raises for a damaged directory; of what it cannot do: a RuntimeError.
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError) as error:
        raise ValueError(str(error) or type(error).__name__) from error
    return {name.removesuffix(SUFFIX): _array(name, entry) for name, entry in entries.items()}


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int) -> bytes:
    """Return what stands under a name, once its checksum has been compared."""
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & ENCRYPTED:
        raise ValueError(f"{entry.filename} is not stored as it is")
    if entry.comment or entry.extra:  # none is written; a damaged length swallows other entries
        raise ValueError(f"{entry.filename} has a note of {len(entry.comment + entry.extra)} bytes")
    if entry.file_size > size:
        raise ValueError(f"{entry.filename} is larger than the file that it is in")
    return archive.read(entry)


def _array(name: str, content: bytes) -> NDArray[Any]:
    start = len(MAGIC) + 2
    end = start + int.from_bytes(content[len(MAGIC) : start], "little")
    header = HEADER.fullmatch(content[start:end])
    if not content.startswith(MAGIC) or header is None:
        raise ValueError(f"{name} is no array of numbers")
    dtype = np.dtype(header[1].decode())
    shape = tuple(int(size) for size in header[3].split(b",") if size.strip())
    if math.prod(shape) * dtype.itemsize != len(content) - end:
        raise ValueError(f"{name} does not have the values that its shape {shape} needs")
    order = "F" if header[2] == b"True" else "C"
    flat = np.frombuffer(content, dtype, offset=end)
    return flat.reshape(shape, order=order).copy(order="K")  # type: ignore[call-overload,no-any-return]
