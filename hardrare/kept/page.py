"""One page of a kept study, made of its tables alone: nothing is trained, no picture is shown."""

from importlib import resources
from pathlib import Path

import jinja2
import polars as pl
import yaml

from hardrare.errors import InputError
from hardrare.kept.figures import agreeing, finding, knowing, pruned, repeated
from hardrare.kept.scores import opened
from hardrare.report.words import breakable, number


def page(folder: Path) -> str:
    """The HTML of a kept study.

    Raises:
        InputError: the folder holds no kept study.
    """
    for name in ("scores.parquet", "samples.parquet"):
        if not (folder / name).is_file():
            raise InputError(f"{folder}: holds no {name}; name a folder that `hardrare.kept` made.")
    study, files = opened(folder), resources.files(__package__)
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(files)), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"number": number, "breakable": breakable}
    return made.get_template("page.html").render(
        name=folder.name, said=_said(folder), count=len(study.label),
        classes=len(set(study.label.tolist()) - {-1}),
        artefacts=study.counts(), runs=study.runs(),
        finding=finding(study), agreeing=agreeing(study), repeated=repeated(study),
        knowing=knowing(_table(folder, "representation")),
        pruned=pruned(_table(folder, "accuracy")),
    )  # fmt: skip


def _table(folder: Path, name: str) -> pl.DataFrame | None:
    file = folder / f"{name}.parquet"
    return pl.read_parquet(file) if file.is_file() else None


def _said(folder: Path) -> dict[str, str]:
    """What is known of how the study was made, in lines."""
    file = folder / "provenance.yaml"
    known = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else None
    return {str(key): _line(value) for key, value in (known or {}).items()}


def _line(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_line(held)}" for key, held in value.items())
    return ", ".join(map(_line, value)) if isinstance(value, list) else str(value)
