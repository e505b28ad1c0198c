"""What to label first: what each strategy is worth, where the labels are known."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from hardrare.report.drawing import Drawing
from hardrare.report.numbers import plain
from hardrare.report.read import Study
from hardrare.report.section import Finding, Section
from hardrare.report.sections.labelling.budgets import (
    judged,
    judges,
    said,
    strategies,
    strategy_name,
)
from hardrare.report.words import count, interval, number


def _tables(study: Study) -> Mapping[str, Any]:
    return {"labelling": labelling_tables(study)}


def labelling_drawings(study: Study) -> list[Drawing]:
    """Accuracy over the budgets, one panel for each judge."""
    drawn = []
    for judge, (name, _) in study.once(judges).items():
        budgets = judged(study, judge)
        if not budgets:
            continue
        curves = {
            strategy_name(study, judged.strategy): np.stack(
                [budget[i].accuracy for budget in budgets]
            )
            for i, judged in enumerate(budgets[0])
        }
        values = {
            "shares": [f"{100 * b[0].budget:g} %\n{b[0].labels:,}" for b in budgets],
            "curves": curves,
            "title": name[0].upper() + name[1:],
            "share": "images labelled: share, number",
            "quantity": "others named right, percent",
        }
        drawn.append(Drawing(f"labelling-{judge}", "labelling", "by_share", values, ""))
    return drawn


def labelling_tables(study: Study) -> dict[str, Any]:
    """What the section shows; empty where no true label is known."""
    table = study.frame("labelling", "labelling/1")
    if not len(table):
        return {}
    first = table.row(0, named=True)
    return {
        "objective": first["objective"],
        "judged": first["n"],
        "chance": number(100 * table["chance"].mean(), 1),
        "free": first["free"],
        "seeds": table["seed"].n_unique(),
        "draws": table["draw"].n_unique(),
        "strategies": list(study.once(strategies).values()),
        "judges": list(study.once(judges).values()),
        "tables": [(named[0], _table(study, judge)) for judge, named in study.once(judges).items()],
        "said": said(study),
    }


def labelling_findings(study: Study) -> list[Finding]:
    """`said`, for the list of main findings."""
    sentences = said(study)
    return [Finding("What to label first", sentences)] if sentences else []


def _table(study: Study, judge: str) -> dict[str, Any]:
    """One row a strategy, the best at the smallest budget first; its cells at each budget."""
    budgets = judged(study, judge)
    order = np.argsort([-judged.accuracy[0] for judged in budgets[0]], kind="stable")
    return {
        "budgets": [f"{100 * b[0].budget:g} % ({count(b[0].labels, 'label')})" for b in budgets],
        "rows": [
            (
                strategy_name(study, budgets[0][i].strategy),
                [
                    (
                        number(b[i].accuracy[0], 1),
                        interval(*b[i].difference, digits=1),
                        number(b[i].classes, 1),
                    )
                    for b in budgets
                ],
            )
            for i in order
        ],
    }


def _numbers(study: Study) -> Mapping[str, Any]:
    """Accuracy of each strategy by each judge at each number of labels."""
    numbers: dict[str, Any] = {}
    for judge in study.once(judges):
        for judgement in (row for budget in judged(study, judge) for row in budget):
            own = numbers.setdefault(judge, {}).setdefault(judgement.strategy, {})
            own[str(judgement.labels)] = plain(judgement.accuracy[0])
    return {"labelling": numbers}


SECTION = Section(
    "What to label first", 140, _tables, labelling_drawings, labelling_findings, _numbers
)
