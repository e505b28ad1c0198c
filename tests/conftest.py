"""What all tests share: the repository on the path, and one tiny study that has run."""

import os
import sys
from pathlib import Path

import pytest
from filelock import FileLock

sys.path.insert(0, str(Path(__file__).parents[1]))
# Tests run side by side, and sums come out otherwise with another number of threads.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def computed(tmp_path_factory):
    """A repository with a tiny study that has run; copy it, do not change it."""
    import tiny_study

    # Processes that run tests side by side share it; the folder of each lies in one of all.
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    where, done = base / "computed" / "hardrare", base / "computed" / "done"
    with FileLock(base / "computed.lock"):
        if not done.exists():
            tiny_study.lay(where)
            tiny_study.compute(where)
            done.touch()
    return where


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items):
    """What needs a whole study is slow."""
    for item in items:
        if "computed" in item.fixturenames:
            item.add_marker("slow")


def pytest_terminal_summary(terminalreporter):
    """What tests counted (`record_property("told", ...)`), at the end of all output."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, told in report.user_properties:
            if name == "told":
                terminalreporter.write_line(f"{report.nodeid}: {told}")
