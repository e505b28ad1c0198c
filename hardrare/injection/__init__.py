"""Injection: known artefacts put into the training images, and a manifest that names each.

An artefact is one file with one function, named alike; to add one, add its file
(see `_registry.artefact` for what it may read). The parameters list which ones
are wanted, how often and how strong::

    artefacts:
      - {artefact: average, share: 0.10, strength: 0.5, placement: append}

What holds for all of them:

- `share` is of the N images as they came: round(share N) samples change. (For
  `long_tail` it is the share of classes.)
- Each image is used at most once over the whole list, as base or as partner. An
  artefact that would leave an image as it is (a blurred flat image, a maximum
  that equals one of its parents) takes another image.
- Partners of a mix have different labels where both are known.
- `replace` changes the base in place: it keeps `sample_id` and `file_name`, and
  for a mix the label of the base. `append` leaves the base and adds a sample with
  the next free id, file name `injected/<artefact>/<id>.png` and the base's label
  (for a label artefact: the same pixels with the wrong label).
- Chance comes from (seed, place in the list): an entry added at the end changes
  nothing before it. `long_tail` is the exception: it is applied first wherever it
  stands, because what it removes can be no one's base. Its kept samples are in the
  manifest and no other artefact touches them.
- A `duplicate...` adds a copy of its base and so can only be appended; the base is then
  as much a duplicate as the copy, and no one judges scores by it.
- A strength is used as the manifest stores it, rounded to float32.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.injection._apply import change_many, thin
from hardrare.injection._choice import draw_pairs
from hardrare.injection._registry import Artefact, Recipe, described, recipes
from hardrare.injection._result import Change, Thinning, assemble
from hardrare.tables import Images

__all__ = ["Artefact", "described", "draw_pairs", "inject"]


def inject(
    images: Images, artefacts: Sequence[Artefact], seed: int
) -> tuple[Images, list[dict[str, Any]]]:
    """The images with artefacts, and what was done to which.

    Args:
        images: the training images as they came.
        artefacts: what to inject; may be empty, then the images come back as they are.
        seed: of every random choice, 0 or above.

    Returns:
        The images, sorted by `sample_id`, and the rows of the manifest
        (`tables.KINDS["manifest/1"]`), sorted likewise.

    Raises:
        InputError: an unknown artefact, a value out of its range, labels needed and
            absent, or not enough images left that are unused.
    """
    if seed < 0:
        raise InputError(f"inject.seed is {seed}; give a whole number of 0 or above.")
    known = recipes()
    for entry in artefacts:
        _check(entry, known, images)
    free = np.ones(len(images.sample_id), bool)
    done: list[Change | Thinning] = []
    order = sorted(range(len(artefacts)), key=lambda i: not known[artefacts[i].artefact].thins)
    for i in order:
        recipe, rng = known[artefacts[i].artefact], np.random.default_rng([seed, i])
        apply = thin if recipe.thins else change_many
        done += apply(recipe, artefacts[i], images, free, rng)
    return assemble(images, done, seed)


def _check(entry: Artefact, known: dict[str, Recipe], images: Images) -> None:
    """Refuse an entry that cannot be meant."""
    name = f"inject.artefacts: {entry.artefact}"
    if entry.artefact not in known:
        raise InputError(f"{name} is no artefact; known are {', '.join(known)}.")
    recipe = known[entry.artefact]
    if not 0 < entry.share <= 1:
        raise InputError(f"{name}.share is {entry.share}; give a share above 0, at most 1.")
    if not recipe.strength and entry.strength != 1:
        raise InputError(f"{name} has no strength, got {entry.strength}; set it to 1.0.")
    if recipe.strength and not recipe.low < entry.strength < recipe.high:
        below = "" if math.isinf(recipe.high) else f" and below {recipe.high:g}"
        raise InputError(
            f"{name}.strength is {entry.strength}; give its {recipe.strength}, "
            f"above {recipe.low:g}{below}."
        )
    placements = ("append",) if recipe.copies else ("append", "replace")
    placements = ("replace",) if recipe.thins else placements
    if entry.placement not in placements:
        raise InputError(
            f"{name}.placement is {entry.placement}; set it to {' or '.join(placements)}."
        )
    if (recipe.relabels or recipe.thins) and len(np.unique(images.label[images.label >= 0])) < 2:
        raise InputError(f"{name} needs labels of at least two classes; remove it from the list.")
