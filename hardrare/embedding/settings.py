"""What the section `embed` of the parameters says, and that of a network in it."""

from dataclasses import dataclass

from hardrare.augmentation import Augmentation
from hardrare.errors import InputError

LARGEST = 2048  # pixels


@dataclass(frozen=True)
class How:
    """By what networks are run.

    Attributes:
        batch_size: images in a pass on a GPU.
        device: auto, or a torch device; an ONNX file runs on the CPU.
        precision: auto (bfloat16 where the GPU has it), float32 or bfloat16; of GPUs.
        seed: of the views.
    """

    batch_size: int
    device: str
    precision: str
    seed: int


@dataclass(frozen=True)
class Settings:
    """One frozen network, and what it is to look at.

    Attributes:
        model: its name in `networks`, timm or torchvision; of no meaning for an ONNX file.
        weights: `bundled` (of an installed package, offline), `download` (asks the network,
            only where this word stands), or a file: safetensors, a checkpoint of tensors, or
            any ONNX file.
        side: pixels of the square that a picture is made for its features.
        view_side: the same of its augmented views.
        views: how many; 0 = none.
        augmentation: how they are made.
        mean: of images in 0..1, taken off each channel; null = as the model expects.
        std: each channel is divided by it; null = as the model expects.
    """

    model: str | None
    weights: str
    side: int
    view_side: int
    views: int
    augmentation: Augmentation
    mean: list[float] | None = None
    std: list[float] | None = None

    def __post_init__(self) -> None:
        """Refuse what no network can look at."""
        for name in ("side", "view_side"):
            if not 8 <= getattr(self, name) <= LARGEST:
                raise InputError(
                    f"embed: {name} is {getattr(self, name)}, expected 8 to {LARGEST} pixels."
                )
        if not 0 <= self.views <= 64:
            raise InputError(f"embed: views is {self.views}, expected 0 to 64.")
        if self.model is None and not self.onnx:
            raise InputError("embed: model is null; name a network, or an ONNX file in weights.")
        for name in ("mean", "std"):
            values = getattr(self, name)
            if values is not None and (len(values) != 3 or (name == "std" and min(values) <= 0)):
                raise InputError(f"embed: {name} is {values}, expected three numbers, or null.")

    @property
    def onnx(self) -> bool:
        """Whether the network is an ONNX file."""
        return self.weights.lower().endswith(".onnx")
