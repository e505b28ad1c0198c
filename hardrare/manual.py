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
    for metric in metrics.registry().values():
        groups.setdefault(", ".join(metric.columns), []).append(metric)
    said = f"{len(metrics.registry())} metrics. Each is one number for each sample; its harder end"
    said += " is declared beside its formula, before any label is seen."
    lines = ["# Every metric", "", f"{said} {MADE}"]
    for columns, several in sorted(groups.items()):
        lines += ["", f"## Of `{columns}`"]
        for metric in several:
            lines += ["", f"### {metric.name}", "", *_metric(metric)]
    return "\n".join(lines) + "\n"


def _metric(metric: metrics.Metric) -> Iterator[str]:
    """First line, formula, and what is declared."""
    first, *rest = _described(metric.function)
    yield first
    if formula := "\n".join(rest).strip():
        yield from ("", "```text", *textwrap.dedent(formula).splitlines(), "```")
    settings = f"; settings: {', '.join(metric.settings)}" if metric.settings else ""
    yield ""
    asked = " Taken only where `score.also` names it." if metric.asked else ""
    end = ENDS[metric.harder].capitalize()
    yield f"{end}; unit: {metric.unit}{settings}. Source: {metric.source}.{asked}"


def reference_page() -> str:
    """What can be imported from hardrare, as Markdown."""
    lines = ["# Python reference", "", f"With examples: [From Python](python.md). {MADE}"]
    for name in door.__all__:
        entry = getattr(door, name)
        lines += ["", f"## hardrare.{name}", "", "```python", *_signature(name, entry), "```", ""]
        lines += ["```text", *inspect.getdoc(entry).splitlines(), "```"]
        for method in _methods(entry) if inspect.isclass(entry) else ():
            said = inspect.getdoc(getattr(entry, method)).partition("\n")[0]
            lines += ["", f"- `.{method}`: {said}"]
    return "\n".join(lines) + "\n"


def _signature(name: str, entry: object) -> list[str]:
    """How it is called, a line for each argument."""
    if inspect.isclass(entry):
        return [f"class {name}"]
    given, star = [], False
    for parameter in inspect.signature(entry).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            given.append("*")
            star = True
        given.append(str(parameter).replace("collections.abc.", "").replace("pathlib.", ""))
    return [f"{name}(", *(f"    {argument}," for argument in given), ")"]


def _methods(cls: type) -> list[str]:
    """Public methods and properties with a docstring."""
    return [
        name
        for name, value in vars(cls).items()
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
