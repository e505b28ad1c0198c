"""A whole `hardrare scan --parts`: frames of one scene, in one of which something small stands."""

import csv

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from hardrare import tables
from hardrare.params import load
from hardrare.runner.graph import path_of
from hardrare.scan import command

pytestmark = pytest.mark.slow

ODD, FRAMES = 13, 24


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """The folder of the scan."""
    root, rng = tmp_path_factory.mktemp("parts"), np.random.default_rng(4)
    scene = sum(gaussian_filter(rng.normal(size=(192, 256, 3)), (s, s, 0)) * s for s in (2, 8, 24))
    scene = 60 + 120 * (scene - scene.min()) / np.ptp(scene)
    (root / "frames").mkdir()
    for k in range(FRAMES):
        frame = scene * rng.uniform(0.9, 1.1) + rng.normal(0, 2, scene.shape)
        if k == ODD:
            frame[90:114, 150:174] = np.kron(np.indices((4, 4)).sum(0) % 2, np.ones((6, 6)))[
                ..., None] * [230, 40, 60]  # fmt: skip
        Image.fromarray(frame.clip(0, 255).astype(np.uint8)).save(root / f"frames/{k:02}.png")
    command.main(["scan", str(root / "frames"), "--out", str(root / "out"), "--parts"])
    return root / "out"


def rows_of(out):
    with (out / "scores.csv").open(encoding="utf-8", newline="") as stream:
        return {row["file_name"]: row for row in csv.DictReader(stream)}


def test_the_frame_with_something_small_is_the_rarest(scanned):
    rows, odd = rows_of(scanned), f"{ODD:02}.png"
    assert len(rows) == FRAMES
    assert rows[odd]["rare_rank"] == "1"
    assert rows[odd]["is_rare"] == "true"
    assert rows[odd]["dropped_by"] == ""


def test_every_patch_was_looked_at_and_the_page_says_by_what(scanned):
    assert load(scanned / "params.yaml")["rank"]["any_of"] == ["rare"]
    inside = scanned / path_of("dissect", "--inside-of") / "efficientnet_lite0.arrow"
    distance = tables.read_inside(inside, np.arange(FRAMES))["patch_distance"]
    assert distance.max(axis=1).argmax() == ODD
    page = (scanned / "index.html").read_text("utf-8")
    assert "efficientnet_lite0/patch_anomaly" in page
    assert "the highest place on one of them counts" in page
