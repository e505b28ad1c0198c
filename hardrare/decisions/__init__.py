"""Decisions: what people chose for each image, from the page's `decisions.csv` to lists and tables.

`read` reads the file, `outcome` says what becomes of every image of a ranking, `write` writes
the lists, the corrected labels and the table. The user's own folder is never written to.
"""

from hardrare.decisions.outcome import Outcome, outcome
from hardrare.decisions.read import COLUMNS, Decision, read_decisions, still_true
from hardrare.decisions.write import write_outcome

__all__ = [
    "COLUMNS",
    "Decision",
    "Outcome",
    "outcome",
    "read_decisions",
    "still_true",
    "write_outcome",
]
