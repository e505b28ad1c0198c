"""Questions 5 and 6: who finds the wrong labels, and what scores without labels can know."""

from typing import Any

import numpy as np
import polars as pl

from hardrare.numerics.intervals import widening
from hardrare.report.correlations import Correlations
from hardrare.report.sections.questions.question import Answer, Table, apart, triple
from hardrare.report.verdicts import Verdict
from hardrare.report.words import count, number

FINDERS = "Which metrics find the wrong labels, and how surely?"
BLIND = "What can scores without labels know of wrong labels?"
SURE = 0.9
SHOWN = 6
HEAD = ["score", "AUROC", "beyond pixels", "AUPRC", "base rate", "harder end", "artefact"]
WHY = {
    "label_uniform": "Which images got a wrong label, and which label, was drawn without looking "
    "at the images, so nothing computed from images alone can expect more than 0.5: what it "
    "shows beyond is the luck of the draw.",
    "label_asymmetric": "Which images of a class got a wrong label was drawn without looking at "
    "them, so what is computed from images alone can at most know the classes that were confused.",
}
NOTHING = "No label was replaced in this study (inject.artefacts has no label noise), so "


def finders(table: Correlations, verdicts: list[Verdict], relabelled: set[str]) -> Answer:
    """The metrics with labels by how well they find each kind of wrong label."""
    judged = [verdict for verdict in verdicts if verdict.artefact in relabelled]
    if not judged:
        said = f"{NOTHING}nobody can say which metric would find one."
        return Answer("q-wrong", FINDERS, [said])
    names = {table.names[i] for i in table.references}
    said, rows, more = [], [], []
    for verdict in judged:
        known = _known(verdict, "labelled")
        chosen = known.filter(pl.col("score").is_in(list(names)))
        others = known.filter(~pl.col("score").is_in(list(names)))
        said += _found(verdict, chosen)
        rows += [_row(verdict, row) for row in chosen.iter_rows(named=True)]
        more += [_row(verdict, row) for row in others.iter_rows(named=True)]
    if not rows:
        return Answer("q-wrong", FINDERS, said)
    note = (
        "AUROC in the direction that each metric declares; where the direction is open, far below "
        "0.5 tells as much as far above. Compared with unchanged images."
    )
    title = f"The other {count(len(more), 'score')} of networks with labels"
    return Answer("q-wrong", FINDERS, said, note, Table(HEAD, rows, (5, 6), more, title))


def blind(verdicts: list[Verdict], relabelled: set[str]) -> Answer:
    """What the scores without labels, and the pixels, make of each kind of wrong label."""
    judged = [verdict for verdict in verdicts if verdict.artefact in relabelled]
    if not judged:
        said = f"{NOTHING}there is nothing that a score without labels could know."
        return Answer("q-blind", BLIND, [said])
    said, rows = [], []
    for verdict in judged:
        for group, words in (("free", "without labels"), ("pixels", "of pixels only")):
            known = _known(verdict, group)
            if len(known):
                said.append(_chance(verdict, known, words))
                far = (pl.col("auroc") - 0.5).abs()
                top = known.sort(far, "score", descending=[True, False], maintain_order=True)
                rows += [_row(verdict, row) for row in top.head(SHOWN).iter_rows(named=True)]
        said += [WHY[verdict.artefact]] if verdict.artefact in WHY else []
    note = f"Shown are the {SHOWN} of each kind that lie farthest from 0.5, either side."
    return Answer("q-blind", BLIND, said, note, Table(HEAD, rows, (5, 6)))


def _known(verdict: Verdict, group: str) -> pl.DataFrame:
    """The rows of a group with a defined AUROC, each order of the samples once, no control."""
    control = pl.col("score").str.ends_with("/random")
    return verdict.different(group).filter(pl.col("auroc").is_finite() & ~control)


def _found(verdict: Verdict, rows: pl.DataFrame) -> list[str]:
    """How many metrics find the wrong labels surely, and which does best."""
    name = verdict.title
    sizes = f"{verdict.positives:,} of {count(verdict.n, 'image')}"
    if not len(rows):
        return [f"No metric that only labels allow was judged for {name} ({sizes})."]
    sure = int((rows["auroc_low"] > SURE).sum())
    pairs = zip(rows["auroc_low"], rows["auroc_high"], strict=True)
    unsure = sum(not apart(low, high, 0.5) for low, high in pairs)
    best = rows.row(0, named=True)
    return [
        f"{name.capitalize()} ({sizes}): of {count(len(rows), 'metric')} that only labels allow, "
        f"{sure} {'has' if sure == 1 else 'have'} an AUROC whose whole interval is above {SURE}; "
        f"the interval of {unsure} holds 0.5. "
        f"Best after the fact: {best['score']}, {_auroc(best)}."
    ]


def _chance(verdict: Verdict, rows: pl.DataFrame, words: str) -> str:
    """How the AUROCs of a group lie about 0.5."""
    pairs = zip(rows["auroc_low"], rows["auroc_high"], strict=True)
    away = sum(apart(low, high, 0.5) for low, high in pairs)
    values = rows["auroc"].to_numpy()
    at = int(np.abs(values - 0.5).argmax())
    far, size = rows.row(at, named=True), len(rows)
    wider = widening(size)
    low, high = (
        far["auroc"] + wider * (far[end] - far["auroc"]) for end in ("auroc_low", "auroc_high")
    )
    return (
        f"{verdict.title.capitalize()}: {count(size, 'score')} {words} "
        f"{'has' if size == 1 else 'have'} "
        f"AUROC {number(values.min())} to {number(values.max())}, median "
        f"{number(float(np.median(values)))}; {away} of their intervals "
        f"{'leaves' if away == 1 else 'leave'} out 0.5 (chance alone: 5 %, which is "
        f"{number(0.05 * size, 1)}, but scores of one run go together). The farthest, "
        f"{far['score']}, has {_auroc(far)}; widened for the choice among {size}, its interval "
        f"{'leaves out' if apart(low, high, 0.5) else 'holds'} 0.5."
    )


def _auroc(row: dict[str, Any]) -> str:
    return triple((row["auroc"], row["auroc_low"], row["auroc_high"]))


def _row(verdict: Verdict, row: dict[str, Any]) -> list[str]:
    """A row of the detection table as cells."""
    beyond = triple((row["residual_auroc"], row["residual_low"], row["residual_high"]))
    last = [number(row["base_rate"]), row["harder"], verdict.title]
    return [row["score"], _auroc(row), beyond, number(row["auprc"]), *last]
