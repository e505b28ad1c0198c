"""A Ray that already runs is joined, by its address or by `auto`, and gives the same bytes."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from dataset_files import write_files, write_parquet
from test_by_shards import NEEDS_RAY, TABLES, pictures, prepared
from test_shards import write_shard
from tiny_study import ENV
from two_processes import ROOT

from hardrare import shards

pytestmark = [pytest.mark.slow, NEEDS_RAY]
START = (
    *("-m", "ray.scripts.scripts", "start", "--head", "--block", "--port=0", "--num-cpus=2"),
    *("--include-dashboard=false", "--disable-usage-stats"),
)
# From Ray 2.59 on one that finds a token asks for it, and who gives an address must say so.
ASKED = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "of-this-test", "RAY_worker_niceness": "0"}
JOIN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
import ray
import test_by_shards

def noted(*given, init=ray.init, **how):
    print("joined", init(*given, **how).address_info["gcs_address"], flush=True)

ray.init, test_by_shards.shards.ROWS = noted, 5
test_by_shards.prepared(sys.argv[1], Path(sys.argv[2]), dataset=sys.argv[3])
"""


@pytest.fixture(scope="module")
def running():
    """The address of a Ray of two cores that somebody has started; it outlives who joins."""
    folder = Path(tempfile.mkdtemp(prefix="ray"))  # short, as names of sockets must be
    words = [sys.executable, *START, f"--temp-dir={folder}"]  # which `auto` of others knows not
    with (folder / "said").open("wb") as said:
        env = ENV | ASKED | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(words, env=env, stdout=said, stderr=said)
    told = folder / "ray_current_cluster"
    while not told.exists():
        assert process.poll() is None, (folder / "said").read_text()
        time.sleep(0.1)
    yield told.read_text().strip()
    assert process.poll() is None, (folder / "said").read_text()
    process.send_signal(signal.SIGTERM)
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def assert_same_by(running, source, out, dataset="folder", **by):
    """What one process makes is what two workers of the Ray that runs make."""
    alone = prepared(source, out / "alone", dataset=dataset)
    words = [sys.executable, "-c", JOIN, source, out / "ray", dataset, Path(__file__).parent]
    env = ENV | ASKED | {"PYTHONPATH": str(ROOT)} | by
    done = subprocess.run(words, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {line for line in done.stdout.splitlines() if "joined" in line} == {f"joined {running}"}
    assert "prepare  5/5 shards" in done.stdout
    assert {name: (out / "ray" / name).read_bytes() for name in TABLES} == alone


@pytest.mark.parametrize("auto", [False, True])
def test_a_ray_that_runs_is_joined_and_decides_no_byte(running, tmp_path, auto):
    by = {shards.ASKED: "auto", "RAY_ADDRESS": running} if auto else {shards.ASKED: running}
    photos = write_files(tmp_path / "photos", pictures(21))  # and one of 16 bits, and a torn one
    assert_same_by(running, photos, tmp_path, **by)


@pytest.mark.parametrize("kind", ["parquet", "webdataset"])
def test_files_of_many_images_are_prepared_by_two_workers_as_by_one(running, tmp_path, kind):
    made = [*pictures(21).items()]
    for part, some in enumerate((made[:9], made[9:])):
        file = tmp_path / "set" / f"{part}.{'parquet' if kind == 'parquet' else 'tar'}"
        if kind == "parquet":
            write_parquet(file, [content for _, content in some])
        else:
            write_shard(file, dict(some))
    assert_same_by(running, tmp_path / "set", tmp_path, kind, **{shards.ASKED: running})
