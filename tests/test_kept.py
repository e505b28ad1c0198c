"""What a study keeps for others: every score, labels and artefacts, readable without this code."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import yaml

from hardrare import tables
from hardrare.errors import InputError
from hardrare.kept import keep

N = 12


def study(folder):
    """A finished study of 12 samples: two runs, two changed samples, one of them twice."""
    ids = pa.array(range(N), pa.int32())
    for run, shift in (("barlow_twins-0", 0.0), ("pixels", 1.0)):
        values = pa.array(np.arange(N) / 7 + shift)
        scores = pa.table({"sample_id": ids, "msd_mean": values, "msd_var": values})
        tables.write(folder / f"data/scores/{run}.arrow", "scores/1", scores)
    image = np.zeros((N, 2, 2, 1), np.uint8)
    names = [f"{i}.png" for i in range(N)]
    made = tables.Images(np.arange(N), image, np.arange(N) % 3, names, ["a", "b", "c"])
    tables.write_images(folder / "data/injected/train.arrow", made)
    rows = [
        {"sample_id": 3, "artefact": "blur", "base_id": 3, "partner_id": None},
        {"sample_id": 11, "artefact": "average", "base_id": 1, "partner_id": 5},
        {"sample_id": 3, "artefact": "label_uniform", "base_id": 3, "partner_id": None},
    ]
    more = {"strength": 1.0, "seed": 0, "label_before": 2, "label_after": 0, "box": None}
    tables.write_rows(
        folder / "data/injected/manifest.arrow", "manifest/1", [r | more for r in rows]
    )
    (folder / "params.yaml").write_text("prune: {}\n")
    return folder


def test_every_score_is_there_but_for_what_ranks_as_another(tmp_path):
    files = keep(study(tmp_path / "study"), tmp_path / "out", {"hardware": "a GPU"})
    assert files == ["params.yaml", "provenance.yaml", "samples.parquet", "scores.parquet"]
    scores = pl.read_parquet(tmp_path / "out/scores.parquet")
    assert scores.columns == ["sample_id", "barlow_twins-0/msd_mean", "pixels/msd_mean"]
    got, wanted = scores["pixels/msd_mean"].to_numpy(), np.arange(N) / 7 + 1
    assert np.abs(got / wanted - 1).max() <= 2**-9 * 1.01
    assert yaml.safe_load((tmp_path / "out/provenance.yaml").read_text()) == {"hardware": "a GPU"}


def test_samples_have_their_label_and_all_their_artefacts(tmp_path):
    keep(study(tmp_path / "study"), tmp_path / "out", {})
    samples = pl.read_parquet(tmp_path / "out/samples.parquet")
    assert samples["label"].to_list() == [i % 3 for i in range(N)]
    changed = samples.filter(pl.col("artefact").cast(pl.String) != "")
    assert changed["sample_id"].to_list() == [3, 11]
    assert changed["artefact"].cast(pl.String).to_list() == ["blur+label_uniform", "average"]
    assert changed["partner_id"].to_list() == [None, 5]


def test_a_study_without_scores_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no scores; run the study first"):
        keep(tmp_path, tmp_path / "out", {})
