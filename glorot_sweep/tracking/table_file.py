"""Tables as one .parquet file: written by pandas, read by what the file's own columns are."""

import io

import pandas as pd
from pyarrow.lib import ArrowException
from pyarrow.parquet import read_table


def table_file(table: pd.DataFrame) -> bytes:
    """Return a table as the content of a file."""
    content: bytes = table.to_parquet(None, index=False, compression="zstd")
    return content


def table_in(content: bytes) -> pd.DataFrame:
    """Return the table of a file.

    What pandas has noted beside the columns is not used: it says nothing that they do not, and a
    damaged note ends in whatever its reader raises.

    Raises:
        ValueError: it is no such file, or it is damaged.
    """
    try:
        read = read_table(io.BytesIO(content), use_threads=False)  # type: ignore[no-untyped-call]
        read.validate(full=True)  # texts that are none end in an error when they are looked at
        table: pd.DataFrame = read.replace_schema_metadata().to_pandas()
    except (ArrowException, OSError) as error:
        raise ValueError(str(error) or type(error).__name__) from error
    return table
