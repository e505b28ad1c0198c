"""Contents as what the page's script reads: numbers packed, texts by their distinct values.

Pictures stand apart, in blocks of text that a browser reads after everything else and looks into
where a picture is seen; those that come first on an axis are in the first blocks.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hardrare.gallery.contents import Axis, Contents, Map

BLOCK = 128  # pictures


def data(contents: Contents) -> dict[str, Any]:
    """What the script reads, one entry for each of M shown samples."""
    shown = contents.shown
    at = {int(row): k for k, row in enumerate(shown)}
    names = [contents.file_name[row] for row in shown]
    return {
        "n": len(contents.file_name),
        "identity": hashlib.blake2b("\n".join(names).encode(), digest_size=8).hexdigest(),
        "names": names,
        "thumbnails": _pack(contents.thumbnails, order(contents)),
        "larger": _pack([contents.larger.get(k, b"") for k in range(len(shown))], order(contents)),
        "axes": [_axis(axis, shown) for axis in contents.axes],
        "group": packed(contents.group[shown], "<i4"),
        "kept": packed([at.get(contents.kept.get(row, -1), -1) for row in at], "<i4"),
        "nearest": packed([at.get(contents.nearest.get(row, -1), -1) for row in at], "<i4"),
        "elsewhere": _elsewhere(contents, at),
        "alike": {"each": contents.alike.shape[1], "rows": packed(contents.alike, "<i4")},
        "examples": {label: list(map(int, rows)) for label, rows in contents.examples.items()},
        "notes": {name: _coded([values[row] for row in shown])
                  for name, values in contents.notes.items()},
        "numbers": {name: packed(values[shown], "<f8")
                    for name, values in contents.numbers.items()},
        "scores": {name: packed(values, "<u1") for name, values in contents.scores.items()},
        "maps": {name: _map(drawn) for name, drawn in contents.places.items()},
        "heat": {
            axis: {"note": own.note, "side": own.warm.shape[1], "rows": packed(own.rows, "<i4"),
                   "warm": packed(own.warm, "<u1")}
            for axis, own in contents.heat.items()
        },
    }  # fmt: skip


def _elsewhere(contents: Contents, at: Mapping[int, int]) -> dict[int, str]:
    """Place of a shown sample to the file that it resembles most, where that is not shown."""
    near = ((k, contents.nearest.get(row)) for row, k in at.items())
    return {k: contents.file_name[row] for k, row in near if row is not None and row not in at}


def order(contents: Contents) -> np.ndarray:
    """Places `(M,)` of the shown samples, those that come first on any axis before."""
    best = np.min([axis.rank[contents.shown] for axis in contents.axes], axis=0)
    return np.argsort(best, kind="stable")


def blocks(contents: Contents) -> Iterator[tuple[str, str]]:
    """The pictures: the id of each block and its text."""
    there = [contents.larger.get(k, b"") for k in range(len(contents.shown))]
    for name, files in (("thumbnails", contents.thumbnails), ("larger", there)):
        ordered = [files[k] for k in order(contents)]
        while ordered and not ordered[-1]:
            ordered.pop()
        for start in range(0, len(ordered), BLOCK):
            block = ordered[start : start + BLOCK]
            yield f"{name}-{start // BLOCK}", "".join(base64.b64encode(o).decode() for o in block)


def script_json(values: Mapping[str, Any]) -> str:
    """JSON that may stand in a script element, whatever the file names hold."""
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def packed(values: Any, kind: str) -> str:  # noqa: ANN401 - whatever NumPy takes
    """Numbers as base64 of their little-endian bytes."""
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()


def _pack(files: Sequence[bytes], places: np.ndarray) -> dict[str, Any]:
    """Where to find each picture: its place in the order of the blocks, and all lengths there."""
    slot = np.empty(len(places), np.int64)
    slot[places] = np.arange(len(places))
    lengths = [4 * -(-len(files[k]) // 3) for k in places]
    return {"block": BLOCK, "slot": packed(slot, "<i4"), "lengths": packed(lengths, "<i4")}


def _axis(axis: Axis, shown: np.ndarray) -> dict[str, Any]:
    """One axis of the shown samples."""
    return {
        "name": axis.name,
        "marked": axis.marked,
        "rank": packed(axis.rank[shown], "<i4"),
        "spread": packed(axis.spread[shown], "<f4"),
        "member": packed(axis.member[shown], "<u1"),
    }


def _coded(values: Sequence[str | None]) -> dict[str, Any]:
    """Texts as their distinct values, and which of them each is, -1 = None."""
    words = sorted({word for word in values if word is not None})
    code_of = {None: -1} | {word: k for k, word in enumerate(words)}
    return {"words": words, "of": packed([code_of[value] for value in values], "<i4")}


def _map(drawn: Map) -> dict[str, Any]:
    """A map; coordinates in 0..65535, the axes each by itself."""
    low, high = drawn.where.min(axis=0), drawn.where.max(axis=0)
    scaled = np.rint((drawn.where - low) / np.where(high > low, high - low, 1) * 65535)
    rows, xy = packed(drawn.rows, "<i4"), packed(scaled, "<u2")
    return {"across": drawn.across, "up": drawn.up, "rows": rows, "xy": xy}
