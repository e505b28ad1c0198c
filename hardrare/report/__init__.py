"""The report: tables of a study in, a page for people and numbers for DVC out.

`Study` reads the tables that the parameters name, `plan` says which figures there are, and
`write` makes the page, `metrics.json` and the CSV files. The stage draws the figures in
between, since this package knows nothing of `figures`. What the page says stands in
`sections/`, a folder each.
"""

from hardrare.report.drawing import Drawing
from hardrare.report.read import Study
from hardrare.report.sections import plan, sections
from hardrare.report.settings import Settings
from hardrare.report.write import write

__all__ = ["Drawing", "Settings", "Study", "plan", "sections", "write"]
