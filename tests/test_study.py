"""A study run side by side: the same bytes as one at a time and as DVC's own, wherever killed."""

import os
import re
import shutil
import signal
import subprocess

import numpy as np
import pytest
import yaml
from graph import ROOT
from tiny_study import ENV, HAS_DVC, call, change, lay, ran

from hardrare.errors import InputError
from hardrare.places import lay as place_of
from hardrare.runner.graph import Step
from hardrare.runner.locked import Locked, current, entries, text_of
from hardrare.study import study_file
from hardrare.told import lanes

SMALL = {
    "prepare": {"limit": 120, "test_limit": 30},
    "pretrain": {"objectives": [], "second_split": [], "on_features": [], "seeds": [0]},
    "cluster": {"objectives": [], "networks": ["efficientnet_lite0"], "clusters": [3]},
    "pseudo_label_features": {"epochs": 2},
    "supervise": {
        "kinds": [], "on_features": ["cross_validation", "second_split"], "seeds": [0, 1],
    },
    "supervise_features": {"epochs": 2, "checkpoint_every": 1},
    "score_supervised": {"aflite_rounds": 2},
}  # fmt: skip
TARGETS = ("score_supervised", "score", "pixels", "match")


def study(where, *more):
    return call(where, "python", "-m", "hardrare.study", "repro", *more, *TARGETS)


def results(where):
    """What the lock says of each stage."""
    return yaml.safe_load((where / "dvc.lock").read_text("utf-8"))["stages"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A study that ran one step at a time."""
    if not HAS_DVC:
        pytest.skip("needs dvc beside python")
    where = tmp_path_factory.mktemp("alone") / "hardrare"
    lay(where, SMALL)
    shutil.copytree(where, where.parent / "new")
    study(where, "--jobs", "1")
    return where


@pytest.fixture
def new(alone, tmp_path):
    """The same study, not run yet."""
    return shutil.copytree(alone.parent / "new", tmp_path / "new")


@pytest.mark.slow
def test_side_by_side_gives_the_same_bytes_and_dvc_has_nothing_to_do(alone, new):
    said = study(new, "--jobs", "2")
    assert results(new) == results(alone)
    assert re.search(r"in all, \d+ stages ran", said)
    assert "supervise_features 0/2: done" in said
    lock = (new / "dvc.lock").read_bytes()
    assert ran(call(new, "dvc", "repro", *TARGETS)) == set()
    call(new, "dvc", "commit", "-f", *results(new))
    assert (new / "dvc.lock").read_bytes() == lock, "as DVC writes it"
    assert " 0 stages ran" in study(new)


@pytest.mark.slow
def test_dvc_alone_gives_the_same_lock(alone, new):
    call(new, "dvc", "repro", *TARGETS)
    assert results(new) == results(alone)


@pytest.mark.slow
def test_a_study_that_is_killed_goes_on(alone, new):
    rng = np.random.default_rng(0)
    words = ["python", "-m", "hardrare.study", "repro", "--jobs", "2", *TARGETS]
    for _ in range(4):
        process = subprocess.Popen(
            words, cwd=new, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True, text=True,
        )  # fmt: skip
        try:
            process.wait(rng.uniform(2, 15))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        assert "Traceback" not in process.communicate()[1]
    study(new, "--jobs", "2")
    assert results(new) == results(alone)
    assert not [p for p in new.rglob("*.part") if ".dvc" not in p.parts]


@pytest.mark.slow
def test_the_cache_of_runs_is_used_and_a_change_runs_what_reads_it(alone, new):
    shutil.rmtree(new / ".dvc" / "cache", ignore_errors=True)
    (new / ".dvc" / "cache").symlink_to(alone / ".dvc" / "cache")
    assert " 0 stages ran" in study(new)
    assert results(new) == results(alone)
    change(new, score_supervised={"aflite_rounds": 3})
    assert ran(study(new)) == {"score_supervised"}
    change(new, supervise={"seeds": [0, 1, 2]})
    said = study(new)
    # the first of them has no run
    assert ran(said) == {"supervise", "supervise_features", "score_supervised"}
    trained = set(re.findall(r"^(supervise_features-\S+).* epoch", said, re.MULTILINE))
    assert len({name for name in trained if name.endswith("-2")}) == 2
    assert len(trained) in (2, 6)  # the others too, where scratch does not hold them


@pytest.mark.slow
def test_a_failed_stage_says_so_in_one_sentence(new):
    change(new, prepare={"dataset": "imagenet"})
    words = ["python", "-m", "hardrare.study", "repro"]
    said = call(new, *words, fails=True)
    assert "imagenet" in said.splitlines()[-1]
    assert "Traceback" not in said
    assert "there is no stage nothing" in call(new, *words, "nothing", fails=True)


@pytest.mark.slow
def test_another_study_runs_in_a_place_of_its_own(alone):
    lock = (alone / "dvc.lock").read_bytes()
    study_of = alone / "studies" / "tiny.yaml"
    study_of.write_text("prepare: {limit: 100, test_limit: 20}\n")
    words = ["python", "-m", "hardrare.study", "repro", "--study", "tiny", "pixels"]
    call(alone, *words)
    place = alone / "runs" / "tiny"
    assert (alone / "dvc.lock").read_bytes() == lock
    assert set(results(place)) == {"prepare", "inject", "pixels"}
    assert (place / "data" / "scores" / "pixels.arrow").is_file()
    assert ran(call(place, "dvc", "repro", "pixels")) == set()
    assert " 0 stages ran" in call(alone, *words)
    assert "runs" not in call(alone, "git", "status", "--porcelain")


# What needs no study


def test_a_place_holds_the_study_and_links_to_the_code(tmp_path):
    for name in ("hardrare", "stages"):
        (tmp_path / name).mkdir()
    for name in ("dvc.yaml", ".dvcignore"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "photos").mkdir()
    (tmp_path / "my.yaml").write_text("prepare: {dataset: folder, path: photos}\n")
    place = place_of(tmp_path / "my.yaml", tmp_path)
    assert place == tmp_path / "runs" / "my"
    params = yaml.safe_load((place / "params.yaml").read_text("utf-8"))
    assert (place / params["prepare"]["path"]).resolve() == tmp_path / "photos"
    assert (place / "dvc.yaml").read_bytes() == (ROOT / "dvc.yaml").read_bytes()
    before = (place / "params.yaml").stat().st_mtime_ns
    assert place_of(tmp_path / "my.yaml", tmp_path) == place
    assert (place / "params.yaml").stat().st_mtime_ns == before


def test_a_study_is_named_or_a_file(tmp_path):
    assert study_file("fashion-mnist", ROOT) == ROOT / "studies" / "fashion-mnist.yaml"
    with pytest.raises(InputError, match=r"there is no study nothing; .* digits"):
        study_file("nothing", ROOT)


def test_on_a_gpu_steps_with_torch_have_one_process():
    code = ("hardrare/errors.py",), ("hardrare/training/loop.py",)
    light, heavy = (Step(name, (), (), own, (), ()) for name, own in zip("lh", code, strict=True))
    assert list(lanes(3, False, heavy)) == list(lanes(3, True, light)) == ["0", "1", "2"]
    assert list(lanes(3, True, heavy)) == ["0"]


def test_a_lock_is_read_as_itsentries(tmp_path):
    text = (ROOT / "dvc.lock").read_text("utf-8")
    found = entries(ROOT / "dvc.lock")
    assert "schema: '2.0'\nstages:\n" + "".join(found.values()) == text
    assert set(found) == set(yaml.load(text, yaml.CSafeLoader)["stages"])
    assert entries(tmp_path / "none") == {}


def test_what_dvc_plots_shows_is_drawn_as_a_picture():
    from stages.report import PICTURES

    plots = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["plots"]
    pictures = {one for one in plots if isinstance(one, str)}
    assert pictures == {f"reports/figures/{name}.png" for name in PICTURES}


@pytest.mark.skipif(not HAS_DVC, reason="DVC is not installed")
def test_statistics_that_others_kept_are_no_stage_nor_are_stages_that_are_gone(tmp_path):
    from dvc.repo import Repo

    with Repo(str(ROOT)) as repo:
        tracked = [one.addressing for one in repo.index.stages if not one.cmd]
        locked = Locked(repo)
        (tmp_path / "dvc.lock").write_text(
            (ROOT / "dvc.lock").read_text("utf-8") + "  gone@x-0:\n    cmd: python -m stages.gone\n"
        )
        kept = current(tmp_path / "dvc.lock", repo)
        assert "gone@x-0" in entries(tmp_path / "dvc.lock")
    assert set(kept) <= set(locked.stages)
    assert "gone" not in text_of(kept)
    assert any("cifar10-gpu" in name for name in tracked)
    assert len(locked.steps) == len(repo.index.stages) - len(tracked)
