"""ONNX: networks of this library exported, and files that people bring, run by onnxruntime.

One thread a session: several batches run beside each other instead. An image's features are
then the same bytes whatever the number of threads and whatever stands beside it in a batch.
"""

import io
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from hardrare.embedding.padded import padded
from hardrare.errors import InputError

Run = Callable[[np.ndarray], np.ndarray]


def exported(network: nn.Module, side: int) -> bytes:
    """A network of colour images of side x side as an ONNX model; any number of images.

    A side at a time: networks that pad as TensorFlow does have it in their graph.
    """
    stream, network = io.BytesIO(), padded(network, side)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # of the exporter that needs no further package
        torch.onnx.export(
            network, (torch.zeros(2, 3, side, side),), stream, dynamo=False,
            input_names=["images"], output_names=["features"],
            dynamic_axes={"images": {0: "B"}, "features": {0: "B"}},
        )  # fmt: skip
    return stream.getvalue()


def session(model: bytes | Path) -> Run:
    """A function from images (B, 3, H, W) float32 to the model's output, on one thread.

    The image axis may be second or last, and the batch of any size or of one.

    Raises:
        InputError: no onnxruntime, no such file, or a model that takes no images.
    """
    opened = _open(model)
    [inputs, *more] = opened.get_inputs()
    shape = inputs.shape
    last = _channels_last(shape)
    if more or len(shape) != 4 or inputs.type not in ("tensor(float)", "tensor(float16)"):
        raise InputError(
            f"{_named(model)}: takes {len(more) + 1} inputs, the first {inputs.type} of shape "
            f"{shape}; export a network of one input, images as floats."
        )
    kind = np.float32 if inputs.type == "tensor(float)" else np.float16
    alone = shape[0] == 1

    def run(images: np.ndarray) -> np.ndarray:
        given = images.transpose(0, 2, 3, 1) if last else images
        given = np.ascontiguousarray(given, kind)
        parts = [given[i : i + 1] for i in range(len(given))] if alone else [given]
        return np.concatenate([opened.run(None, {inputs.name: part})[0] for part in parts])

    return run


def side_of(model: Path) -> int | None:
    """The side in pixels of the square images that a file was made for, None where it takes any.

    Raises:
        InputError: no onnxruntime, no such file, or not readable.
    """
    shape = _open(model).get_inputs()[0].shape
    sides = shape[1:3] if _channels_last(shape) else shape[2:4]
    fixed = len(shape) == 4 and isinstance(sides[0], int) and sides[0] == sides[1]
    return sides[0] if fixed else None


def _channels_last(shape: Sequence[int | str | None]) -> bool:
    """Whether a model takes images (B, H, W, 3)."""
    return len(shape) == 4 and shape[3] == 3 and shape[1] != 3


def _open(model: bytes | Path):  # noqa: ANN202 - of a package that may be absent
    try:
        import onnxruntime
    except ImportError:
        raise InputError("onnxruntime is not installed; run: pip install onnxruntime") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if isinstance(model, Path) and not model.is_file():
        raise InputError(f"{model}: no such file of weights; name an existing one.")
    given = str(model) if isinstance(model, Path) else model
    try:
        return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(
            f"{_named(model)}: not readable as ONNX ({reason}); name another."
        ) from None


def _named(model: bytes | Path) -> str:
    return str(model) if isinstance(model, Path) else "the exported network"
