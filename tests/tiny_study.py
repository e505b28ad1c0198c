"""A tiny study in a repository of its own, through DVC as a user runs it."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import yaml
from graph import ROOT

from hardrare.params import load
from hardrare.runner.contents import Contents
from hardrare.runner.graph import stages_for, steps, unmade
from hardrare.runner.record import Record, Work
from hardrare.runner.run import run

BIN, TESTS = Path(sys.executable).parent, Path(__file__).parent
ENV = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
HAS_DVC = (BIN / "dvc").exists()


@cache
def warm():
    """The environment in which `python -m stages...` and `dvc` find everything imported."""
    folder = Path(tempfile.mkdtemp(prefix="warm"))
    words = [sys.executable, TESTS / "warm.py", folder / "socket", folder]
    server = subprocess.Popen(
        words, cwd=folder, env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    atexit.register(shutil.rmtree, folder)
    atexit.register(server.communicate)  # which ends its input, and so the server
    assert server.stdout.readline() == b"ready\n"
    return ENV | {"PATH": f"{folder}{os.pathsep}{ENV['PATH']}"}


def call(where, *words, fails=False, **more):
    """The output of a command, which must succeed, or fail; `more` is put into its environment."""
    env = warm() if words[0] in ("python", "dvc") else ENV
    done = subprocess.run(words, cwd=where, env=env | more, capture_output=True, text=True)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def change(where, **sections):
    """Set `section={"key": value}` in params.yaml."""
    path = where / "params.yaml"
    tree = yaml.safe_load(path.read_text("utf-8"))
    for section, values in sections.items():
        tree[section].update(values)
    path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")


def ran(output):
    """The stages that a `dvc repro` ran."""
    lines = [line for line in output.splitlines() if line.startswith("Running stage")]
    return {line.split("'")[1] for line in lines}


RUNS = {"network": "small_cnn", "epochs": 2}
NETWORK = {
    "model": "tf_efficientnet_lite0", "weights": "bundled", "side": 32, "view_side": 32, "views": 1,
    "augmentation": {
        "min_scale": 0.5, "flip": 0.0, "degrees": 10, "brightness": 0.3, "contrast": 0.3,
        "saturation": 0.0, "hue": 0.0, "grayscale": 0.0, "solarise": 0.0,
    },
}  # fmt: skip
TINY = {
    "prepare": {"limit": 200, "test_limit": 60},
    "pretrain": {
        "objectives": ["autoencoder"],
        "second_split": ["autoencoder"],
        "seeds": [0],
        "epochs": 3,
    },
    "embed": {"networks": ["efficientnet_lite0"], "efficientnet_lite0": NETWORK},
    "cluster": {"objectives": ["autoencoder"], "clusters": [3, 5], "repeats": 1},
    "pretrain_features": {"epochs": 2},
    "pseudo_label": {"folds": 3, **RUNS},
    "pseudo_label_features": {"epochs": 2},
    "supervise_features": {"epochs": 2},
    "supervise": {"kinds": ["second_split"], "seeds": [0], **RUNS},
    "rank": {
        "hard": ["autoencoder/loss_mean"],
        "rare": ["autoencoder/knn_distance"],
        "noisy": ["autoencoder/loss_diff"],
    },
    "correlate": {"bootstrap": 10},
    "detect": {"bootstrap": 10},
    "attribute": {"bootstrap": 10, "trees": 10},
    "represent": {"bootstrap": 10},
    "label_first": {"features": "autoencoder", "draws": 2},
    "show": {"feature_map": "autoencoder"},
    "prune": {
        "arms": ["full", "random", "drop_easy-autoencoder-loss_mean"],
        "draws": 2,
        "features": "autoencoder",
        "sweep": [0.5],
        "sweep_arms": ["random", "balanced-drop_easy-autoencoder-loss_mean"],
    },
    "retrain": {"seeds": [0, 1], **RUNS},
}


def lay(where, sections=TINY):
    """The working tree's files in a git repository of their own, with a study of seconds."""
    listed = call(ROOT, "git", "ls-files", "-co", "--exclude-standard").splitlines()
    own = [n for n in listed if n != "dvc.lock" and not n.startswith("data/remote/")]
    own = [n for n in own if not n.endswith(".dvc")]  # of studies that others ran, to be pulled
    for name in (n for n in own if (ROOT / n).is_file()):
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, where / name)
    change(where, **sections)
    call(where, "git", "init", "-q")
    call(where, "git", "config", "user.email", "test@example.org")
    call(where, "git", "config", "user.name", "test")
    save(where, "a tiny study")


def compute(where):
    """Run it, tell DVC and commit its lock: two processes run all stages, not one for each."""
    params = load(where / "params.yaml")
    stages = stages_for(["report", "show", "represent"], {})
    todo = steps(stages, params)
    notes = where / "scratch"
    work = Work(todo, params, where, Record(notes / "done.json"), Contents(notes / "seen.json"), {})
    assert len(run(work, notes / "log.txt", Heard()).ran) == len(todo)
    for out in unmade(stages, params):  # which DVC expects all the same
        (where / out).mkdir(parents=True, exist_ok=True)
    call(where, "dvc", "commit", "-f")
    assert ran(call(where, "dvc", "repro")) == set()
    save(where, "its lock")


class Heard:
    """Hears the runner, and says nothing."""

    def skip(self, step): ...
    def start(self, step): ...
    def line(self, step, text): ...
    def end(self, step): ...


def save(where, message):
    """Commit everything to git."""
    call(where, "git", "add", "-A")
    call(where, "git", "commit", "-qm", message)


def copy_of(study, where):
    """A copy of a repository with its cache, to change at will."""
    shutil.copytree(study, where, symlinks=True)
    call(where, "dvc", "checkout")
    return where
