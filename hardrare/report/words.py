"""Words and numbers as readers see them."""

import math

from markupsafe import Markup, escape


def breakable(text: str) -> Markup:
    """A name, escaped, that may be broken after a slash or an underscore.

    >>> str(breakable("a/b_<c"))
    'a/<wbr>b_<wbr>&lt;c'
    """
    return Markup(escape(text).replace("/", Markup("/<wbr>")).replace("_", Markup("_<wbr>")))


def number(value: float | None, digits: int = 2) -> str:
    """A number with a true minus, or a dash where there is none.

    >>> number(-0.125), number(float("nan")), number(-0.001)
    ('−0.12', '–', '0.00')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def percent(share: float, digits: int = 0) -> str:
    """A share as a percentage.

    >>> percent(0.123), percent(float("nan"))
    ('12 %', '–')
    """
    text = number(100 * share, digits)
    return text if text == "–" else f"{text} %"


def interval(value: float, low: float, high: float, digits: int = 2) -> str:
    """A value with its 95 % interval, or alone where there is no interval.

    >>> interval(0.812, 0.78, 0.84)
    '0.81 [0.78, 0.84]'
    """
    if not math.isfinite(low) or not math.isfinite(high):
        return number(value, digits)
    return f"{number(value, digits)} [{number(low, digits)}, {number(high, digits)}]"


def count(n: int, single: str, many: str | None = None) -> str:
    """A count with its noun.

    >>> count(1, "seed"), count(1500, "class", "classes")
    ('1 seed', '1,500 classes')
    """
    return f"{n:,} {single if n == 1 else many or single + 's'}"


def listed(words: list[str]) -> str:
    """Words joined as in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
