"""A study small enough for tests: images, scores and parameters on disk, and stages run on them."""

import io
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml

from hardrare import tables
from hardrare.tables import Images, Score

STAGES = Path(__file__).parent.parent / "stages"


def score(name, values, harder="high"):
    return Score(name, np.atleast_2d(np.asarray(values, float)), "1", harder, "test")


def tied(rng, rows, size):
    """Related rows, some of them with heavy ties."""
    common = rng.normal(size=size)
    values = common + rng.normal(size=(rows, size))
    values[::2] = np.round(values[::2])
    return values


def write_scores(folder, run, sample_id, columns):
    """Columns: metric name to (values, harder)."""
    fields, arrays = [pa.field("sample_id", pa.int32())], [pa.array(sample_id, pa.int32())]
    for name, (values, harder) in columns.items():
        meta = {"unit": "1", "harder": harder, "source": "test"}
        fields.append(pa.field(name, pa.float32(), metadata=meta))
        arrays.append(pa.array(np.asarray(values), pa.float32()))
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    tables.write(folder / f"{run}.arrow", "scores/1", table)


def write_images(path, sample_id, label):
    names = [f"a/{i:03}.png" for i in sample_id]
    image = np.zeros((len(sample_id), 2, 2, 1), np.uint8)
    tables.write_images(path, Images(np.asarray(sample_id), image, np.asarray(label), names, []))


def duplicates(sample_id, copies):
    """Samples of which some repeat others: rows of copies to the rows that are kept."""
    size = len(sample_id)
    rng = np.random.default_rng(6)
    kept = np.array([copies.get(row, -1) for row in range(size)])
    group = kept.copy()
    beside = np.where(kept < 0, np.roll(sample_id, 1), np.asarray(sample_id)[kept])
    for row in copies.values():
        group[row] = row
    return pa.table(
        {
            "sample_id": pa.array(sample_id, pa.int32()),
            "group": pa.array(group, pa.int32(), mask=group < 0),
            "duplicate_of": pa.array(np.asarray(sample_id)[kept], pa.int32(), mask=kept < 0),
            "kind": pa.array([None if k < 0 else "mirrored" for k in kept], pa.string()),
            "similarity": pa.array(rng.uniform(0, 0.99, size), pa.float32()),
            "residual": pa.array([None if k < 0 else 0.1 for k in kept], pa.float32()),
            "leak": pa.array(np.zeros(size, bool)),
            "nearest": pa.array(beside, pa.int32()),
            "kept_because": pa.array([None if k < 0 else "larger" for k in kept], pa.string()),
        }
    )  # fmt: skip


def write_duplicates(path, sample_id, copies):
    tables.write(path, "duplicates/1", duplicates(sample_id, copies))


def write_params(path, **sections):
    matrix = {
        "pretrain": {"objectives": ["autoencoder"], "second_split": [], "seeds": [0, 1]}
        | {"on_features": []},
        "embed": {"networks": []},
        "cluster": {"objectives": [], "networks": []},
        "supervise": {"kinds": ["supervised"], "on_features": [], "seeds": [0]},
    }
    path.write_text(yaml.safe_dump(matrix | sections))
    return path


def run_stage(name, params, **paths):
    """Run a stage in this process as its command line would; raises SystemExit if it fails."""
    options = [part for key, path in paths.items() for part in (f"--{key}", str(path))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [f"{name}.py", "--params", str(params), *options])
        runpy.run_path(str(STAGES / f"{name}.py"), run_name="__main__")


@dataclass(frozen=True)
class Ended:
    """How a stage ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def ended(name, params, **paths):
    """Run a stage in this process, as if it had one of its own."""
    said, failed, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(said), redirect_stderr(failed):
        try:
            run_stage(name, params, **paths)
        except SystemExit as end:
            code = end.code
    return Ended(code, said.getvalue(), failed.getvalue())


def small_study(folder, size=60):
    """Scores of two autoencoder seeds, a supervised run and the pixels, with gaps in the ids."""
    rng = np.random.default_rng(5)
    sample_id = np.arange(size) + 3 * (np.arange(size) >= 20)
    truth = rng.normal(size=size)
    for seed in (0, 1):
        noisy = truth + 0.3 * rng.normal(size=size)
        columns = {
            "loss_mean": (noisy, "high"),
            "ssim_mean": (-noisy, "low"),
            "msd_mean": (rng.normal(size=size), "open"),
            "duplicate_similarity": (rng.uniform(0.9, 1.0, size), "high"),
            "constant": (np.ones(size), "high"),
        }
        write_scores(folder / "scores", f"autoencoder-{seed}", sample_id, columns)
    supervised = {"aum": (-truth, "low")}
    write_scores(folder / "scores", "supervised-0", sample_id, supervised)
    pixels = {
        "contrast": (truth + rng.normal(size=size), "open"),
        "pixel_min": (np.zeros(size), "open"),
        "random": (rng.permutation(size), "open"),
    }
    write_scores(folder / "scores", "pixels", sample_id, pixels)
    odd = {"oddity": (rng.uniform(size=size), "high")}
    write_scores(folder / "scores", "appearance", sample_id, odd)
    write_images(folder / "images.arrow", sample_id, np.arange(size) % 3)
    known = [{"part": "", "width": 40 + i, "height": 30} for i in range(size)]
    tables.write_appearance(folder / "appearance.arrow", known, {})
    write_duplicates(folder / "duplicates.arrow", sample_id, {7: 2, 30: 2, 41: 12})
    return sample_id, truth
