"""Whole scans of one set in three forms: 8 bits, 12 bits in 16-bit files, and floats.

The pictures have 256 levels in each form and use the whole range, as photographs do: wide pixels
are stretched to what the set has, and 8-bit ones are not.
"""

import csv

import numpy as np
import pytest
import tifffile
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.stats import spearmanr

from hardrare.scan import command

pytestmark = pytest.mark.slow

FORMS, IMAGES = ("eight", "twelve", "floats"), 24
BLURRED, COPY = 7, 23


def scene(seed):
    """A grey picture with structure at all sizes, from 0 to 1."""
    rng = np.random.default_rng(seed)
    grey = sum(gaussian_filter(rng.normal(size=(120, 160)), s) * s for s in (1, 3, 9, 27))
    grey = np.roll(grey, seed, 1) * rng.uniform(0.4, 1) + 0.3 * (np.indices(grey.shape)[1] > 80)
    low, high = np.quantile(grey, [0.02, 0.98])
    return np.rint(np.clip((grey - low) / (high - low), 0, 1) * 255) / 255


def write(folder, name, values, form):
    if form == "eight":
        Image.fromarray(np.rint(values * 255).astype(np.uint8)).save(folder / f"{name}.png")
    else:
        counts = values * 4095
        wide = np.rint(counts).astype(np.uint16) if form == "twelve" else counts.astype(np.float32)
        tifffile.imwrite(folder / f"{name}.tif", wide)


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """Of each form the rows of its scores, by the image's number."""
    root, found = tmp_path_factory.mktemp("depth"), {}
    pictures = [scene(k) for k in range(IMAGES - 1)]
    pictures[BLURRED] = np.rint(gaussian_filter(pictures[BLURRED], 6) * 255) / 255
    pictures.append(pictures[0])
    for form in FORMS:
        (root / form).mkdir()
        for k, values in enumerate(pictures):
            write(root / form, f"{k:02}", values, form)
        command.main(["scan", str(root / form), "--out", str(root / f"{form}-out")])
        with (root / f"{form}-out" / "scores.csv").open(newline="") as stream:
            found[form] = {row["file_name"][:2]: row for row in csv.DictReader(stream)}
    return found


@pytest.mark.parametrize("form", FORMS[1:])
@pytest.mark.parametrize("axis", ["hard", "rare", "noisy"])
def test_the_rankings_of_the_forms_agree(scores, form, axis):
    eight, wide = (
        [float(scores[one][name][f"{axis}_score"]) for name in sorted(scores[one])]
        for one in ("eight", form)
    )
    assert len(eight) == IMAGES
    assert spearmanr(eight, wide).statistic > 0.98


@pytest.mark.parametrize("form", FORMS)
def test_what_is_found_is_the_same_in_every_form(scores, form):
    rows = scores[form]
    assert (
        rows[f"{COPY}"]["duplicate_of"][:2] == "00" or rows["00"]["duplicate_of"][:2] == f"{COPY}"
    )
    reasons = {name: row["reason"] for name, row in rows.items()}
    assert reasons == {name: row["reason"] for name, row in scores["eight"].items()}
