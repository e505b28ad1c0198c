"""Attribution: models find what is there, on the half they were not fitted on, and nothing else."""

import importlib

import numpy as np
import pytest
from score_tables import run_stage, score, small_study, write_params

from hardrare import tables
from hardrare.agreement.families import OTHER, family
from hardrare.agreement.summaries import blocks, summaries
from hardrare.attribution.attribution import Settings, attribution
from hardrare.attribution.models import forest, logistic
from hardrare.errors import InputError
from hardrare.metrics import registry

SIZE, POSITIVES = 600, 120
FEW = Settings(trees=30, samples=400, bootstrap=40, seed=0)


def found(scores, settings=FEW, aside=()):
    rows = attribution(
        np.arange(SIZE),
        scores,
        {"average": np.arange(POSITIVES), "rare": np.arange(5)},
        aside=np.array(aside, int),
        settings=settings,
    )
    assert {row["artefact"] for row in rows} == {"average"}  # of five positives nobody learns
    return {(r["model"], r["inputs"], r["what"], r["name"]): r for r in rows}


@pytest.fixture(scope="module")
def rows():
    """Pixels see a part, one score sees more, its copy the same, and another sees nothing."""
    rng = np.random.default_rng(0)
    flag = (np.arange(SIZE) < POSITIVES).astype(float)
    seen = 1.5 * flag + rng.normal(size=SIZE)
    return found(
        [
            score("pixels/contrast", flag + rng.normal(size=SIZE), "open"),
            score("pixels/random", flag, "open"),  # the control does not enter
            score("a/loss_mean", seen),
            score("a/loss_last", seen + 0.01 * rng.normal(size=SIZE)),
            score("a/msd_mean", rng.normal(size=SIZE), "open"),
            score("a/constant", np.ones(SIZE)),
        ]
    )


@pytest.mark.parametrize("model", ["forest", "logistic"])
def test_what_scores_know_and_add(rows, model):
    pixels, scores, both = (rows[model, i, "auroc", None] for i in ("pixels", "scores", "both"))
    assert pixels["value"] == pytest.approx(0.76, abs=0.1)  # Phi(1 / sqrt 2); a forest: less
    assert scores["value"] == pytest.approx(0.855, abs=0.06)  # Phi(1.5 / sqrt 2)
    assert both["value"] > scores["value"]
    gain = rows[model, "both", "gain", None]
    assert gain["value"] == pytest.approx(both["value"] - pixels["value"])
    assert 0 < gain["low"] < gain["value"] < gain["high"]
    assert all(one["low"] < one["value"] < one["high"] for one in (pixels, scores, both))
    assert (both["n"], both["positives"]) == (SIZE, POSITIVES)
    assert pixels["used"] == 1


@pytest.mark.parametrize("model", ["forest", "logistic"])
def test_what_shuffling_costs(rows, model):
    loss = rows[model, "scores", "family", "loss"]
    assert loss["low"] > 0.2
    assert loss["used"] == 2
    nothing = rows[model, "scores", "family", "MSD"]
    assert nothing["low"] <= 0 <= nothing["high"]
    singles = [rows[model, "scores", "score", f"a/loss_{end}"]["value"] for end in ("mean", "last")]
    assert max(singles) < loss["value"] + 0.03
    assert (model, "scores", "score", "a/constant") not in rows


def test_nothing_is_found_where_nothing_is():
    hits = 0
    for study in range(8):
        rng = np.random.default_rng(study)
        scores = [score(f"a/loss_{k}", rng.normal(size=SIZE)) for k in range(10)]
        scores += [score("pixels/ink", rng.normal(size=SIZE), "open")]
        made = found(scores)
        for model in ("forest", "logistic"):
            row = made[model, "scores", "auroc", None]
            hits += row["low"] <= 0.5 <= row["high"]
            assert abs(row["value"] - 0.5) < 0.1
    assert hits >= 13


def test_samples_set_aside_are_not_compared():
    rng = np.random.default_rng(1)
    scores = [score("a/x", rng.normal(size=SIZE)), score("pixels/ink", rng.normal(size=SIZE))]
    rows = found(scores, aside=range(200, 300))
    assert rows["forest", "both", "auroc", None]["n"] == SIZE - 100


def test_too_little_is_refused():
    with pytest.raises(InputError, match=r"attribute\.trees is 0"):
        found([score("a/x", np.arange(SIZE))], Settings(0, 400, 10, 0))


def test_the_sparse_model_is_sparse():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(400, 40)).astype(np.float32)
    y = x[:, 3] + 0.5 * rng.normal(size=400) > 0.8
    assert logistic(x, y, seed=0).used <= 8
    assert forest(x, y, trees=5, seed=0).used == 40


def test_every_metric_has_a_family():
    unknown = [name for name in registry() if family(f"a/{name}") == OTHER]
    assert not unknown, "name their family in hardrare/agreement/families.py"
    for name, metric in registry().items():
        pixels = set(metric.columns) <= {"image", "sample_id", "statistics", "packed"}
        assert (family(f"a/{name}") == "pixels") == pixels


def test_blocks_and_their_numbers_by_hand():
    names = ["pixels/ink", "a/msd_mean", "a/msd_std", "b/msd_mean", "s/aum", "s/msd_mean"]
    names.append("pseudo_a/aum")  # of cluster ids: s/aum stays a metric that labels alone allow
    value = np.eye(7)
    value[6, :6] = value[:6, 6] = np.nan
    pairs = {(0, 1): 0.1, (0, 2): -0.3, (1, 2): 0.8, (1, 3): 0.2, (2, 3): -0.4, (1, 4): -0.5}
    pairs |= {(2, 4): 0.7, (3, 4): 0.3, (0, 3): np.nan}
    for (i, j), one in pairs.items():
        value[i, j] = value[j, i] = one
    rows = summaries(blocks(names, ["s"]), value, np.stack([value, value]), 99)
    numbers = {(r["by"], r["group"], r["against"]): r for r in rows}
    assert numbers["family", "MSD", "itself"]["value"] == pytest.approx(0.8)
    assert numbers["family", "MSD", "elsewhere"]["value"] == pytest.approx(0.3)
    labels = numbers["family", "MSD", "labels"]  # s/msd_mean is no metric that labels alone allow
    assert (labels["value"], labels["pairs"], labels["scores"]) == (pytest.approx(0.5), 3, 3)
    assert numbers["family", "MSD", "pixels"]["pairs"] == 2  # one is not defined
    assert numbers["objective", "a", "free"]["value"] == pytest.approx(0.3)
    assert numbers["objective", "a", "labels"]["value"] == pytest.approx(0.6)
    assert numbers["objective", "a", "itself"]["low"] == pytest.approx(0.8)
    assert numbers["family", "learning", "free"]["value"] == pytest.approx(0.5)
    assert ("objective", "a", "elsewhere") not in numbers


def test_summary_intervals_are_not_lifted_by_noise():
    """Of unrelated scores: the interval holds the estimate, though the bootstrap is noisier."""
    names = [f"a/msd_{k}" for k in range(12)]
    values = np.random.default_rng(3).normal(size=(12, 80))
    draws = np.random.default_rng(4).integers(0, 80, (100, 80))
    again = np.stack([np.corrcoef(values[:, draw]) for draw in draws])
    row = summaries(blocks(names, []), np.corrcoef(values), again, 80)[0]
    assert row["low"] < row["value"] < row["high"]
    assert (
        row["value"] < np.abs(again[:, np.triu_indices(12, 1)[0], np.triu_indices(12, 1)[1]]).mean()
    )


def test_attribute_stage(tmp_path):
    sample_id, _ = small_study(tmp_path)
    rows = [{"sample_id": int(i), "base_id": int(i), "artefact": "blur"} for i in sample_id[:20]]
    tables.write_rows(tmp_path / "manifest.arrow", "manifest/1", rows)
    settings = {"trees": 5, "samples": 100, "bootstrap": 10, "seed": 0}
    params = write_params(tmp_path / "params.yaml", attribute=settings)
    for name in ("one", "two"):
        paths = {"scores": tmp_path / "scores", "manifest": tmp_path / "manifest.arrow"}
        run_stage("attribute", params, **paths, attribution=tmp_path / f"{name}.arrow")
    assert (tmp_path / "one.arrow").read_bytes() == (tmp_path / "two.arrow").read_bytes()
    table = tables.read(tmp_path / "one.arrow", "attribution/1").to_pylist()
    assert not [r for r in table if (r["name"] or "").startswith("supervised")]
    assert {r["n"] for r in table} == {60}


def test_doctest_of_families():
    import doctest

    result = doctest.testmod(importlib.import_module("hardrare.agreement.families"))
    assert result.attempted
    assert not result.failed
