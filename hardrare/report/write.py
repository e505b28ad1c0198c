"""Everything the report writes besides its figures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from hardrare.report.drawing import Drawing
from hardrare.report.page import page
from hardrare.report.read import Study
from hardrare.report.sections import sections
from hardrare.tables import complete


def write(
    study: Study,
    drawn: Sequence[tuple[Drawing, str]],
    theme: Mapping[str, tuple[str, str]],
    page_path: Path,
    plots_folder: Path,
    metrics_path: Path,
) -> None:
    """Write the page, one CSV file for each plot, and the metrics.

    Args:
        study: the tables.
        drawn: every drawing of `plan` with its SVG element.
        theme: CSS variable of the figures to its light and its dark colour.
        page_path: the HTML file.
        plots_folder: where the CSV files go.
        metrics_path: the JSON file.
    """
    _text(page_path, page(study, drawn, theme))
    numbers: dict = {}
    for section in sections():
        for name, text in section.plots(study).items():
            _text(plots_folder / name, text)
        numbers |= section.numbers(study)
    _text(metrics_path, json.dumps(numbers, indent=2, allow_nan=False) + "\n")


def _text(path: Path, text: str) -> None:
    """Write UTF-8 with plain newlines; the file appears when it is complete."""
    with complete(path) as part:
        part.write_bytes(text.encode())
