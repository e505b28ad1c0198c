"""hardrare: find hard, rare, noisy and duplicate images, with and without labels.

    import hardrare

    result = hardrare.scan("photos")       # tables, lists and the page of a folder of images
    scores = hardrare.score(features=features, dynamics={"loss": loss})
    places = hardrare.rank(scores, ["knn_distance", "loss_mean"])
    print(hardrare.compare("photos-scan", "photos-scan-2"))

See `hardrare.door` for each. Importing this imports nothing else; `__init__.pyi` says the same to
type checkers.
"""

import importlib
import os
from typing import Any

__all__ = ["Comparison", "Scan", "__version__", "compare", "rank", "scan", "score"]
# Threads that wait in long spins make training on busy cores fifteen times slower (12 epochs on two
# cores beside two other processes: 153 s against 10 s, and no slower where nothing else runs).
# OpenMP reads this when torch is first imported, so it stands here.
os.environ.setdefault("GOMP_SPINCOUNT", "3000")


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """What `__all__` promises, imported when it is first asked for."""
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("hardrare")
    if name == "scan":  # the package of the command, which can be called
        return importlib.import_module("hardrare.scan")
    if name in __all__:
        return getattr(importlib.import_module("hardrare.door"), name)
    raise AttributeError(f"module 'hardrare' has no attribute {name!r}")
