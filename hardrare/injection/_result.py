"""What the artefacts did, put together: the new table of images and the manifest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hardrare.tables import Images


@dataclass(frozen=True)
class Change:
    """One sample made: from which positions of the table, and what it became."""

    artefact: str
    strength: float
    append: bool
    base: int
    partner: int | None
    image: np.ndarray  # (H, W, C) uint8
    label_before: int
    label_after: int
    box: tuple[int, int, int, int] | None


@dataclass(frozen=True)
class Thinning:
    """Classes made rare: positions of the samples kept and of those removed."""

    artefact: str
    strength: float
    kept: np.ndarray
    removed: np.ndarray


def assemble(
    images: Images, done: Sequence[Change | Thinning], seed: int
) -> tuple[Images, list[dict[str, Any]]]:
    """The images after all changes, and the manifest.

    Args:
        images: as they came.
        done: every change, appended ones in the order of their new ids.
        seed: written into each row.

    Returns:
        Images and rows, both sorted by `sample_id`.
    """
    if not done:
        return images, []
    thinnings = [made for made in done if isinstance(made, Thinning)]
    replaced = [change for change in done if isinstance(change, Change) and not change.append]
    appended = [change for change in done if isinstance(change, Change) and change.append]
    first = int(images.sample_id.max()) + 1
    identity = images.sample_id.tolist()
    rows = [_row(change, identity[change.base], identity, seed) for change in replaced]
    rows += [_row(change, first + i, identity, seed) for i, change in enumerate(appended)]
    rows += [row for thinning in thinnings for row in _rows_kept(thinning, images, seed)]
    kept = np.ones(len(identity), bool)
    for thinning in thinnings:
        kept[thinning.removed] = False
    after = _changed(images, replaced, appended, kept)
    return after, sorted(rows, key=lambda row: row["sample_id"])


def _changed(
    images: Images, replaced: Sequence[Change], appended: Sequence[Change], kept: np.ndarray
) -> Images:
    """The samples that stay, those replaced changed, and new ones behind them.

    The pixels are copied once, into their last place: they may fill much of the memory.
    """
    stay = np.flatnonzero(kept)
    position, n = np.cumsum(kept) - 1, len(stay)
    pixels = np.empty((n + len(appended), *images.image.shape[1:]), images.image.dtype)
    np.take(images.image, stay, axis=0, out=pixels[:n], mode="clip")  # "raise" would buffer
    label = np.concatenate([images.label[stay], np.zeros(len(appended), images.label.dtype)])
    at = [*(position[change.base] for change in replaced), *range(n, n + len(appended))]
    for position, change in zip(at, [*replaced, *appended], strict=True):
        pixels[position], label[position] = change.image, change.label_after
    first = int(images.sample_id.max()) + 1
    new = range(first, first + len(appended))
    names = [f"injected/{change.artefact}/{i}.png" for i, change in zip(new, appended, strict=True)]
    return replace(
        images,
        sample_id=np.concatenate([images.sample_id[stay], np.array(new, images.sample_id.dtype)]),
        image=pixels,
        label=label,
        file_name=[images.file_name[i] for i in stay] + names,
    )


def _row(change: Change, sample_id: int, identity: list[int], seed: int) -> dict[str, Any]:
    """The manifest's row of one change."""
    return {
        "sample_id": sample_id,
        "artefact": change.artefact,
        "base_id": identity[change.base],
        "partner_id": None if change.partner is None else identity[change.partner],
        "strength": change.strength,
        "seed": seed,
        "label_before": change.label_before if change.label_before >= 0 else None,
        "label_after": change.label_after if change.label_after >= 0 else None,
        "box": None if change.box is None else list(change.box),
    }


def _rows_kept(thinning: Thinning, images: Images, seed: int) -> list[dict[str, Any]]:
    """The manifest's rows of the samples left of rare classes."""
    return [
        {
            "sample_id": int(images.sample_id[p]),
            "artefact": thinning.artefact,
            "base_id": int(images.sample_id[p]),
            "partner_id": None,
            "strength": thinning.strength,
            "seed": seed,
            "label_before": int(images.label[p]),
            "label_after": int(images.label[p]),
            "box": None,
        }
        for p in thinning.kept.tolist()
    ]
