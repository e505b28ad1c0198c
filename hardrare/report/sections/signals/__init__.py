"""The signals that a study takes only where asked, beside the best of the others."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import polars as pl

from hardrare.metrics import registry
from hardrare.report.drawing import Drawing
from hardrare.report.numbers import plain
from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.verdicts import Verdict, verdicts

OTHERS = 2  # scores without labels beside them


@cache
def signals() -> dict[str, str]:
    """What each metric tells that a study takes only where it asks for what it reads, by name."""
    return {
        known.name: known.signal + (" (low is harder)" if known.harder == "low" else "")
        for known in registry().values()
        if known.signal
    }


def _metric() -> pl.Expr:
    return pl.col("score").str.split("/").list.last()


def beside(verdict: Verdict) -> pl.DataFrame:
    """The rows of the signals and of the most telling others without labels, best first."""
    known = verdict.rows.filter((pl.col("group") == "free") & pl.col("auroc").is_finite())
    own = _metric().is_in(list(signals()))
    others = known.filter(~own).head(OTHERS)
    both = pl.concat([known.filter(own), others])
    return both.sort("telling", descending=True, maintain_order=True)


def _taken(study: Study) -> dict[str, str]:
    """The signals that the study took, and what they are."""
    names = {
        name.rpartition("/")[2]
        for verdict in study.once(verdicts)
        for name in verdict.rows["score"]
    }
    return {name: words for name, words in signals().items() if name in names}


def _tables(study: Study) -> Mapping[str, Any]:
    return {"signals": _taken(study)}


def _drawings(study: Study) -> Iterable[Drawing]:
    """A panel for each artefact; none where no signal was taken."""
    shown = study.once(verdicts) if _taken(study) else []
    return [_drawing(verdict) for verdict in shown]


def _drawing(verdict: Verdict) -> Drawing:
    rows, pixel = beside(verdict), verdict.best("pixels")
    own = rows.select(_metric().is_in(list(signals())))["score"].to_list()
    values = {
        "names": rows["score"].to_list(),
        "auroc": rows["auroc", "auroc_low", "auroc_high"].to_numpy(),
        "groups": ["second" if second else "free" for second in own],
        "baseline": (pixel["score"].partition("/")[2], pixel["auroc"]) if pixel else None,
        "title": verdict.title.capitalize(),
    }
    return Drawing(f"signals-{verdict.artefact}", "signals", "detection", values)


def _numbers(study: Study) -> Mapping[str, Any]:
    """AUROC of each signal for each artefact, by run and metric."""
    by_artefact = {}
    for verdict in study.once(verdicts):
        rows = verdict.rows.filter(_metric().is_in(list(signals())))
        by_artefact[verdict.artefact] = dict(
            zip(rows["score"], map(plain, rows["auroc"]), strict=True)
        )
    return {"signals": {name: rows for name, rows in by_artefact.items() if rows}}


SECTION = Section("Further signals", 85, _tables, _drawings, numbers=_numbers)
