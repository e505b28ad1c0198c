r"""Names of files as one line of text, and back.

On most systems a name is nearly any bytes. In tables and lists it is one line of UTF-8: a
backslash stands as `\\`, a line break as `\n`, other control characters as `\x07` or `\u0085`,
bytes that are no UTF-8 as `\xe9` (only they are `\x80` and above), and the colon after the
first of two letters (`C:`, a drive elsewhere) as `\x3a`. All other names stand as they are.
"""

import os
import re
import unicodedata

ESCAPE = r"\\(\\|n|r|t|x[0-9a-f]{2}|u[0-9a-f]{4})"
_SHORT = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
_LONG = {short[1]: plain for plain, short in _SHORT.items()}


def escaped(name: str) -> str:
    r"""A name as Python has it (`os.fsdecode`) as one line of UTF-8.

    Examples:
        >>> escaped("two\nlines.jpg"), escaped("lat\udce9in.jpg"), escaped("5:30.jpg")
        ('two\\nlines.jpg', 'lat\\xe9in.jpg', '5:30.jpg')
    """
    made = "".join(_letter(character) for character in _of_utf8(name))
    drive = re.match(r"[A-Za-z]:", made)
    return f"{made[0]}\\x3a{made[2:]}" if drive else made


def unescaped(text: str) -> str:
    r"""The name that `escaped` made a text of.

    Examples:
        >>> unescaped("two\\nlines.jpg") == "two\nlines.jpg"
        True
    """
    name = re.sub(ESCAPE, _meant, text) if "\\" in text else text
    try:
        return name if name.isascii() else os.fsdecode(name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # half a letter, which no file name holds
        return name


def _of_utf8(name: str) -> str:
    """A name as Python has it where names are UTF-8, whatever the locale says of this machine."""
    try:
        return name if name.isascii() else os.fsencode(name).decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # of a table, with letters that no file has here
        return name


def _letter(letter: str) -> str:
    if letter in _SHORT:
        return _SHORT[letter]
    if "\ud800" <= letter <= "\udfff":
        return f"\\x{ord(letter) & 0xFF:02x}"
    if unicodedata.category(letter) not in ("Cc", "Zl", "Zp"):
        return letter
    return f"\\x{ord(letter):02x}" if ord(letter) < 0x80 else f"\\u{ord(letter):04x}"


def _meant(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) == 1:
        return _LONG[code]
    value = int(code[1:], 16)
    return chr(0xDC00 + value) if code[0] == "x" and value >= 0x80 else chr(value)
