"""One entry of the list applied: to whole classes, to single images or to pairs."""

import math

import numpy as np

from hardrare.errors import InputError
from hardrare.injection._choice import draw_box, draw_pairs, draw_singles
from hardrare.injection._registry import Artefact, Recipe
from hardrare.injection._result import Change, Thinning
from hardrare.tables import Images


def thin(
    recipe: Recipe, entry: Artefact, images: Images, free: np.ndarray, rng: np.random.Generator
) -> list[Thinning]:
    """Take samples away; marks all of their classes as used."""
    strength = float(np.float32(entry.strength))
    label = np.where(free, images.label, -1)
    kept, removed = recipe.function(label, entry.share, strength, rng)
    free[kept] = free[removed] = False
    return [Thinning(entry.artefact, strength, kept, removed)]


def change_many(
    recipe: Recipe, entry: Artefact, images: Images, free: np.ndarray, rng: np.random.Generator
) -> list[Change]:
    """Apply one entry to as many images as its share asks for; marks them as used."""
    total = len(images.sample_id)
    wanted = round(entry.share * total)
    if wanted == 0:
        raise InputError(
            f"inject.artefacts: a share of {entry.share} of {total} images is none for "
            f"{entry.artefact}; raise its share or remove it."
        )
    done: list[Change] = []
    untried = free & ((images.label >= 0) | (not recipe.relabels))
    while len(done) < wanted:
        pool, missing = np.flatnonzero(untried), wanted - len(done)
        chosen = (
            draw_pairs(images.label, pool, missing, rng)
            if recipe.mixes
            else draw_singles(pool, missing, rng)
        )
        if not len(chosen):
            raise InputError(_too_few(entry, wanted, len(done), total))
        untried[chosen] = False
        changes = [_change(recipe, entry, images, positions, rng) for positions in chosen.tolist()]
        done += [change for change in changes if change is not None]
    for change in done:
        free[[p for p in (change.base, change.partner) if p is not None]] = False
    return done


def _change(
    recipe: Recipe, entry: Artefact, images: Images, positions: list[int], rng: np.random.Generator
) -> Change | None:
    """One artefact on one image; None where nothing new comes of it."""
    strength = float(np.float32(entry.strength))
    sources = [images.image[p] for p in positions]
    label = int(images.label[positions[0]])
    box = draw_box(sources[0].shape, strength, rng) if "box" in recipe.reads else None
    known = {"label": label, "classes": _classes(images), "strength": strength, "rng": rng}
    known |= {"image": sources[0], "partner": sources[-1], "box": box}
    result = recipe.function(**{name: known[name] for name in recipe.reads})
    pixels, after = (sources[0], result) if recipe.relabels else (result, label)
    same = after == label if recipe.relabels else any(np.array_equal(pixels, s) for s in sources)
    if same and not recipe.exact:
        return None
    base, partner = positions[0], positions[1] if recipe.mixes else None
    append = entry.placement == "append"
    return Change(entry.artefact, strength, append, base, partner, pixels, label, after, box)


def _classes(images: Images) -> list[str]:
    """The class names, numbers where there are none."""
    count = max(len(images.classes), int(images.label.max()) + 1)
    return images.classes + [str(c) for c in range(len(images.classes), count)]


def _too_few(entry: Artefact, wanted: int, usable: int, total: int) -> str:
    """What to say where the unused images do not suffice."""
    fits = math.floor(usable / total * 1e4) / 1e4
    remedy = f"lower its share to {fits:g}" if fits else "remove it or lower the other shares"
    return (
        f"inject.artefacts: {entry.artefact} is to change {wanted} of {total} images, but of those "
        f"left unused only {usable} will do (two for a mix); {remedy}."
    )
