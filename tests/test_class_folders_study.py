"""A study of a folder for each class of photographs' size, as ImageNet comes: the same path."""

import numpy as np
import pytest
from PIL import Image
from tiny_study import TINY, Heard, lay

from hardrare import tables
from hardrare.params import load
from hardrare.runner.contents import Contents
from hardrare.runner.graph import path_of, stages_for, steps
from hardrare.runner.record import Record, Work
from hardrare.runner.run import run

pytestmark = pytest.mark.slow

SIDE, EACH = 224, {"train": 12, "val": 4}
CLASSES = "n01440764", "n01443537", "n02099601"


def write_classes(root):
    """`train/n01440764/n01440764_0.JPEG`, ...: stripes, rings and blots, each class its colours."""
    rng, at = np.random.default_rng(0), np.arange(SIDE) / SIDE
    y, x = np.meshgrid(at, at, indexing="ij")
    for part, count in EACH.items():
        for k, name in enumerate(CLASSES):
            (root / part / name).mkdir(parents=True)
            for i in range(count):
                phase, many = rng.uniform(0, 6, 2), rng.integers(3, 9)
                rings = np.sin(40 * np.hypot(x - 0.5, y - 0.5) + phase[0])
                stripes, across = (
                    np.sin(6 * many * at + p) for at, p in zip((x, y), phase, strict=True)
                )
                shapes = stripes, rings, stripes * across
                colour = rng.uniform(0.2, 0.5, 3) + 0.4 * np.eye(3)[k]
                light = (0.5 + 0.5 * shapes[k])[..., None] * colour + rng.normal(
                    0, 0.03, (SIDE, SIDE, 3)
                )
                pixels = (255 * light.clip(0, 1)).astype(np.uint8)
                Image.fromarray(pixels).save(root / part / name / f"{name}_{i}.JPEG", quality=90)


def test_classes_of_224_pixels_go_the_whole_way(tmp_path):
    write_classes(tmp_path / "imagenet")
    where = tmp_path / "study"
    where.mkdir()
    prepare = {
        "dataset": "folder", "path": str(tmp_path / "imagenet"), "limit": None, "test_limit": None,
        "test_share": 0.25,
    }  # fmt: skip
    few = {"sweep": [], "sweep_arms": [], "arms": ["full", "random"]}
    fewer = {
        "pretrain": TINY["pretrain"] | {"second_split": [], "epochs": 1},
        "supervise": TINY["supervise"] | {"epochs": 1},
        "pseudo_label": TINY["pseudo_label"] | {"epochs": 1},
        "prune": TINY["prune"] | few,
        "retrain": TINY["retrain"] | {"seeds": [0], "epochs": 1},
    }
    lay(where, TINY | fewer | {"prepare": prepare})
    params = load(where / "params.yaml")
    todo = steps(stages_for(["report", "show"], {}), params)
    notes = where / "scratch"
    work = Work(todo, params, where, Record(notes / "done.json"), Contents(notes / "seen.json"), {})
    assert len(run(work, notes / "log.txt", Heard()).ran) == len(todo)
    train = tables.read_images(where / path_of("prepare", "--train"))
    assert train.image.shape == (27, SIDE, SIDE, 3)
    assert np.bincount(train.label).tolist() == [9, 9, 9]
    ranking = tables.read(where / path_of("rank", "--ranking"), "ranking/2")
    kept = tables.read_images(where / path_of("inject", "--injected")).file_name
    assert ranking["file_name"].to_pylist() == list(kept)
    assert len(kept) == 27 + 3 + 1 + 1 - 6  # mixes, two kinds of copies, a class made rare
    assert np.isfinite(ranking["hard_score"].to_numpy()).all()
    page = (where / path_of("show", "--page")).read_text("utf-8")
    assert "n02099601" in page
