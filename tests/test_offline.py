"""Once installed, nothing of a study needs a network: every stage runs with all sockets blocked."""

import os
import sys

import pytest
from graph import ROOT
from tiny_study import ENV, HAS_DVC, call, copy_of, ran

pytestmark = pytest.mark.skipif(not HAS_DVC, reason="needs dvc beside python")
STAGES = [
    "prepare", "inject", "pretrain", "supervise",
    "score", "pixels", "represent", "rank", "correlate", "detect", "prune",
    "retrain", "report",
]  # fmt: skip
# Python runs a module of this name at its start. Sockets within the machine's kernel stay.
BLOCK = """
import os, socket, traceback

def refuse(what):
    with open(os.environ["ASKED_FOR_A_NETWORK"], "a") as file:
        file.write(what + "\\n" + "".join(traceback.format_stack(limit=8)))
    raise OSError("all sockets are blocked")

class Blocked(socket.socket):
    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        if family != socket.AF_UNIX and fileno is None:
            refuse(f"socket {family}")
        super().__init__(family, type, proto, fileno)

socket.socket = Blocked
socket.getaddrinfo = lambda *rest, **more: refuse(f"getaddrinfo {rest}")
socket.create_connection = lambda *rest, **more: refuse(f"create_connection {rest}")
"""


@pytest.fixture
def blocked(tmp_path):
    """An environment in which every Python program finds its sockets blocked."""
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sitecustomize.py").write_text(BLOCK, "utf-8")
    paths = [str(tmp_path / "first"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PYTHONPATH": os.pathsep.join(paths),
        "ASKED_FOR_A_NETWORK": str(tmp_path / "asked"),
        "PATH": ENV["PATH"],  # processes of their own, which begin blocked
    }


def test_the_block_blocks(tmp_path, blocked):
    for line in (
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.socket()",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    ):
        (tmp_path / "asked").unlink(missing_ok=True)
        assert "blocked" in call(tmp_path, sys.executable, "-c", line, fails=True, **blocked)
        assert (tmp_path / "asked").exists()


def test_every_stage_and_the_remote_need_no_network(computed, tmp_path, blocked):
    where = copy_of(computed, tmp_path / "study")
    output = call(where, "dvc", "repro", "-s", "-f", "--no-run-cache", *STAGES, **blocked)
    assert ran(output) == set(STAGES)
    assert call(where, "git", "status", "--porcelain") == "", "the same bytes as with a network"
    call(where, "python", "-m", "hardrare.release", **blocked)
    call(where, "python", "-m", "hardrare.study", "check", "params.yaml", **blocked)
    assert not (tmp_path / "asked").exists(), (tmp_path / "asked").read_text("utf-8")


def test_no_page_of_the_library_loads_from_elsewhere():
    for path in (ROOT / "hardrare" / "report").iterdir():
        if path.suffix in {".html", ".css"}:
            text = path.read_text("utf-8")
            assert "<script src" not in text, path
            assert "@import" not in text, path
            assert 'rel="stylesheet" href="http' not in text, path
