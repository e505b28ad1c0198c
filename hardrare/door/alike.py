"""Whether two kept studies are of the same images, told by all that is kept of them.

A study knows its images by number, so the numbers of two sets of images agree and mean nothing.
"""

from collections.abc import Collection
from pathlib import Path

import polars as pl
import yaml

from hardrare.errors import InputError

SAMPLES, PARAMS = "samples.parquet", "params.yaml"
SAME = ("label", "artefact", "base_id")  # of a sample
CHOSEN = ("dataset", "seed")  # of `prepare`


def refuse_other_images(folders: tuple[Path, Path]) -> None:
    """Refuse two kept studies whose samples, or where they are from, differ.

    Raises:
        InputError: they do, or one holds no samples that could be compared.
    """
    first, second = folders
    prepared = [_prepared(folder) for folder in folders]
    for name in CHOSEN:
        values = [part[name] for part in prepared if name in part]
        if len(values) == 2 and values[0] != values[1]:
            told = f"their prepare.{name} is {values[0]} and {values[1]}"
            raise InputError(f"{first} and {second} are of other images ({told}); name two alike.")
    samples = [_samples(folder) for folder in folders]
    both = samples[0].join(samples[1], on="sample_id", suffix=" 2")
    for name in SAME:
        if count := both.select(pl.col(name).ne_missing(pl.col(f"{name} 2")).sum()).item():
            told = f"{name} differs for {count:,} of {len(both):,} numbers that both have"
            raise InputError(f"{first} and {second} are of other images ({told}); name two alike.")


def _samples(folder: Path) -> pl.DataFrame:
    file = folder / SAMPLES
    if not file.is_file():
        raise InputError(f"{folder}: holds no {SAMPLES}; name two scans or two kept studies.")
    table = opened(file, ("sample_id", *SAME))
    return table.select("sample_id", *(pl.col(name).cast(pl.String) for name in SAME))


def opened(file: Path, columns: Collection[str] = ()) -> pl.DataFrame:
    """A table of a scan or a study.

    Raises:
        InputError: it is none, or lacks a column.
    """
    try:
        table = pl.read_parquet(file)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{file}: cannot be read ({reason}); make it anew.") from None
    if lacking := [name for name in columns if name not in table.columns]:
        raise InputError(f"{file}: has no column {lacking[0]}; name two scans or kept studies.")
    return table


def _prepared(folder: Path) -> dict:
    """The section `prepare` of the study's parameters, empty where there is none."""
    file = folder / PARAMS
    try:
        tree = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else None
    except (ValueError, yaml.YAMLError):
        raise InputError(f"{file}: is no YAML; put back the file of the study.") from None
    part = tree.get("prepare") if isinstance(tree, dict) else None
    return part if isinstance(part, dict) else {}
