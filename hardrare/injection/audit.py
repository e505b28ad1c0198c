"""Proof that injection did what its manifest says, by other code than did it.

Each artefact's formula stands beside it (`_formula`) and is no call of its function. What is
compared are the two tables as written and the manifest. Noise is drawn by chance, so its
moments are compared with those that they should have.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hardrare.injection._formula import Row
from hardrare.injection._registry import Recipe, recipes
from hardrare.tables import Images

BLOCK = 1024  # images compared at a time
COUNTS = ("absent", "unchanged", "label_errors", "same_class", "reused", "unlisted")


@dataclass(frozen=True)
class _Tables:
    """Both tables, where each `sample_id` stands in them, and what artefacts there are."""

    before: Images
    after: Images
    old: dict[int, int]
    new: dict[int, int]
    recipes: dict[str, Recipe]

    def known(self, row: Row, what: str) -> bool:
        """Whether the row's artefact is of a sort: thins, relabels, copies, exact."""
        recipe = self.recipes.get(row["artefact"])
        return recipe is not None and getattr(recipe, what)


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
    tables = _Tables(before, after, _places(before), _places(after), recipes())
    uses = Counter(i for row in rows for i in _sources(row))
    thinned = [row for row in rows if tables.known(row, "thins")]
    common = _not_rare(tables, thinned)
    table = []
    for name in sorted({row["artefact"] for row in rows}):
        mine = [row for row in rows if row["artefact"] == name]
        checks = [_check(tables, row, uses, common) for row in mine]
        sums = {c: sum(check[c] for check in checks) for c in COUNTS if c != "unlisted"}
        known = [check["deviation"] for check in checks if check["deviation"] is not None]
        allowed = tables.recipes[name].formula.allowed if name in tables.recipes else 0.0
        largest = {"deviation": max(known), "allowed": allowed} if known else {}
        table.append(_row(name, len(mine), **sums, **largest))
    listed = {row["sample_id"] for row in rows}
    rare = {row["label_before"] for row in thinned}
    others = sum(i not in listed for i in tables.new)
    return [*table, _row("none", others, unlisted=_unlisted(tables, listed, rare))]


def faults(table: Sequence[Row]) -> list[str]:
    """What is wrong in an audit, a phrase each; empty where all is as it should be."""
    counted = [f"{row['artefact']}: {row[c]} {c}" for row in table for c in COUNTS if row[c]]
    return counted + [
        f"{row['artefact']}: {row['deviation']:.3g} grey levels from its formula"
        for row in table
        if row["deviation"] is not None and not row["deviation"] <= row["allowed"]
    ]


def _row(artefact: str, n: int, **measured: float | None) -> Row:
    """A row of the audit; what is not found is 0 or None."""
    empty = {"artefact": artefact, "n": n, "deviation": None, "allowed": None}
    return empty | dict.fromkeys(COUNTS, 0) | measured


def _check(tables: _Tables, row: Row, uses: Counter[int], common: set[int]) -> Row:
    """The audit of one row of the manifest."""
    nothing = dict.fromkeys(COUNTS, 0) | {"deviation": None}
    if row["sample_id"] not in tables.new or any(i not in tables.old for i in _sources(row)):
        return nothing | {"absent": 1}
    row_at, sources = tables.new[row["sample_id"]], [tables.old[i] for i in _sources(row)]
    pixels, label = tables.after.image[row_at], int(tables.after.label[row_at])
    images = [tables.before.image[p] for p in sources]
    given = tables.before.label[sources].tolist()
    unchanged = any(np.array_equal(pixels, image) for image in images)
    if tables.known(row, "relabels"):
        unchanged = label == given[0]
    elif tables.known(row, "thins"):
        unchanged = given[0] in common
    elif tables.known(row, "copies"):
        idle = unchanged and not tables.known(row, "exact")
        unchanged = row["sample_id"] in tables.old or idle
    return nothing | {
        "unchanged": unchanged,
        "deviation": _deviation(tables, row, pixels, images),
        "label_errors": _label_wrong(tables, row, given[0], label),
        "same_class": len(given) == 2 and given[0] == given[1] >= 0,
        "reused": sum(uses[i] > 1 for i in _sources(row)),
    }


def _deviation(
    tables: _Tables, row: Row, pixels: np.ndarray, images: list[np.ndarray]
) -> float | None:
    """How far one sample lies from what it should be, in grey levels; see `audit`."""
    if row["artefact"] not in tables.recipes:
        return None
    a, b = images[0].astype(np.float64), images[-1].astype(np.float64)
    return tables.recipes[row["artefact"]].formula.deviation(a, b, pixels, row)


def _label_wrong(tables: _Tables, row: Row, given: int, label: int) -> bool:
    """Whether a row's labels are not those of the tables, or changed with the pixels."""
    noted = [-1 if row[c] is None else row[c] for c in ("label_before", "label_after")]
    return noted != [given, label] or (not tables.known(row, "relabels") and given != label)


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
