"""Files that hold several pictures, of which one is looked at: pages, frames of an animation."""

from collections.abc import Iterable

ONE_PICTURE = ("MPO", "HEIF", "JPEG")  # formats whose further ones are depth, another eye, previews


def several(files: Iterable[tuple[str, str | None, float | None]]) -> str:
    """How many files hold several pictures, the first of them, and how many were not looked at.

    Args:
        files: name, format and number of pictures of each, as far as they are known.

    Returns:
        One sentence without its full stop, empty where no file does.

    >>> several([("b.gif", "GIF", 3), ("a.tif", "TIFF", 2), ("c.jpg", "MPO", 2), ("d", None, None)])
    '2 files hold several pictures, such as a.tif with 2: one of each was looked at, 3 were not'
    >>> several([("a.tif", "TIFF", 2.0)])
    'a.tif holds 2 pictures: one was looked at, the other was not'
    """
    held = {name: int(count) for name, form, count in files
            if count and count > 1 and form not in ONE_PICTURE}  # fmt: skip
    if not held:
        return ""
    first, left = min(held), sum(held.values()) - len(held)
    if len(held) == 1:
        others = "the other was not" if left == 1 else f"the other {left:,} were not"
        return f"{first} holds {held[first]:,} pictures: one was looked at, {others}"
    return (f"{len(held):,} files hold several pictures, such as {first} with {held[first]:,}: one "
            f"of each was looked at, {left:,} were not")  # fmt: skip
