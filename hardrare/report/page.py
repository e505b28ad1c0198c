"""The page: a study and its drawn figures become one HTML file that loads nothing."""

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from hardrare.report import rows
from hardrare.report.arms import Arm
from hardrare.report.attribution import carriers, together
from hardrare.report.correlations import correlations
from hardrare.report.drawing import Drawing
from hardrare.report.findings import findings
from hardrare.report.forgotten import forgotten
from hardrare.report.injected import audited, found_by_axes, seen_by_pixels
from hardrare.report.labelling import labelling_findings, labelling_tables
from hardrare.report.map_rows import map_tables
from hardrare.report.questions import questions
from hardrare.report.representation import chances, knowledge, represented
from hardrare.report.reviews import reviews
from hardrare.report.stability import Stable
from hardrare.report.study import Study
from hardrare.report.summaries import methods, summarised
from hardrare.report.sweep import sweep_table
from hardrare.report.training import endings
from hardrare.report.verdicts import TABLE_ROWS, Verdict
from hardrare.report.words import (
    NOTES,
    RUNS,
    arm_name,
    artefact_name,
    breakable,
    count,
    interval,
    listed,
    number,
)
from hardrare.tables import AXES

FILTERS = {
    "arm_name": arm_name,
    "artefact_name": artefact_name,
    "number": number,
    "listed": listed,
    "breakable": breakable,
}


def page(
    study: Study,
    drawn: Sequence[tuple[Drawing, str]],
    detections: list[Verdict],
    stable: list[Stable],
    pruned: list[Arm],
    theme: Mapping[str, tuple[str, str]],
) -> str:
    """The report as HTML.

    Args:
        study: the tables.
        drawn: every drawing of `drawings.plan` with its SVG element.
        detections: of `verdicts.verdicts`.
        stable: of `stability.stable_rows`.
        pruned: of `arms.arms`.
        theme: CSS variable of the figures to its light and its dark colour.
    """
    table = correlations(study)
    figures: dict[str, list[tuple[Drawing, Markup]]] = {}
    for drawing, picture in drawn:
        figures.setdefault(drawing.section, []).append((drawing, Markup(picture)))
    context: dict[str, Any] = {
        "study": study,
        "settings": study.settings,
        "artefacts": [rows.artefact(study, one, detections) for one in study.artefacts],
        "example": next(s.name for s in study.scores if study.group(s.name) == "free"),
        "audit": audited(study),
        "seen": seen_by_pixels(study, detections),
        "by_axes": found_by_axes(study, detections),
        "findings": findings(study, detections, table, stable, pruned) + labelling_findings(study),
        "figures": figures,
        "represented": represented(study),
        "chances": chances(study),
        "dropped": rows.dropped(study),
        "knowledge": knowledge(study),
        "endings": endings(study),
        "forgotten": forgotten(study),
        "axes": {axis: rows.extremes(study, axis) for axis in AXES},
        "maps": map_tables(study),
        "detections": detections,
        "reviews": {one.artefact: reviews(one) for one in detections},
        "summaries": summarised(study, stable),
        "methods": methods(study),
        "together": together(study, detections),
        "carriers": carriers(study),
        "answers": questions(study, table, detections, stable),
        "stable": rows.split(stable),
        "arms": rows.pruned(pruned),
        "classes": rows.classes(study),
        "sweep": sweep_table(study),
        "labelling": labelling_tables(study),
    }
    return _environment(theme).get_template("page.html").render(context)


def _environment(theme: Mapping[str, tuple[str, str]]) -> jinja2.Environment:
    """Templates that escape every text and refuse an unknown name."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(resources.files(__package__))),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= FILTERS
    made.globals |= {"count": count, "interval": interval}
    made.globals |= {"AXES": AXES, "RUNS": RUNS, "NOTES": NOTES, "TABLE_ROWS": TABLE_ROWS}
    style = (resources.files(__package__) / "style.css").read_text(encoding="utf-8")
    colours = [
        ";".join(f"--{name}:{pair[form]}" for name, pair in theme.items()) for form in (0, 1)
    ]
    dark = f"@media (prefers-color-scheme:dark){{:root{{{colours[1]}}}}}"
    made.globals["style"] = Markup(f":root{{{colours[0]}}}\n{dark}\n{style}")
    return made
