"""What a stage that trains and measures opens: its checkpoints and its recorder.

Dynamics keep 10 bits of the mantissa, a relative error of 4.9e-4 at most: a third less room.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.numerics.rounding import BITS
from hardrare.training.checkpoints import Checkpoints, checkpoints
from hardrare.training.recorder import Recorder
from hardrare.training.settings import Settings


@contextmanager
def session(
    title: str,
    params: Settings,
    inputs: Sequence[Path],
    scratch: Path,
    dynamics: Path,
    sample_id: np.ndarray,
    **recorded: Any,  # noqa: ANN401
) -> Iterator[tuple[Recorder, Checkpoints | None]]:
    """A recorder whose files appear, and checkpoints that go, if the block succeeds.

    Args:
        title: of the stage and its matrix item, words between hyphens.
        params: the stage's parameters.
        inputs: every file that the stage reads.
        scratch: where checkpoints lie.
        dynamics: the file to write.
        sample_id: (N,) of all samples.
        recorded: further arguments of `Recorder`.
    """
    with (
        checkpoints(scratch, title, params, inputs, params.checkpoint_every) as kept,
        Recorder(dynamics, sample_id, bits=BITS, **recorded) as recorder,
    ):
        yield recorder, kept
