"""A tiny study in a temporary clone, through DVC as a user runs it."""

import csv
import json
import re
import shutil

import pyarrow as pa
import pytest
from tiny_study import HAS_DVC, call, change, copy_of, ran

from hardrare.tables import TABLE

pytestmark = pytest.mark.skipif(not HAS_DVC, reason="needs dvc beside python")


@pytest.fixture(scope="module")
def clone(computed, tmp_path_factory):
    return copy_of(computed, tmp_path_factory.mktemp("clone") / "hardrare")


def test_the_page_and_the_rankings_are_there(clone):
    page = (clone / "reports" / "index.html").read_text("utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    images = (clone / "reports" / "images.html").read_text("utf-8")
    with (clone / "data" / "ranking.csv").open() as rows:
        ranked = list(csv.DictReader(rows))
    assert len(ranked) == 200 + 20 + 4 + 6 - 14  # mixes, two kinds of copies, a class made rare
    assert f"{len(ranked)} images and their labels, ranked" in images
    names = [
        (clone / "data" / f"{n}.txt").read_text("utf-8").splitlines() for n in ("keep", "drop")
    ]
    assert sorted(names[0] + names[1]) == sorted(row["file_name"] for row in ranked)
    assert {"file_name", "hard_score", "hard_rank", "is_hard"} <= set(ranked[0])
    metrics = json.loads((clone / "reports" / "metrics.json").read_text("utf-8"))
    assert metrics
    assert "autoencoder" in call(clone, "dvc", "metrics", "show", "--json")
    assert not list(clone.rglob("*.part"))
    assert call(clone, "git", "status", "--porcelain") == ""


def test_a_second_repro_runs_nothing(clone):
    assert ran(call(clone, "dvc", "repro")) == set()
    assert "up to date" in call(clone, "dvc", "status")


def test_equal_numbers_give_equal_bytes(clone):
    before = (clone / "dvc.lock").read_bytes()
    call(clone, "dvc", "repro", "--force", "--no-run-cache")
    assert (clone / "dvc.lock").read_bytes() == before


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({"detect": {"bootstrap": 12}}, {"detect", "report"}),
        ({"label_first": {"draws": 1}}, {"label_first", "report"}),
        ({"attribute": {"trees": 5}}, {"attribute", "report"}),
        ({"report": {"examples": 6}}, {"report"}),
        ({"show": {"thumbnail": 16}}, {"show"}),
        ({"correlate": {"seed": 3}}, {"correlate", "report"}),
        ({"retrain": {"epochs": 3}}, {"retrain", "report"}),
        ({"score": {"neighbours": 3}}, {"score", "score_supervised"}),
    ],
)
def test_only_what_changed_is_due(clone, sections, expected):
    change(clone, **sections)
    due = {line.split(":")[0].split("@")[0] for line in changed(clone)}
    call(clone, "git", "checkout", "-q", "params.yaml")
    if "score" in sections:  # what follows from it is due only if the scores change
        assert expected <= due
        assert not due & {"prepare", "inject", "pretrain", "supervise", "pixels"}
    else:
        assert due - {"report"} == expected - {"report"}


def changed(clone):
    """The stages that `dvc status` calls changed, with their items."""
    return list(json.loads(call(clone, "dvc", "status", "--json")))


def test_a_seed_more_runs_that_seed_and_the_aggregates(clone):
    change(clone, pretrain={"seeds": [0, 1]})
    output = call(clone, "dvc", "repro")
    assert ran(output) - {"retrain"} == {
        "pretrain", "cluster", "pseudo_label", "pretrain_features", "pseudo_label_features",
        "score", "represent", "match", "rank", "explain@efficientnet_lite0", "correlate", "detect",
        "attribute", "label_first", "prune", "report", "show",
    }  # fmt: skip
    again = re.findall(r"^(\w+) (\S+): as before", output, re.MULTILINE)
    first = {
        "pretrain": {"autoencoder-0", "autoencoder_second_split-0"},
        "cluster": {"autoencoder-0", "efficientnet_lite0"},
        "pseudo_label": {"pseudo_autoencoder-0"},
        "pretrain_features": {"features_barlow_twins-0"},
        "pseudo_label_features": {"pseudo_efficientnet_lite0-0"},
    }
    for stage, runs in first.items():
        assert {run for name, run in again if name == stage} == runs
    assert len([name for name, _ in again if name == "score"]) == 6  # and the frozen network
    call(clone, "git", "checkout", "-q", "params.yaml", "dvc.lock")
    call(clone, "dvc", "checkout")


def test_an_experiment_stands_beside_the_first(clone):
    call(clone, "dvc", "exp", "run", "-q", "-n", "longer", "-S", "pretrain.epochs=4")
    shown = call(clone, "dvc", "exp", "show", "--csv")
    rows = list(csv.DictReader(shown.splitlines()))
    epochs = {row["Experiment"]: row["pretrain.epochs"] for row in rows}
    assert epochs["longer"] == "4"
    assert "3" in {row["pretrain.epochs"] for row in rows if row["rev"] != "workspace"}
    call(clone, "git", "checkout", "-q", ".")


@pytest.mark.parametrize(
    ("stage", "sections", "sentence"),
    [
        ("prepare", {"prepare": {"dataset": "imagenet"}}, "imagenet"),
        ("prepare", {"prepare": {"limits": 5}}, "unknown key prepare.limits"),
        ("prepare", {"prepare": {"limit": "many"}}, "prepare.limit is 'many', expected a whole"),
        ("pretrain", {"pretrain": {"epochs": 2.5}}, "pretrain.epochs is 2.5, expected a whole"),
        ("pretrain", {"pretrain": {"schedule": "step"}}, "expected one of cosine"),
        ("detect", {"detect": {"budget": [0.1]}}, "unknown key detect.budget"),
    ],
)
def test_bad_parameters_are_one_sentence(clone, stage, sections, sentence):
    change(clone, **sections)
    if stage == "pretrain":
        output = call(clone, "dvc", "repro", "-s", "pretrain", fails=True)
    else:
        output = call(clone, "dvc", "repro", "-s", stage, fails=True)
    call(clone, "git", "checkout", "-q", "params.yaml")
    call(clone, "dvc", "checkout")
    assert sentence in output
    assert "Traceback" not in output


def test_a_table_of_another_version_is_refused(clone, tmp_path):
    learnt = clone / "data" / "dynamics" / "label_free"
    dynamics = learnt / "on_images" / "autoencoder-0.arrow"
    old = tmp_path / "old.arrow"
    table = pa.ipc.open_file(dynamics).read_all()
    table = table.replace_schema_metadata({TABLE: b"dynamics/0"})
    with pa.ipc.new_file(old, table.schema) as out:
        out.write_table(table)
    cut = tmp_path / "cut.arrow"
    cut.write_bytes(dynamics.read_bytes()[:-200])
    for broken, sentence in ((old, "holds a dynamics/0 table"), (cut, "not an intact Arrow file")):
        shutil.copytree(learnt, tmp_path / broken.stem)
        shutil.copy(broken, tmp_path / broken.stem / dynamics.relative_to(learnt))
        output = call(
            clone, "python", "-m", "stages.score", "--params", "params.yaml",
            "--dynamics", str(tmp_path / broken.stem), "--features", "data/features/label_free",
            "--frozen", "data/features/frozen", "--views", "data/views",
            "--inside-of", "data/inside", "--scores", str(tmp_path / "scores"),
            "--scratch", str(tmp_path / "s"), fails=True,
        )  # fmt: skip
        assert sentence in output
        assert "Traceback" not in output
    assert not (tmp_path / "scores").exists()


def test_without_one_label_the_ranking_and_the_page_are_made(clone):
    change(
        clone, supervise={"kinds": [], "on_features": []}, prune={"arms": [], "sweep": []},
        inject={"artefacts": []},
    )  # fmt: skip
    output = call(clone, "dvc", "repro", "report", "rank")
    trained = re.findall(r"^(\S.*?)  epoch \d+/", output, re.MULTILINE)
    assert trained
    assert not [title for title in trained if title.startswith(("supervise", "retrain"))]
    call(clone, "git", "checkout", "-q", "params.yaml", "dvc.lock")
    call(clone, "dvc", "checkout")
