"""The lines of docs/use-the-scores.md, run as they stand where their tool is installed."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from hardrare.errors import InputError
from hardrare.export.held_out import held_out

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "use-the-scores.md").read_text("utf-8")
PARTS = {part.partition("\n")[0]: part for part in TEXT.split("\n## ")[1:]}
NAMES = ["a.png", "b/c.png", "b/d.png"]

# What a part imports, what stands for its window, and a line that shows that the scores arrived.
TOOLS = {
    "pandas": ("pandas", "", "assert scores.loc['b/c.png', 'hard_rank'] == 1"),
    "polars": ("polars", "", f"assert scores['file_name'].to_list() == {NAMES}"),
    "Hugging Face datasets": (
        "datasets", "",
        "assert [row['sample_id'] for row in images.sort('hard_rank')] == [1, 2]",
    ),
    "FiftyOne": (
        "fiftyone", "import fiftyone; fiftyone.launch_app = lambda dataset: None",
        "assert [s.filename for s in dataset.sort_by('hard_rank')] == ['c.png', 'd.png', 'a.png']\n"
        "assert len(dataset.match(fo.ViewField('is_noisy'))) == 1\n"
        "assert len(dataset.match_tags('group 0')) == 2\n"
        "assert [s['reason'] for s in dataset] == [None, 'blurred', None]\n"
        "assert all(Path(s.filepath).is_file() for s in dataset)",
    ),
    "LightlyStudio": (
        "lightly_studio", "import lightly_studio; lightly_studio.start_gui = lambda: None",
        "found = {s.file_name: s.metadata['hard_rank'] for s in dataset}\n"
        "assert found == {'a.png': 3, 'c.png': 1, 'd.png': 2}, found",
    ),
    "Spotlight": (
        "renumics.spotlight",
        "from renumics import spotlight; spotlight.show = lambda *a, **k: shown.append((a, k)); "
        "shown = []",
        "assert [Path(p).is_file() for p in shown[0][0][0]['image']] == [True] * 3",
    ),
    "cleanlab Datalab": (
        "cleanlab", "",
        "found = rows['file_name'][lab.get_issues('label')['is_label_issue']].tolist()\n"
        "assert found == ['3.png'], found",
    ),
}  # fmt: skip


def installed(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@pytest.fixture
def scanned(tmp_path):
    """Photos, and what a scan of them leaves."""
    for k, name in enumerate(NAMES):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8, 3), 60 * k, np.uint8)).save(tmp_path / "photos" / name)
    columns = {
        "file_name": NAMES,
        "sample_id": pa.array(range(3), pa.int32()),
        "hard_score": pa.array([0.1, 0.9, 0.5], pa.float32()),
        "hard_rank": pa.array([3, 1, 2], pa.int32()),
        "hard_spread": pa.array([None] * 3, pa.float32()),
        "noisy_rank": pa.array([1, 2, 3], pa.int32()),
        "group": pa.array([None, 0, 0], pa.int32()),
        "is_noisy": [True, False, False],
        "reason": [None, "blurred", None],  # a missing text, in the first row too
    }
    (tmp_path / "scan").mkdir()
    pq.write_table(pa.table(columns), tmp_path / "scan" / "scores.parquet")
    (tmp_path / "scan" / "keep.txt").write_text("b/c.png\nb/d.png\n")
    arrays(tmp_path / "scan" / "export")
    return tmp_path


def arrays(folder):
    """What `hardrare export` makes of 200 images of two kinds, one called wrongly."""
    rng = np.random.default_rng(0)
    kind = np.arange(200) % 2
    features = (kind[:, None] * 6 + rng.standard_normal((200, 4))).astype(np.float32)
    features[3] += 2  # far on the side of its kind
    label = np.where(np.arange(200) == 3, 0, kind)
    folder.mkdir()
    pq.write_table(pa.table({"file_name": [f"{k}.png" for k in range(200)], "label": label}),
                   folder / "rows.parquet")  # fmt: skip
    np.save(folder / "features.npy", features)
    np.save(folder / "pred_probs.npy", held_out(features, label, 2))


def test_every_part_is_tried():
    assert PARTS.keys() == TOOLS.keys()


@pytest.mark.parametrize("part", TOOLS)
def test_the_lines_load_the_scores(scanned, part):
    module, window, check = TOOLS[part]
    if not installed(module):
        pytest.skip(f"{module} is not installed")
    blocks = re.findall(r"```python\n(.*?)```", PARTS[part], flags=re.DOTALL)
    assert blocks
    code = "\n".join(["from pathlib import Path", window, *blocks, check])
    offline = ["HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"]
    quiet = dict.fromkeys([*offline, "FIFTYONE_DO_NOT_TRACK"], "1")
    quiet |= {"LIGHTLY_STUDIO_ANALYTICS_ENABLED": "0", "PYTHONPATH": str(ROOT)}
    quiet |= {"HF_HOME": str(scanned / "hf"), "HOME": str(scanned)}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=scanned, capture_output=True, text=True, check=False,
        env={**os.environ, **quiet},
    )  # fmt: skip
    if "MongoDB could not be installed" in ended.stderr:
        pytest.skip("fiftyone has no database here")
    assert ended.returncode == 0, ended.stderr


def test_held_out_probabilities_are_of_classifiers_that_did_not_see_the_image():
    rng = np.random.default_rng(1)
    label = np.repeat([0, 1, 3], [20, 20, 2])  # no image of class 2, two of class 3
    features = np.eye(4)[label] * 4 + rng.standard_normal((42, 4)) * 0.1
    found = held_out(features, label, 4)
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-5)
    assert (found[:40].argmax(1) == label[:40]).all()
    assert not found[:, 2].any()
    wrong = np.where(np.arange(42) == 5, 1, label)  # which no other classifier has learnt by heart
    assert held_out(features, wrong, 4)[5, 0] > 0.9
    with pytest.raises(InputError, match="two classes, one of 5 images"):
        held_out(features, np.zeros(42, int), 1)
