"""The report: tables of a study in, a page for people and numbers for DVC out.

`read_study` reads the tables that the parameters name, `plan` says which figures
there are, and `write` makes the page, `metrics.json` and the CSV files. The stage
draws the figures in between, since this package knows nothing of `figures`.
"""

from hardrare.report.drawing import Drawing
from hardrare.report.drawings import plan
from hardrare.report.study import Settings, Study, read_study
from hardrare.report.write import write

__all__ = ["Drawing", "Settings", "Study", "plan", "read_study", "write"]
