"""The page: contents become one HTML file with its style, its script and its images inside."""

from collections import Counter
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jinja2
from markupsafe import Markup

from hardrare.gallery.contents import Contents
from hardrare.gallery.packed import blocks, data, script_json
from hardrare.tables import APPEARANCE, meanings

LOOKS = (APPEARANCE, "pixels")  # scores of how an image looks
NAMED = 50  # left out files that are named for each reason
# The script, by concern; each file reads only what those before it define.
SCRIPTS = ("data", "elements", "pictures", "decisions", "csv", "proposals", "cards", "feed",
           "large", "maps", "keys", "main")  # fmt: skip
OPEN, CLOSE = '<script type="application/json" id="scan">', "</script>"


def page(contents: Contents) -> str:
    """The HTML of some contents."""
    files = resources.files(__package__)
    script = "\n".join((files / "script" / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    made = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    reasons = Counter(row.kind for row in contents.skipped)
    return made.from_string((files / "page.html").read_text("utf-8")).render(
        contents=contents,
        n=len(contents.file_name),
        meaning=meanings({axis.name: axis.scores for axis in contents.axes}),
        opening=next((axis.name for axis in contents.axes if axis.marked), contents.axes[0].name),
        labelled=any(axis.name == "mislabeled" for axis in contents.axes),
        severe=[axis.name for axis in contents.axes if all("/defect_" in s for s in axis.scores)],
        looks=any(
            score.partition("/")[0] in LOOKS for axis in contents.axes for score in axis.scores
        ),
        skipped=[
            (kind, count, [row for row in contents.skipped if row.kind == kind][:NAMED])
            for kind, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        several=contents.several,
        style=Markup((files / "page.css").read_text("utf-8")),
        script=Markup(script),
        scan=Markup(f"{OPEN}{{}}{CLOSE}"),
        data=Markup(script_json(data(contents))),
        blocks=((name, Markup(text)) for name, text in blocks(contents)),
    )


def with_scan(html: str, known: Mapping[str, Any]) -> str:
    """A page that also says what a scan knows beside its tables.

    Args:
        html: a page, or one that this function made.
        known: `took`, `changed` and `labels`, what is taken as such, in words; `source`, where the
            files lie, relative to the page; `page`, where itself lies, see `place_hash`;
            `identity`, by which a browser keeps decisions;
            `decided`, file name to decision, label, axis and note of what was decided before;
            `proposed`, file name to a label, how sure that is (0..1) and how many of three judges
            name it.
    """
    start = html.index(OPEN) + len(OPEN)
    end = html.index(CLOSE, start)
    return html[:start] + script_json(known) + html[end:]


def place_hash(page: Path) -> int:
    """A hash of where a page lies (FNV-1a, 32 bits), by which its script knows that it still does.

    The path itself would tell everyone who gets the page how folders are called where it was made.
    """
    value = 0x811C9DC5
    for byte in unquote_to_bytes(page.resolve().as_uri().removeprefix("file://")):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value
