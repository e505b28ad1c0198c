"""Proof that injection did what its manifest says, by other code than did it.

The formulas stand here a second time on purpose, on real numbers and without
rounding: an audit that called the artefacts' own functions would agree with any
mistake in them. What is compared are the two tables as written and the manifest.
Noise is drawn by chance, so its moments are compared with those that they should have.
"""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image
from scipy.ndimage import gaussian_filter

from hardrare.injection._noise import noise_deviation
from hardrare.tables import COPY, Images

Row = dict[str, Any]
LABELS = ("label_uniform", "label_asymmetric")
RARITY = "long_tail"
ROUNDING = 0.5 + 1e-6  # grey levels: half a level of rounding, and float64's own
BLOCK = 1024  # images compared at a time
COUNTS = ("absent", "unchanged", "label_errors", "same_class", "reused", "unlisted")


@dataclass(frozen=True)
class _Tables:
    """Both tables, and where each `sample_id` stands in them."""

    before: Images
    after: Images
    old: dict[int, int]
    new: dict[int, int]


def _weighted(a: np.ndarray, b: np.ndarray, row: Row) -> np.ndarray:
    return row["strength"] * a + (1 - row["strength"]) * b


def _matched(a: np.ndarray, b: np.ndarray, row: Row) -> np.ndarray:
    mixed = _weighted(a, b, row)
    spread = np.sqrt(np.mean((mixed - np.mean(mixed)) ** 2))
    target = _weighted(np.std(a), np.std(b), row)
    gain = 1.0 if spread <= 1e-6 else target / spread
    return np.clip(gain * mixed + (1 - gain) * np.mean(mixed), 0, 255)


def _pasted(a: np.ndarray, b: np.ndarray | float, row: Row) -> np.ndarray:
    top, left, height, width = row["box"]
    y, x = np.mgrid[: a.shape[0], : a.shape[1]]
    inside = (y >= top) & (y < top + height) & (x >= left) & (x < left + width)
    return np.where(inside[..., None], b, a)


def _moved(a: np.ndarray, row: Row) -> list[np.ndarray]:
    """The four ways in which a copy may have been moved."""
    by = round(row["strength"])
    wide = np.pad(a, ((by, by), (by, by), (0, 0)), mode="edge")
    corners = ((by, 0), (by, 2 * by), (0, by), (2 * by, by))
    return [wide[y : y + a.shape[0], x : x + a.shape[1]] for y, x in corners]


def _reencoded(a: np.ndarray, row: Row) -> np.ndarray:
    """By the one encoder that there is: it shows that this image went through it, no more."""
    file = io.BytesIO()
    Image.fromarray(np.squeeze(a.astype(np.uint8))).save(
        file, format="JPEG", quality=round(row["strength"])
    )
    return np.array(Image.open(file), np.float64).reshape(a.shape)


# artefact: (real-valued formula of base, partner and row, allowed deviation in grey levels)
_FORMULAS: dict[str, tuple[Callable[..., np.ndarray], float]] = {
    "average": (_weighted, ROUNDING),
    "contrast_matched": (_matched, ROUNDING),
    "maximum": (lambda a, b, _: np.where(a < b, b, a), 0.0),
    "cutmix": (_pasted, 0.0),
    "occlusion": (lambda a, _, row: _pasted(a, 127.0, row), 0.0),
    "blur": (lambda a, _, row: gaussian_filter(a, (row["strength"],) * 2 + (0,)), ROUNDING),
    f"{COPY}_brightness": (lambda a, _, row: (a + row["strength"]).clip(0, 255), ROUNDING),
    f"{COPY}_jpeg": (lambda a, _, row: _reencoded(a, row), 0.0),
    **dict.fromkeys((COPY, *LABELS, RARITY), (lambda a, *_: a, 0.0)),
}


def audit(before: Images, after: Images, manifest: pa.Table) -> list[Row]:
    """What holds of each artefact, one row each, and a last one for all other samples.

    Args:
        before: the images as they came.
        after: the images with artefacts, as read back.
        manifest: the table "manifest/1" that belongs to `after`.

    Returns:
        Rows with

        - `artefact`: its name; `none` for the samples that the manifest does not name;
        - `n`: samples;
        - `absent`: rows that name a sample which the tables do not hold (then all else
          of such a row is skipped);
        - `unchanged`: samples that equal their base or partner, label artefacts whose
          label did not change, samples of a rare class that is not as rare as it says,
          copies that are no new sample (an exact copy does equal its base);
        - `deviation`, `allowed`: largest distance of a pixel from the formula, in grey
          levels. For `gaussian_noise`, which no manifest can replay: how far an image's
          mean change or root-mean-square change, the worse of the two, lies outside 6
          standard errors of what is expected of its own pixels at this strength, after
          rounding and clipping; 0 inside. None where nothing can be recomputed;
        - `label_errors`: labels that differ from the manifest's, or that an artefact of
          pixels changed;
        - `same_class`: mixes of two images of one known class;
        - `reused`: bases and partners that another row uses, too;
        - `unlisted`: samples that changed, came or vanished without being named.
    """
    rows = manifest.to_pylist()
    tables = _Tables(before, after, _places(before), _places(after))
    uses = Counter(i for row in rows for i in _sources(row))
    common = _not_rare(tables, [row for row in rows if row["artefact"] == RARITY])
    table = []
    for name in sorted({row["artefact"] for row in rows}):
        mine = [row for row in rows if row["artefact"] == name]
        checks = [_check(tables, row, uses, common) for row in mine]
        sums = {c: sum(check[c] for check in checks) for c in COUNTS if c != "unlisted"}
        known = [check["deviation"] for check in checks if check["deviation"] is not None]
        allowed = _FORMULAS[name][1] if name in _FORMULAS else 0.0
        largest = {"deviation": max(known), "allowed": allowed} if known else {}
        table.append(_row(name, len(mine), **sums, **largest))
    listed = {row["sample_id"] for row in rows}
    thinned = {row["label_before"] for row in rows if row["artefact"] == RARITY}
    others = sum(i not in listed for i in tables.new)
    return [*table, _row("none", others, unlisted=_unlisted(tables, listed, thinned))]


def faults(table: Sequence[Row]) -> list[str]:
    """What is wrong in an audit, a phrase each; empty where all is as it should be."""
    found = [f"{row['artefact']}: {row[c]} {c}" for row in table for c in COUNTS if row[c]]
    return found + [
        f"{row['artefact']}: {row['deviation']:.3g} grey levels from its formula"
        for row in table
        if row["deviation"] is not None and not row["deviation"] <= row["allowed"]
    ]


def _row(artefact: str, n: int, **found: float | None) -> Row:
    """A row of the audit; what is not found is 0 or None."""
    empty = {"artefact": artefact, "n": n, "deviation": None, "allowed": None}
    return empty | dict.fromkeys(COUNTS, 0) | found


def _check(tables: _Tables, row: Row, uses: Counter[int], common: set[int]) -> Row:
    """The audit of one row of the manifest."""
    nothing = dict.fromkeys(COUNTS, 0) | {"deviation": None}
    if row["sample_id"] not in tables.new or any(i not in tables.old for i in _sources(row)):
        return nothing | {"absent": 1}
    place, sources = tables.new[row["sample_id"]], [tables.old[i] for i in _sources(row)]
    pixels, label = tables.after.image[place], int(tables.after.label[place])
    images = [tables.before.image[p] for p in sources]
    given = tables.before.label[sources].tolist()
    unchanged = any(np.array_equal(pixels, image) for image in images)
    if row["artefact"] in LABELS:
        unchanged = label == given[0]
    elif row["artefact"] == RARITY:
        unchanged = given[0] in common
    elif row["artefact"].startswith(COPY):
        unchanged = row["sample_id"] in tables.old or (unchanged and row["artefact"] != COPY)
    return nothing | {
        "unchanged": unchanged,
        "deviation": _deviation(row, pixels, images),
        "label_errors": _label_wrong(row, given[0], label),
        "same_class": len(given) == 2 and given[0] == given[1] >= 0,
        "reused": sum(uses[i] > 1 for i in _sources(row)),
    }


def _deviation(row: Row, pixels: np.ndarray, images: list[np.ndarray]) -> float | None:
    """How far one sample lies from what it should be, in grey levels; see `audit`."""
    a, b = images[0].astype(np.float64), images[-1].astype(np.float64)
    if row["artefact"] in _FORMULAS:
        return float(np.abs(pixels - _FORMULAS[row["artefact"]][0](a, b, row)).max())
    if row["artefact"] == f"{COPY}_shift":
        return min(float(np.abs(pixels - moved).max()) for moved in _moved(a, row))
    if row["artefact"] == "gaussian_noise":
        return noise_deviation(images[0], pixels, row["strength"])
    return None


def _label_wrong(row: Row, given: int, label: int) -> bool:
    """Whether a row's labels are not those of the tables, or changed with the pixels."""
    noted = [-1 if row[c] is None else row[c] for c in ("label_before", "label_after")]
    return noted != [given, label] or (row["artefact"] not in LABELS and given != label)


def _not_rare(tables: _Tables, rows: list[Row]) -> set[int]:
    """Classes said to be rare that did not keep as many samples as they should, all named."""
    strengths = {row["label_before"]: row["strength"] for row in rows}
    named = Counter(row["label_before"] for row in rows)
    common = set()
    for label, strength in strengths.items():
        ids = tables.before.sample_id[tables.before.label == label].tolist()
        left = sum(i in tables.new for i in ids)
        if not left == named[label] == max(1, round(strength * len(ids))) < len(ids):
            common.add(label)
    return common


def _unlisted(tables: _Tables, listed: set[int], thinned: set[int]) -> int:
    """Samples that changed, came or vanished without being in the manifest."""
    before, after, old, new = tables.before, tables.after, tables.old, tables.new
    came = sum(i not in old and i not in listed for i in new)
    gone = [p for i, p in old.items() if i not in new]
    vanished = sum(int(before.label[p]) not in thinned for p in gone)
    pairs = [(p, new[i]) for i, p in old.items() if i in new and i not in listed]
    changed = 0
    for start in range(0, len(pairs), BLOCK):
        p, q = np.array(pairs[start : start + BLOCK]).T
        same = (before.image[p] == after.image[q]).all(axis=(1, 2, 3))
        same &= before.label[p] == after.label[q]
        same &= [before.file_name[i] == after.file_name[j] for i, j in zip(p, q, strict=True)]
        changed += int((~same).sum())
    return came + vanished + changed


def _places(images: Images) -> dict[int, int]:
    """Where each `sample_id` stands."""
    return {int(i): p for p, i in enumerate(images.sample_id)}


def _sources(row: Row) -> list[int]:
    """The ids that a row was made of."""
    return [i for i in (row["base_id"], row["partner_id"]) if i is not None]
