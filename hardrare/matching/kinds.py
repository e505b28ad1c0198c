"""What was done to a copy, and which of two pictures may stand for the other."""

from dataclasses import dataclass

from hardrare.matching.confirm import Comparison
from hardrare.matching.differ import SAME

SAME_FILE, SAME_PIXELS, SIMILAR = "same file", "same pixels", "similar"
COLOUR = 0.8  # difference of colours, over their spread, from which on two pictures are two


@dataclass(frozen=True)
class Copy:
    """A pair that shows one picture.

    Attributes:
        kind: what parts the two: "same file", "same pixels", "resized or recompressed",
            "cropped", "bordered", "mirrored", "rotated", "recoloured".
        residual: worst block of what differs, over the spread.
        first_stands: whether the first shows all that the second does, and so may stay for it.
        second_stands: likewise.
    """

    kind: str
    residual: float
    first_stands: bool
    second_stands: bool


def copy(found: Comparison, worst_block: float) -> Copy | None:
    """The pair as copies, or None where it is not confirmed.

    A crop or a grey version shows less, so it never stands for the other; of a picture and the
    same one in a border either may stay. Pictures that overlap, each with more of its own, are two.

    Args:
        found: the comparison.
        worst_block: largest residual of a copy.
    """
    if not (found.worst <= worst_block and found.colour <= COLOUR):
        return None
    if not (found.first_shown or found.second_shown):
        return None
    first = (found.second_shown or found.border) and not found.first_grey
    second = (found.first_shown or found.border) and not found.second_grey
    return Copy(_kind(found), found.worst, first, second)


def _kind(found: Comparison) -> str:
    """The most telling of what was done."""
    if found.form:
        return "mirrored" if found.form >= 4 else "rotated"
    if not (found.first_shown and found.second_shown):
        return "bordered" if found.border else "cropped"
    grey = found.first_grey or found.second_grey
    if grey or found.shift > SAME[1]:
        return "recoloured"
    return "resized or recompressed"
