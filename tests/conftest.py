"""What all tests share: the repository on the path, so that `stages` can be imported."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
