"""SIGKILL at random moments of a study, each time followed by `dvc repro`: the tables are equal."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter

import numpy as np
import pytest
import yaml
from tiny_study import ENV, HAS_DVC, RUNS, call, lay

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_DVC, reason="needs dvc beside python"),
]
KILLS, EPOCHS = 8, 16
TARGETS = "pretrain", "supervise"
PIECES = {"scratch/pretrain/autoencoder-0", "scratch/supervise/holdout-0"}
STEPS = "python", "-m", "hardrare.study", "repro", *TARGETS  # what `make study` calls


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A study of few stages that has run, and how long it took."""
    where, often = tmp_path_factory.mktemp("alone") / "hardrare", {"checkpoint_every": 2}
    pretrain = {"objectives": ["autoencoder"], "second_split": [], "on_features": [], "seeds": [0]}
    labelled = {"kinds": ["holdout"], "seeds": [0], "holdout": {"irreducible_epochs": EPOCHS}}
    lay(
        where,
        {
            "prepare": {"limit": 1000, "test_limit": 30},
            "pretrain": {**pretrain, "epochs": EPOCHS, **often},
            "cluster": {"objectives": [], "networks": []},
            "embed": {"networks": []},
            "supervise": {**RUNS, **labelled, "on_features": [], "epochs": EPOCHS, **often},
        },
    )
    shutil.copytree(where, where.parent / "killed")
    started = time.perf_counter()
    output = call(where, *STEPS)
    return where, time.perf_counter() - started, output


def results(where):
    """The md5 of every output by its stage, as dvc.lock has them."""
    stages = yaml.safe_load((where / "dvc.lock").read_text("utf-8"))["stages"]
    return {name: {o["path"]: o["md5"] for o in one["outs"]} for name, one in stages.items()}


def epochs(output):
    """How often each epoch of each run was trained to its end."""
    return Counter(re.findall(r"^(\S.*?)  epoch (\d+)/", output, re.MULTILINE))


def called(where, seconds):
    """What a study printed whose process group is killed after some seconds, and its status."""
    with (where.parent / "output").open("w+") as output:
        process = subprocess.Popen(
            STEPS, cwd=where, env=ENV, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        output.seek(0)
        return output.read(), status


def test_a_study_that_is_killed_again_and_again_ends_alike(alone, record_property):
    where, seconds, output = alone
    clone = where.parent / "killed"
    rng, printed, kills, twice, resumed = np.random.default_rng(0), "", 0, Counter(), 0
    while True:
        # Each call is killed somewhere in what a run that is left alone takes, and goes on from
        # the kill before; past the last it is left alone.
        wait = rng.uniform(0.05, 0.5) * seconds if kills < KILLS else None
        said, status = called(clone, wait)
        printed += said
        assert "Traceback" not in said, said
        assert status in (0, -signal.SIGKILL), said
        if status:
            kills += 1
            continue
        assert results(clone) == results(where)
        assert not [p for p in clone.rglob("*.part") if ".dvc" not in p.parts]
        left = [p for p in (clone / "scratch").rglob("*") if p.is_file() and p.suffix != ".lock"]
        # Tables that were made, to be taken again, and notes; no checkpoint.
        assert {p.suffix for p in left} == {".arrow", ".json", ".log"}
        made = [p for p in left if p.suffix == ".arrow"]
        assert {p.parent.relative_to(clone).as_posix() for p in made} == PIECES
        assert set(epochs(printed)) == set(epochs(output))
        for (title, _), more in (epochs(printed) - epochs(output)).items():
            twice[title] += more
        resumed += len(re.findall(r"goes on after epoch [1-9]", printed))
        if kills == KILLS:
            break
        printed = ""
        forget(clone)  # the end was reached before the last kill: once more from the beginning
    record_property(
        "told",
        f"{KILLS} kills, {resumed} trainings resumed; {twice.total()} epochs trained twice "
        f"(a run left alone trains {epochs(output).total()} in {seconds:.0f} s): {dict(twice)}",
    )


def forget(clone):
    """Take away all that a study has made, but not what kills have left."""
    shutil.rmtree(clone / ".dvc" / "cache")
    for pieces in PIECES:
        shutil.rmtree(clone / pieces)
    for table in (clone / "data").rglob("*.arrow"):
        table.unlink()
    (clone / "dvc.lock").unlink()


def test_what_a_kill_leaves_of_dvc_is_mended(alone):
    where, _, _ = alone
    lock = where / "dvc.lock"
    whole, before = lock.read_text("utf-8"), results(where)
    for broken in (whole[: len(whole) // 2], "", "stages:\n  prepare:\n    cmd: [", "stages: {a"):
        lock.write_text(broken, "utf-8")
        (where / ".dvc" / "tmp" / "rwlock").write_text('{"write": {', "utf-8")
        said = call(where, *STEPS)
        assert results(where) == before
        assert not epochs(said)  # all comes back from DVC's cache
