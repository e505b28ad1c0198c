"""Folders of tables in parts: runs that read no label, and runs that read the given ones.

So a stage that must not see a label depends on one part alone. Who reads runs of both kinds
names the folder; a folder without parts holds its tables itself.
"""

from pathlib import Path

BY_LABELS = ("label_free", "frozen", "labelled")
BY_INPUT = ("on_images", "on_features", "on_clusters", "on_clusters_of_features")
PARTS = (*BY_LABELS, *(f"{group}/{part}" for group in BY_LABELS for part in BY_INPUT), *BY_INPUT)


def table_of(folder: Path, run: str) -> Path:
    """Where the table of a run lies.

    Args:
        folder: of tables, with parts or without.
        run: `<objective>-<seed>`, or the name alone of what has no seed.

    Returns:
        The file in the part that has it; else the one in the folder itself, there or not.
    """
    paths = (folder / part / f"{run}.arrow" for part in PARTS)
    return next((path for path in paths if path.exists()), folder / f"{run}.arrow")
