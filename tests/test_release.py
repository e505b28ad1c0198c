"""The remote in the repository: released by one command, pulled by a clone that trains nothing."""

import json

import pytest
import yaml
from graph import ROOT
from tiny_study import HAS_DVC, call, change, copy_of, ran, save

from hardrare.errors import InputError
from hardrare.release import MEGABYTES, release

pytestmark = pytest.mark.skipif(not HAS_DVC, reason="needs dvc beside python")


def released(where):
    return call(where, "python", "-m", "hardrare.release")


def refused(where):
    """The one sentence of a release that was refused, and left the remote as it was."""
    before = objects(where)
    output = call(where, "python", "-m", "hardrare.release", fails=True)
    assert objects(where) == before
    assert "Traceback" not in output
    return output.splitlines()[-1]


def objects(where):
    """The files of the remote, as paths below it."""
    remote = where / "data" / "remote"
    return {p.relative_to(remote).as_posix() for p in remote.rglob("*") if p.is_file()}


def due(where):
    """The stages that a `dvc repro` would run, without their items."""
    return {one.split("@")[0] for one in ran(call(where, "dvc", "repro", "--dry"))}


@pytest.fixture(scope="module")
def study(computed, tmp_path_factory):
    """A tiny study that was released and committed."""
    where = copy_of(computed, tmp_path_factory.mktemp("released") / "hardrare")
    line = released(where).splitlines()[-1]
    assert line.startswith(f"released {len(objects(where))} files, ")
    assert line.endswith("0 removed. Commit data/remote.")
    save(where, "released")
    return where


@pytest.fixture
def clone(study, tmp_path):
    """A fresh clone of it, pulled."""
    where = tmp_path / "clone"
    call(tmp_path, "git", "clone", "-q", str(study), "clone")
    assert not list((where / "data").rglob("*.arrow"))
    call(where, "dvc", "pull")
    return where


def test_a_fresh_clone_runs_nothing_and_rebuilds_the_page(study, clone):
    assert ran(call(clone, "dvc", "repro")) == set()
    assert call(clone, "git", "status", "--porcelain") == ""
    page = clone / "reports" / "index.html"
    before = page.read_bytes()
    assert ran(call(clone, "dvc", "repro", "-s", "-f", "report")) == {"report"}
    assert page.read_bytes() == before


def test_a_scoring_parameter_runs_scores_and_what_follows(clone):
    change(clone, score={"neighbours": 3})
    everything = ran(call(clone, "dvc", "repro"))
    stages = {one.split("@")[0] for one in everything}
    assert {"score", "score_supervised", "rank", "report"} <= stages
    trained = ("prepare", "inject", "pretrain", "supervise", "pixels", "cluster", "represent")
    assert not {one for one in stages if one.startswith(trained)}


def test_the_run_cache_brings_back_runs_whose_lock_is_gone(clone):
    lock = clone / "dvc.lock"
    before = yaml.safe_load(lock.read_text("utf-8"))["stages"]
    lock.unlink()
    output = call(clone, "dvc", "repro", "--pull", "prune")
    assert ran(output) == set()
    assert "Stage 'pretrain' is cached - skipping run" in output
    after = yaml.safe_load(lock.read_text("utf-8"))["stages"]
    assert "pretrain" in after
    assert after == {name: before[name] for name in after}


def test_what_is_stale_or_damaged_is_not_released(study, tmp_path):
    where = copy_of(study, tmp_path / "study")
    change(where, report={"examples": 6})
    assert refused(where) == "release: report: stale; run dvc repro, then release again."
    call(where, "git", "checkout", "-q", "params.yaml")
    with (where / "hardrare" / "errors.py").open("a") as file:
        file.write("\n# changed\n")
    assert "and " in (sentence := refused(where))
    assert sentence.endswith("more: stale; run dvc repro, then release again.")
    call(where, "git", "checkout", "-q", "hardrare")
    (where / "data" / "ranking.csv").unlink()
    assert refused(where) == "release: rank: stale; run dvc repro, then release again."
    call(where, "dvc", "checkout")


def test_an_object_that_is_not_what_its_name_says_is_not_released(study, tmp_path):
    where = copy_of(study, tmp_path / "study")
    lock = (where / "dvc.lock").read_text("utf-8")
    oid = lock.split("path: data/detection.arrow\n")[-1].split("md5: ")[1].split("\n")[0]
    cached = where / ".dvc" / "cache" / "files" / "md5" / oid[:2] / oid[2:]
    cached.chmod(0o644)
    data = bytearray(cached.read_bytes())
    data[len(data) // 2] ^= 1
    cached.write_bytes(data)
    cached.chmod(0o444)
    assert "data/detection.arrow" in refused(where) or "detect" in refused(where)


def test_a_release_replaces_the_one_before(study, tmp_path):
    where = copy_of(study, tmp_path / "study")
    before = objects(where)
    change(where, detect={"bootstrap": 12})
    call(where, "dvc", "repro", "detect", "report")
    line = released(where).splitlines()[-1]
    after = objects(where)
    assert not line.endswith(" 0 removed. Commit data/remote.")
    assert before - after, "the old detection, its run and its report are gone"
    assert after - before
    assert len(after) == len(before)
    lines = json.loads(call(where, "dvc", "data", "status", "--not-in-remote", "--json"))
    assert not lines.get("not_in_remote")


def test_what_is_too_large_is_refused_before_anything_is_written(study, monkeypatch):
    before = objects(study)
    monkeypatch.chdir(study)
    for name, value in (("MEGABYTES", 0.1), ("FILES", 20)):
        with monkeypatch.context() as patch:
            patch.setattr(f"hardrare.release.{name}", value)
            with pytest.raises(InputError, match="more than a repository should carry"):
                release(study)
    assert objects(study) == before


@pytest.mark.slow
def test_the_default_study_of_this_repository_runs_nothing_in_a_clone(tmp_path):
    """What people get: clones, pulls and reproduces this very repository at its last commit."""
    listed = call(ROOT, "git", "ls-files", "data/remote")
    if not listed:
        pytest.skip("data/remote is empty: nothing was released yet (make release)")
    call(tmp_path, "git", "clone", "-q", str(ROOT), "clone")
    clone = tmp_path / "clone"
    call(clone, "dvc", "pull")
    assert ran(call(clone, "dvc", "repro")) == set()
    assert call(clone, "git", "status", "--porcelain") == ""
    change(clone, detect={"budgets": [0.02]})
    assert due(clone) - {"report"} == {"detect"}
    sizes = [p.stat().st_size for p in (clone / "data" / "remote").rglob("*") if p.is_file()]
    assert sum(sizes) <= MEGABYTES * 1e6  # features and views of a frozen network are 24 of them
    assert len(sizes) <= 300
