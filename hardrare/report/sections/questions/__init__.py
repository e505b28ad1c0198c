"""The seven questions of a reader, each answered from the tables or said to be open."""

from collections.abc import Mapping
from typing import Any

from hardrare.report.correlations import Correlations, correlations
from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.sections.questions.groups import agree
from hardrare.report.sections.questions.nearest_free import near
from hardrare.report.sections.questions.question import Answer
from hardrare.report.sections.questions.seeds import seeds
from hardrare.report.sections.questions.ties import tied
from hardrare.report.sections.questions.within_class import within
from hardrare.report.sections.questions.wrong_labels import blind, finders
from hardrare.report.stability import Stable, stable_rows
from hardrare.report.verdicts import Verdict, verdicts


def questions(
    study: Study, table: Correlations, detections: list[Verdict], stable: list[Stable]
) -> list[Answer]:
    """All seven, in order; whichever scores the tables hold take part."""
    wrong = set(study.relabelled)
    label = study.images.label
    classes = len(set(label[label >= 0].tolist()))
    return [
        agree(table, {score.name: score.harder for score in study.scores}),
        near(table),
        tied(table, study.scores),
        within(table, classes),
        finders(table, detections, wrong),
        blind(detections, wrong),
        seeds(table, stable, len(label)),
    ]


def _tables(study: Study) -> Mapping[str, Any]:
    made = study.once(correlations), study.once(verdicts), study.once(stable_rows)
    return {"answers": questions(study, *made)}


SECTION = Section("Seven questions", 120, _tables)
