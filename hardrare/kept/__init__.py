"""Studies that others pull, open and compare: kept as small tables, shown as one page."""

from hardrare.kept.keep import keep
from hardrare.kept.page import page

__all__ = ["keep", "page"]
