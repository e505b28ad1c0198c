"""Other remotes, for real: an S3 server on this machine, a read-only HTTP server, a folder."""

import http.server
import importlib.util
import threading
from contextlib import contextmanager
from functools import partial

import pytest
from tiny_study import HAS_DVC, call, copy_of, ran, save

pytestmark = pytest.mark.skipif(not HAS_DVC, reason="needs dvc beside python")
NO_S3 = [n for n in ("dvc_s3", "moto", "flask", "flask_cors") if not importlib.util.find_spec(n)]
KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def study(computed, tmp_path):
    return copy_of(computed, tmp_path / "study")


def cloned(study, tmp_path):
    """A fresh clone, without data."""
    call(tmp_path, "git", "clone", "-q", str(study), "clone")
    return tmp_path / "clone"


def pulled_runs(clone):
    """The run-cache's entries that a clone has."""
    return list((clone / ".dvc" / "cache" / "runs").glob("*/*/*"))


@contextmanager
def serving(folder):
    """A read-only HTTP server of a folder, on the loopback interface; yields its address."""
    handler = partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and writes no log."""

    def log_message(self, *args):
        """Nothing."""


@contextmanager
def s3_server():
    """An S3 server of this process, on the loopback interface; yields its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.mark.skipif(bool(NO_S3), reason=f"needs {', '.join(NO_S3)} (pip install -e '.[dev]')")
def test_s3_carries_the_study_and_its_run_cache(study, tmp_path, monkeypatch):
    import boto3

    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server() as address:
        boto3.client("s3", endpoint_url=address).create_bucket(Bucket="lab")
        call(study, "dvc", "remote", "add", "lab", "s3://lab/hardrare")
        call(study, "dvc", "remote", "modify", "lab", "endpointurl", address)
        save(study, "a remote on S3")
        call(study, "dvc", "push", "--run-cache", "-r", "lab", **KEYS)
        clone = cloned(study, tmp_path)
        call(clone, "dvc", "pull", "--run-cache", "-r", "lab", **KEYS)
        assert ran(call(clone, "dvc", "repro")) == set()
        assert len(pulled_runs(clone)) == len(pulled_runs(study))
        call(
            clone, "dvc", "remote", "modify", "--local", "lab", "endpointurl", "http://127.0.0.1:9"
        )
        (clone / "data" / "ranking.csv").unlink()
        assert ran(call(clone, "dvc", "repro")) == set()  # from the cache: no server is asked


def test_a_web_server_of_the_committed_files_is_a_remote(study, tmp_path):
    call(study, "python", "-m", "hardrare.release")
    save(study, "released")
    clone = cloned(study, tmp_path)
    with serving(study / "data" / "remote") as address:
        call(clone, "git", "rm", "-rq", "data/remote")
        call(clone, "dvc", "remote", "add", "web", address)
        call(clone, "dvc", "pull", "-r", "web")
        assert ran(call(clone, "dvc", "repro")) == set()
        ranking = clone / "data" / "ranking.csv"
        ranking.unlink()  # a link into the cache
        ranking.write_text("mine\n", "utf-8")
        call(clone, "dvc", "commit", "-f", "rank")
        refused = call(clone, "dvc", "push", "-r", "web", "rank", fails=True)
    assert "failed to push" in refused


def test_a_folder_carries_the_study_and_its_run_cache(study, tmp_path):
    call(study, "dvc", "remote", "add", "folder", str(tmp_path / "store"))
    save(study, "a remote in a folder")
    call(study, "dvc", "push", "--run-cache", "-r", "folder")
    clone = cloned(study, tmp_path)
    call(clone, "dvc", "pull", "--run-cache", "-r", "folder")
    assert ran(call(clone, "dvc", "repro")) == set()
    assert len(pulled_runs(clone)) == len(pulled_runs(study))
