"""What to label first: accuracy of each strategy over the budgets, paired with random labels."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from hardrare.numerics.intervals import t_interval
from hardrare.report.read import Study
from hardrare.report.words import count, interval, listed, number

HEADLINE = "linear_probe"


@dataclass(frozen=True)
class Judged:
    """One strategy at one budget by one judge: percent, and percentage points to random.

    `accuracy` and `difference` are `(3,)`: mean over splits and pretraining seeds, and the
    ends of its 95 % t-interval. The splits overlap, so it is the corrected one, with the
    samples that judge over those that may be labelled as the `overlap` of `t_interval`.
    `difference` is paired split by split and seed by seed, NaN for `random`. `widened` is
    its lower end as the best of all strategies.
    """

    strategy: str
    budget: float
    labels: int
    classes: float  # among the labels, mean
    accuracy: np.ndarray
    difference: np.ndarray
    widened: float


def judged(study: Study, judge: str) -> list[list[Judged]]:
    """One list for each budget, ascending; each strategy in the order of the table."""
    table = study.frame("labelling", "labelling/1").filter(pl.col("judge") == judge)
    budgets = table["budget"].unique().sort().to_list()
    strategies = table["strategy"].unique(maintain_order=True).to_list()
    return [
        [_judged(table.filter(pl.col("budget") == budget), s, len(strategies)) for s in strategies]
        for budget in budgets
    ]


def _judged(table: pl.DataFrame, strategy: str, strategies: int) -> Judged:
    """Of one judge and budget, one strategy."""
    keys = ["seed", "draw"]
    own = table.filter(pl.col("strategy") == strategy).sort(keys)
    random = table.filter(pl.col("strategy") == "random").select(*keys, other="accuracy")
    paired = own.join(random, on=keys).sort(keys)
    difference = 100 * (paired["accuracy"] - paired["other"]).to_numpy().astype(float)
    difference = difference if strategy != "random" else np.empty(0)
    overlap = own["n"][0] / own["free"][0]
    return Judged(
        strategy=strategy,
        budget=own["budget"][0],
        labels=own["labels"][0],
        classes=float(own["classes"].mean()),
        accuracy=t_interval(100 * own["accuracy"].to_numpy().astype(float), overlap=overlap),
        difference=t_interval(difference, overlap=overlap),
        widened=float(t_interval(difference, max(strategies - 1, 1), overlap)[1]),
    )


def said(study: Study) -> list[str]:
    """What came out by the linear probe, in sentences."""
    budgets = judged(study, HEADLINE)
    if not budgets:
        return []
    sentences = [
        _best(study, budget)
        for budget in (budgets if len(budgets) == 1 else [budgets[0], budgets[-1]])
    ]
    worse = [
        strategy_name(study, judged.strategy)
        for i, judged in enumerate(budgets[0])
        if all(budget[i].difference[2] < 0 for budget in budgets)
    ]
    if worse:
        which = "at every budget" if len(budgets) > 1 else "there"
        sentences.append(f"Clearly worse than random {which}: {listed(worse)}.")
    return [sentence for sentence in sentences if sentence]


def _best(study: Study, budget: list[Judged]) -> str:
    """The best strategy at one budget, against random."""
    random = next((judged for judged in budget if judged.strategy == "random"), None)
    others = [judged for judged in budget if judged.strategy != "random"]
    if random is None or not others:
        return ""
    best = max(others, key=lambda judged: judged.accuracy[0])
    start = (
        f"With {count(best.labels, 'label')} ({100 * best.budget:g} %), labelling "
        f"{strategy_name(study, best.strategy)} first does best: "
        f"{number(best.accuracy[0], 0)} % of the other images named right, "
        f"random labels {number(random.accuracy[0], 0)} %"
    )
    points = f"{interval(*best.difference, digits=1)} percentage points"
    if best.widened > 0:
        return f"{start}; {points} more, clear even though picked as the best of {len(others)}."
    if np.isfinite(best.widened):
        picked = f"not clear once it was picked as the best of {len(others)}"
        return f"{start}; {points} of difference, {picked}."
    return f"{start}; one split and one seed cannot say whether by chance."


def strategy_name(study: Study, strategy: str) -> str:
    """What the page calls it."""
    return study.once(strategies).get(strategy, (strategy, ""))[0]


def strategies(study: Study) -> dict[str, tuple[str, str]]:
    """Each strategy of the table to its title and what it chooses, in the table's order."""
    return _titled(study, "strategies", "strategy")


def judges(study: Study) -> dict[str, tuple[str, str]]:
    """Each judge of the table to its title and what it does, in the table's order."""
    return _titled(study, "judges", "judge")


def _titled(study: Study, part: str, column: str) -> dict[str, tuple[str, str]]:
    names = study.frame("labelling", "labelling/1")[column].unique(maintain_order=True)
    said = study.words("labelling", "labelling/1").get(part, {})
    return {name: tuple(said.get(name, (name.replace("_", " "), ""))) for name in names}
