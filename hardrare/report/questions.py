"""The seven questions of a reader, each answered from the tables or said to be open."""

from hardrare.report.correlations import Correlations
from hardrare.report.groups import agree
from hardrare.report.nearest_free import near
from hardrare.report.question import Answer
from hardrare.report.seeds import seeds
from hardrare.report.stability import Stable
from hardrare.report.study import Study
from hardrare.report.ties import tied
from hardrare.report.verdicts import Verdict
from hardrare.report.within_class import within
from hardrare.report.wrong_labels import blind, finders


def questions(
    study: Study, table: Correlations, detections: list[Verdict], stable: list[Stable]
) -> list[Answer]:
    """All seven, in order; whichever scores the tables hold take part."""
    wrong = set(study.relabelled)
    label = study.images.label
    classes = len(set(label[label >= 0].tolist()))
    return [
        agree(table, {one.name: one.harder for one in study.scores}),
        near(table),
        tied(table, study.scores),
        within(table, classes),
        finders(table, detections, wrong),
        blind(detections, wrong),
        seeds(table, stable, len(label)),
    ]
