"""The page: a study and its drawn figures become one HTML file that loads nothing."""

from collections.abc import Mapping, Sequence
from importlib import resources

import jinja2
from markupsafe import Markup

from hardrare.report.drawing import Drawing
from hardrare.report.read import Study
from hardrare.report.section import TABLE_ROWS
from hardrare.report.sections import sections
from hardrare.report.words import (
    breakable,
    count,
    interval,
    listed,
    number,
)

FILTERS = {
    "number": number,
    "listed": listed,
    "breakable": breakable,
}


def page(
    study: Study,
    drawn: Sequence[tuple[Drawing, str]],
    theme: Mapping[str, tuple[str, str]],
) -> str:
    """The report as HTML.

    A template of a section sees its own tables, its `figures` by group, `study`, `settings`,
    and the `findings` of all sections.

    Args:
        study: the tables.
        drawn: every drawing of `plan` with its SVG element.
        theme: CSS variable of the figures to its light and its dark colour.
    """
    made, listed_sections = _environment(theme), sections()
    made.filters |= {"arm_name": study.arm_name, "artefact_name": study.artefact_name}
    figures: dict[str, dict[str, list[tuple[Drawing, Markup]]]] = {}
    for drawing, picture in drawn:
        own = figures.setdefault(drawing.section, {})
        own.setdefault(drawing.group, []).append((drawing, Markup(picture)))
    shared = {"study": study, "settings": study.settings}
    shared["findings"] = [
        finding for section in listed_sections for finding in section.findings(study)
    ]
    texts = [
        made.get_template(f"sections/{section.name}/section.html").render(
            shared | {"figures": figures.get(section.name, {})} | dict(section.tables(study))
        )
        for section in listed_sections
    ]
    whole = shared | {"sections": listed_sections, "texts": map(Markup, texts)}
    return made.get_template("page.html").render(whole)


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
    made.globals |= {"count": count, "interval": interval, "TABLE_ROWS": TABLE_ROWS}
    style = (resources.files(__package__) / "style.css").read_text(encoding="utf-8")
    colours = [
        ";".join(f"--{name}:{pair[form]}" for name, pair in theme.items()) for form in (0, 1)
    ]
    dark = f"@media (prefers-color-scheme:dark){{:root{{{colours[1]}}}}}"
    made.globals["style"] = Markup(f":root{{{colours[0]}}}\n{dark}\n{style}")
    return made
