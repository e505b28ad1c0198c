"""The way in from Python: what `import hardrare` offers.

`scan` ranks the images of a folder, `score` measures arrays of one's own, `rank` makes places of
scores, `compare` tells what moved between two scans. Nothing is imported before it is called.
"""

from hardrare.door.compare import Comparison, compare
from hardrare.door.scanned import Scan, scan
from hardrare.door.scores import rank, score

__all__ = ["Comparison", "Scan", "compare", "rank", "scan", "score"]
