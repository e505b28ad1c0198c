"""What found each artefact, as sentences: every judgement is taken from the tables."""

from hardrare.numerics.intervals import widening
from hardrare.report.section import Finding
from hardrare.report.verdicts import Verdict
from hardrare.report.words import count, interval


def finding(verdict: Verdict) -> Finding:
    """Which score finds the artefact, and whether a pixel count does as well."""
    name = f"{verdict.title.capitalize()}"
    free, pixel, labelled = (verdict.best(group) for group in ("free", "pixels", "labelled"))
    size, said = len(verdict.different("free")), []
    if free:
        said.append(
            f"Of {count(size, 'score')} without labels (those that order the samples alike count "
            f"once), {free['score']} finds it best: AUROC "
            f"{_auroc(free)}{_turned(free)}, and {_residual(free)} once the pixel statistics are "
            f"accounted for."
        )
    if pixel:
        said.append(
            f"The best pixel statistic, {pixel['score'].partition('/')[2]}, has AUROC "
            f"{_auroc(pixel)}{_turned(pixel)}."
        )
    if free and pixel:
        said.append(_compare(free, pixel, size))
    if labelled:
        said.append(
            f"With labels, {labelled['score']} is best: {_auroc(labelled)}{_turned(labelled)}."
        )
    return Finding(name, said)


def _compare(free: dict, pixel: dict, size: int) -> str:
    """Whether the score tells more than chance and than the pixel statistic, by their intervals.

    The score is the best of `size`, so its interval is widened as Bonferroni asks.
    """
    wider = widening(size)
    low = free["telling"] - wider * (free["telling"] - _reach(free)[0])
    if low <= 0:
        return (
            f"So none is clearly better than chance, once it counts that the best of {size} was "
            "picked."
        )
    if free["telling"] <= pixel["telling"]:
        return "So one line of arithmetic on the pixels finds it at least as well."
    if low > _reach(pixel)[1]:
        return (
            "So the score tells more than the pixel statistic: their intervals do not overlap, "
            f"even widened for the choice among {size}."
        )
    return (
        "The score is ahead, but the intervals overlap once widened for the choice among "
        f"{size}: it may see no more than pixels do."
    )


def _reach(row: dict) -> tuple[float, float]:
    """The AUROC's interval as a distance from chance, in the direction that the row takes."""
    low, high = row["auroc_low"] - 0.5, row["auroc_high"] - 0.5
    return (-high, -low) if row["harder"] == "open" and row["auroc"] < 0.5 else (low, high)


def _turned(row: dict) -> str:
    """A remark for an open score whose low end is the changed one."""
    low = row["harder"] == "open" and row["auroc"] < 0.5
    return " (low values are the changed ones)" if low else ""


def _auroc(row: dict) -> str:
    return interval(row["auroc"], row["auroc_low"], row["auroc_high"])


def _residual(row: dict) -> str:
    return interval(row["residual_auroc"], row["residual_low"], row["residual_high"])
