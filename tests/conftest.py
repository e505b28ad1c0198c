"""What all tests share: the repository on the path, and one tiny study that has run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))


@pytest.fixture(scope="session")
def computed(tmp_path_factory):
    """A repository with a tiny study that has run; copy it, do not change it."""
    import tiny_study

    where = tmp_path_factory.mktemp("computed") / "hardrare"
    tiny_study.lay(where)
    tiny_study.compute(where)
    return where
