"""The ranking for people: the same rows as one Parquet and one CSV, keyed by file name."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from hardrare.tables import complete


def write_parquet_and_csv(parquet: Sequence[Path], csv: Path, table: pa.Table) -> None:
    """Write a ranking as Parquet and as CSV.

    `file_name` comes first; an absent value is null in Parquet and an empty cell in CSV.
    Equal tables give equal bytes.

    Args:
        parquet: the Parquet files to write; one is `metadata.parquet`, the name that Hugging
            Face's image-folder loader looks for.
        csv: the CSV file to write (UTF-8, comma, a header).
        table: the ranking.
    """
    first = ["file_name", "sample_id"]
    plain = table.select([*first, *(n for n in table.column_names if n not in first)])
    plain = plain.replace_schema_metadata(None)
    for path in parquet:
        with complete(path) as part:
            pyarrow.parquet.write_table(plain, part, compression="zstd")
    with complete(csv) as part:
        pyarrow.csv.write_csv(plain, part)
