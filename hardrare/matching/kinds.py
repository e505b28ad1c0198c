"""What was done to a copy, and which of two pictures may stand for the other."""

from dataclasses import dataclass, replace

from hardrare.matching.confirm import LIKE, MOST, Comparison
from hardrare.matching.differ import SAME

SAME_FILE, SAME_PIXELS, SIMILAR = "same file", "same pixels", "similar"
OPAQUE, SAVED_AGAIN = "opaque", "resized or recompressed"
LARGER = 1.1  # times as many pixels within a border as without are more of a picture
COLOUR = 0.8  # difference of colours, over their spread, from which on two pictures are two
TINT = 25.0  # grey levels: a symbol in a paler ink may be one that is switched off
BEYOND = {True: 2.5, False: 4.0}  # times the usual difference: of drawings, of photographs,
EXPOSED = 8.0  # and of one that is brighter: light parts were cut off, not alike everywhere


@dataclass(frozen=True)
class Copy:
    """A pair that shows one picture.

    Attributes:
        kind: what parts the two: "same file", "same pixels", "resized or recompressed",
            "cropped", "bordered", "mirrored", "rotated", "recoloured", "opaque".
        residual: worst block of what differs, over the spread.
        first_stands: whether the first shows all that the second does, and so may stay for it.
        second_stands: likewise.
        framed: 0 where the first shows the second in a border, and no more pixels of it; 1 the
            other way round.
    """

    kind: str
    residual: float
    first_stands: bool
    second_stands: bool
    framed: int | None = None


def copy(compared: Comparison, worst_block: float) -> Copy | None:
    """The pair as copies, or None where it is not confirmed.

    A crop or a grey version shows less, so it never stands for the other; of a picture and the
    same one in a border either may stay (`framed` tells which is preferred). Pictures that overlap,
    each with more of its own, are two.

    Args:
        compared: the comparison.
        worst_block: largest residual of a copy.
    """
    if not (compared.worst <= worst_block and compared.colour <= COLOUR):
        return None
    if not (compared.first_shown or compared.second_shown):
        return None
    first = (compared.second_shown or compared.border) and not compared.first_grey
    second = (compared.first_shown or compared.border) and not compared.second_grey
    return Copy(_kind(compared), compared.worst, first, second)


def framed(
    pair: Copy, compared: Comparison, first: tuple[int, int], second: tuple[int, int]
) -> Copy:
    """The pair, told which of them is the other in a border and shows no more pixels of it.

    Args:
        pair: as it was confirmed.
        compared: the comparison.
        first: width and height of the file of the first.
        second: likewise.
    """
    if not compared.border or compared.first_shown == compared.second_shown:
        return pair
    sizes = first[0] * first[1], second[0] * second[1]
    outer = 0 if compared.second_shown else 1
    more = compared.share * sizes[outer] > LARGER * sizes[1 - outer]
    return pair if more else replace(pair, framed=outer)


def flipped(copy: Copy) -> Copy:
    """The same pair the other way round."""
    other = None if copy.framed is None else 1 - copy.framed
    return Copy(copy.kind, copy.residual, copy.second_stands, copy.first_stands, other)


def flattened(pair: Copy, first_clear: bool, second_clear: bool) -> Copy:
    """The pair, where one may be transparent: an opaque copy never stands for such a picture.

    Laid on a ground both show the same, but only one can be laid on another.
    """
    if first_clear == second_clear:
        return pair
    return replace(
        pair,
        kind=OPAQUE if pair.kind in (SAME_PIXELS, SAVED_AGAIN, "recoloured") else pair.kind,
        first_stands=pair.first_stands and first_clear,
        second_stands=pair.second_stands and second_clear,
    )


def tells(compared: Comparison, uniform: bool) -> bool:
    """Whether what parts a confirmed pair may mean something, so that both stay.

    A symbol, a page or a screen that is turned, mirrored, framed, a part or of another ink is
    another one, and so is one turned, mirrored or cut in a set of which all pictures are alike.
    Other photographs are the same turned, mirrored, cut or grey.

    Args:
        compared: the comparison.
        uniform: whether the pictures of the set are all alike.
    """
    moved = bool(compared.form) or not (compared.first_shown and compared.second_shown)
    if not compared.drawn:
        return uniform and moved
    return moved or compared.first_grey != compared.second_grey or compared.shift > TINT


def apart(compared: Comparison, beyond: float) -> bool:
    """Whether a small part differs, so many times the usual, more than saving again explains."""
    exposed = not compared.drawn and compared.shift > SAME[1]
    return beyond > (EXPOSED if exposed else BEYOND[compared.drawn])


def changed(compared: Comparison) -> bool:
    """Whether the whole picture was turned, cut, brightened or made grey."""
    whole = compared.first_shown and compared.second_shown
    return bool(compared.form or not whole or compared.shift > SAME[1]) or (
        compared.first_grey != compared.second_grey
    )


def like(compared: Comparison) -> bool:
    """Whether two pictures that are no copies agree but for a small part, such as a mark on one."""
    return compared.agree >= MOST and compared.correlation >= LIKE


def _kind(compared: Comparison) -> str:
    """The most telling of what was done."""
    if compared.form:
        return "mirrored" if compared.form >= 4 else "rotated"
    if not (compared.first_shown and compared.second_shown):
        return "bordered" if compared.border else "cropped"
    grey = compared.first_grey or compared.second_grey
    if grey or compared.shift > SAME[1]:
        return "recoloured"
    return SAVED_AGAIN
