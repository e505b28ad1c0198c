"""The parts of the manual that are made of the code: `python -m hardrare.manual` (make manual).

Writes `docs/metrics.md`, every metric with formula, harder end and source, from the registry, and
`docs/reference.md`, what `import hardrare` offers, from its docstrings.
"""

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path

from hardrare import door, metrics
from hardrare.studies import HOME

ENDS = {"high": "high is harder", "low": "low is harder", "open": "which end is harder is open"}
MADE = "Made by `python -m hardrare.manual`."
SECTIONS = ("Args:", "Returns:", "Raises:", "Attributes:", "Example:", "Examples:")


def metrics_page() -> str:
    """Every metric, grouped by what it reads, as Markdown."""
    groups: dict[str, list[metrics.Metric]] = {}
    for one in metrics.registry().values():
        groups.setdefault(", ".join(one.columns), []).append(one)
    said = f"{len(metrics.registry())} metrics. Each is one number for each sample; its harder end"
    said += " is declared beside its formula, before any label is seen."
    lines = ["# Every metric", "", f"{said} {MADE}"]
    for columns, several in sorted(groups.items()):
        lines += ["", f"## Of `{columns}`"]
        for one in several:
            lines += ["", f"### {one.name}", "", *_metric(one)]
    return "\n".join(lines) + "\n"


def _metric(one: metrics.Metric) -> Iterator[str]:
    """First line, formula, and what is declared."""
    first, *rest = _described(one.function)
    yield first
    if formula := "\n".join(rest).strip():
        yield from ("", "```text", *textwrap.dedent(formula).splitlines(), "```")
    settings = f"; settings: {', '.join(one.settings)}" if one.settings else ""
    yield ""
    asked = " Taken only where `score.also` names it." if one.asked else ""
    end = ENDS[one.harder].capitalize()
    yield f"{end}; unit: {one.unit}{settings}. Source: {one.source}.{asked}"


def reference_page() -> str:
    """What can be imported from hardrare, as Markdown."""
    lines = ["# Python reference", "", f"With examples: [From Python](python.md). {MADE}"]
    for name in door.__all__:
        one = getattr(door, name)
        lines += ["", f"## hardrare.{name}", "", "```python", *_signature(name, one), "```", ""]
        lines += ["```text", *inspect.getdoc(one).splitlines(), "```"]
        for method in _methods(one) if inspect.isclass(one) else ():
            said = inspect.getdoc(getattr(one, method)).partition("\n")[0]
            lines += ["", f"- `.{method}`: {said}"]
    return "\n".join(lines) + "\n"


def _signature(name: str, one: object) -> list[str]:
    """How it is called, a line for each argument."""
    if inspect.isclass(one):
        return [f"class {name}"]
    given, star = [], False
    for parameter in inspect.signature(one).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            given.append("*")
            star = True
        given.append(str(parameter).replace("collections.abc.", "").replace("pathlib.", ""))
    return [f"{name}(", *(f"    {one}," for one in given), ")"]


def _methods(one: type) -> list[str]:
    """Public methods and properties with a docstring."""
    return [
        name
        for name, value in vars(one).items()
        if not name.startswith("_") and inspect.getdoc(value) and not isinstance(value, str)
    ]


def _described(function: object) -> list[str]:
    """The lines of a docstring before its sections."""
    lines = inspect.getdoc(function).splitlines()
    at = next((i for i, line in enumerate(lines) if line.strip() in SECTIONS), len(lines))
    return lines[:at]


def pages() -> dict[Path, str]:
    """File to what it should hold."""
    docs = HOME / "docs"
    return {docs / "metrics.md": metrics_page(), docs / "reference.md": reference_page()}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(HOME)}: {len(text.splitlines())} lines")
