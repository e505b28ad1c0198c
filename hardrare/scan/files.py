"""Files to go on with: what to keep, what to drop, and the scores beside the names."""

from pathlib import Path

from hardrare import tables
from hardrare.export import METADATA, write_metadata
from hardrare.scan.graph import path_of

KEEP, DROP = "keep.txt", "drop.txt"


def write_files(out: Path) -> None:
    """Write `keep.txt`, `drop.txt` (images that repeat an earlier one) and `metadata.parquet`.

    Args:
        out: a scan whose ranking is there.
    """
    ranking = tables.read(out / path_of("rank", "--ranking"), "ranking/1")
    names = ranking.column("file_name").to_pylist()
    repeats = tables.column(ranking, "is_duplicate").astype(bool)
    for file, dropped in ((KEEP, False), (DROP, True)):
        lines = [f"{name}\n" for name, one in zip(names, repeats, strict=True) if one == dropped]
        with tables.complete(out / file) as part:
            part.write_text("".join(lines), encoding="utf-8")
    write_metadata(out / METADATA, ranking)
