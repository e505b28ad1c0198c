"""The package as a wheel, installed by pip alone outside the repository, scans a folder."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import numpy as np
import pytest
from graph import ROOT
from PIL import Image

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from the files that git knows, as a release is."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    root = "pyproject.toml", "setup.py", "README.md", "LICENSE", "dvc.yaml"
    listed = called(ROOT, "git", "ls-files", "hardrare", "stages", "studies", *root)
    for name in listed.splitlines():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    called(
        out, sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--wheel-dir", out, source,
    )  # fmt: skip
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """Of an environment that holds this wheel and, by their path, the packages that it names."""
    home = tmp_path_factory.mktemp("environment")
    called(home, sys.executable, "-m", "venv", home / "v")
    here = home / "v" / "bin" / "python"
    called(home, here, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
    (site,) = (home / "v" / "lib").glob("python3*/site-packages")
    # A path in a .pth is searched; the .pth files that lie there, such as an editable one, are not.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return here


def called(where, *words):
    """The output of a command outside the repository, which must succeed."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(words, cwd=where, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_what_the_package_reads(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    listed = called(ROOT, "git", "ls-files", "hardrare", "stages").splitlines()
    assert not [name for name in listed if name not in held]


def test_it_scans_a_folder_without_the_repository(python, tmp_path):
    photos, rng = tmp_path / "photos", np.random.default_rng(5)
    photos.mkdir()
    for i in range(24):
        blocks = rng.integers(0, 256, (6, 8, 3), np.uint8).repeat(20, 0).repeat(20, 1)
        Image.fromarray(blocks).save(photos / f"{i:02}.png")
    Image.open(photos / "03.png").resize((80, 60)).save(photos / "small.png")
    command = python.parent / "hardrare"
    said = called(tmp_path, python, "-c", "import hardrare; print(hardrare.__file__)")
    assert Path(said.strip()).is_relative_to(python.parents[1])
    called(tmp_path, command, "scan", photos, "--out", tmp_path / "scan")
    assert (tmp_path / "scan" / "index.html").read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "scan" / "drop.txt").read_text("utf-8").splitlines() == ["small.png"]
