"""What imports cost: compilers and libraries stay out where nothing asks for them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_network_of_a_library_comes_without_the_compiler_which_works_later():
    code = """
import sys
import torch
from hardrare.networks import build
build("tf_efficientnet_lite0", (3, 32, 32))
print([name for name in sys.modules if name.startswith("torch._dynamo")])
twice = torch.compile(lambda x: 2 * x, backend="eager")
print(twice(torch.tensor(3)).item(), torch._dynamo.__file__ is None)
from torchvision.ops import roi_align
box = [torch.tensor([[0.0, 0.0, 4.0, 4.0]])]
print(roi_align(torch.ones(1, 1, 8, 8), box, 1).item())
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "6 False", "1.0"], done.stderr


def test_scoring_without_labels_imports_no_scikit_learn():
    code = """
import sys
import stages.score_supervised
print([name for name in ("sklearn", "scipy.stats", "torch") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]"], done.stderr
