"""Files that people bring, weights and features: looked at before any image is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hardrare.errors import InputError
from hardrare.scan.asked import Asked, resolved

SAVED = b"PK", b"\x80"  # what torch.save begins a file with: a zip, or a pickle
SAFE = ".safetensors"


def check_own_files(asked: Asked, default: Mapping[str, Any]) -> None:
    """Refuse weights and features that are none.

    Args:
        asked: the options.
        default: the section of the network that is taken where none is named.

    Raises:
        InputError: one sentence that names the option.
    """
    for option, file, check in (
        ("--weights", asked.weights, lambda path: _weights(path, asked.network, default)),
        ("--embeddings", asked.embeddings, _embeddings),
    ):
        if file is None:
            continue
        path = resolved(file)
        try:
            check(path)
        except InputError as error:
            said = str(error).removeprefix(f"{path}: ")
            raise InputError(f"{option} {file}: {said}") from None


def _weights(path: Path, network: str | None, default: Mapping[str, Any]) -> None:
    """Refuse what does not fit; the imports take seconds, and only where weights are given."""
    if path.suffix.lower() == ".onnx":
        from hardrare.embedding import onnx

        onnx.session(path)
        return
    with path.open("rb") as stream:
        begins = stream.read(2)
    if path.suffix != SAFE and not begins.startswith(SAVED):
        raise InputError("is no file of weights; save a network's state_dict by torch.save, or "
                         f"as {SAFE}.")  # fmt: skip
    from hardrare import networks

    networks.pretrained(
        network or default["model"], (3, default["side"], default["side"]), str(path)
    )


def _embeddings(path: Path) -> None:
    from hardrare.embedding.given import refuse_unlike

    refuse_unlike(path)
