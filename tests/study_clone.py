"""A clone of the working tree in a folder of its own, and DVC in it as a user calls it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from graph import ROOT

BIN = Path(sys.executable).parent
ENV = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}


def call(where, *words, fails=False):
    """What a command prints; it must succeed, or fail."""
    done = subprocess.run(words, cwd=where, env=ENV, capture_output=True, text=True)
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


def copied(where, **sections):
    """The working tree's files in a repository of their own, with changed parameters."""
    listed = call(ROOT, "git", "ls-files", "-co", "--exclude-standard").splitlines()
    for name in (n for n in listed if (ROOT / n).is_file() and n != "dvc.lock"):
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, where / name)
    change(where, **sections)
    call(where, "git", "init", "-q")
    call(where, "git", "config", "user.email", "test@example.org")
    call(where, "git", "config", "user.name", "test")
    call(where, "git", "add", "-A")
    call(where, "git", "commit", "-qm", "a tiny study")
    return where
