"""The page: contents become one HTML file with its style, its script and its images inside."""

import base64
import json
from collections import Counter
from importlib import resources
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

from hardrare.gallery.contents import Axis, Contents
from hardrare.tables import APPEARANCE, AXES, MISLABELED

LOOKS = (APPEARANCE, "pixels")  # scores of how an image looks
NAMED = 50  # left out files that are named for each reason
TOOK = '<span id="took"></span>'


def page(contents: Contents) -> str:
    """The HTML of some contents."""
    files = resources.files(__package__)
    style, script = ((files / f"page.{end}").read_text("utf-8") for end in ("css", "js"))
    made = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    reasons = Counter(one.kind for one in contents.skipped)
    return made.from_string((files / "page.html").read_text("utf-8")).render(
        contents=contents,
        n=len(contents.file_name),
        meaning=AXES | MISLABELED,
        looks=any(
            score.partition("/")[0] in LOOKS for axis in contents.axes for score in axis.scores
        ),
        skipped=[
            (kind, count, [one for one in contents.skipped if one.kind == kind][:NAMED])
            for kind, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        took=Markup(TOOK),
        style=Markup(style),
        script=Markup(script),
        data=Markup(_json(_data(contents))),
    )


def with_time(html: str, words: str) -> str:
    """A page that also says how long it took, for whoever may say so."""
    text = str(Markup.escape(words))
    return html.replace(TOOK, f'<span id="took">{text}</span>', 1)


def _data(contents: Contents) -> dict[str, Any]:
    """What the script reads: names as text, numbers packed, one entry for each shown sample."""
    shown = contents.shown
    at = {int(row): k for k, row in enumerate(shown)}
    return {
        "n": len(contents.file_name),
        "names": [contents.file_name[row] for row in shown],
        "thumbnails": [base64.b64encode(one).decode() for one in contents.thumbnails],
        "axes": [_axis(one, shown) for one in contents.axes],
        "kept": _packed([at.get(contents.kept.get(row, -1), -1) for row in at], "<i4"),
        "nearest": _packed([at.get(contents.nearest.get(row, -1), -1) for row in at], "<i4"),
        "notes": {name: [values[row] for row in shown] for name, values in contents.notes.items()},
        "maps": {
            name: {"across": one.across, "up": one.up, "xy": _packed(_scaled(one.where), "<u2")}
            for name, one in contents.places.items()
        },
    }


def _axis(one: Axis, shown: np.ndarray) -> dict[str, Any]:
    """One axis of the shown samples."""
    return {
        "name": one.name,
        "rank": _packed(one.rank[shown], "<i4"),
        "spread": _packed(one.spread[shown], "<f4"),
    }


def _scaled(where: np.ndarray) -> np.ndarray:
    """Coordinates `(M, 2)` in 0..65535, the axes each by itself."""
    low, high = where.min(axis=0), where.max(axis=0)
    return np.rint((where - low) / np.where(high > low, high - low, 1) * 65535)


def _packed(values: Any, kind: str) -> str:  # noqa: ANN401 - whatever NumPy takes
    """Numbers as base64 of their little-endian bytes."""
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()


def _json(data: dict[str, Any]) -> str:
    """JSON that may stand in a script element, whatever the file names hold."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
