"""What changed in a source since the scan before, and what became of the new images."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from hardrare import tables
from hardrare.runner.graph import path_of
from hardrare.scan.apply import hashes_of
from hardrare.tables import complete

LISTED = "listed.json"  # in scratch: of the last finished scan
SAID = ("rare", "noisy")  # axes that are told of new images
SAME = "No image was added, removed or replaced since the scan before."

Hashes = Mapping[str, str | None]  # file name to the hash of its bytes, None where there is no file


def listed(scratch: Path) -> Hashes:
    """The images of the last finished scan; none where there was none, or scratch was deleted."""
    try:
        return json.loads((scratch / LISTED).read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def changed(before: Hashes, out: Path, scratch: Path) -> str | None:
    """What changed, in one sentence, and keep the images for the next time.

    Args:
        before: as `listed` told before the scan.
        out: a finished scan.
        scratch: its folder of scratch.

    Returns:
        `SAME` where nothing did, None where there was no scan before.
    """
    now = hashes_of(out)
    with complete(scratch / LISTED) as part:
        part.write_text(json.dumps(now), encoding="utf-8")
    if not before:
        return None
    ranking = tables.read(out / path_of("rank", "--ranking"), "ranking/2")
    names = ranking.column("file_name").to_pylist()
    pictures = zip(names, tables.picture_of(ranking), strict=True)
    picture = {name: shown for name, shown in pictures if shown is not None}
    marked = {axis: {name for name, flag in zip(names, ranking.column(f"is_{axis}").to_pylist(),
                                               strict=True) if flag} for axis in SAID}  # fmt: skip
    return said(before, now, picture, marked)


def said(
    before: Hashes, now: Hashes, picture: Mapping[str, str], marked: Mapping[str, Collection[str]]
) -> str:
    """The sentence.

    A name that is new for a file that had another one before is no new image, and a name whose
    file is another one now is.

    Args:
        before: of the scan before.
        now: of this one.
        picture: of those images that share one with others, the file that stays for it.
        marked: axis to the names of those that are called so.
    """
    gone, came = before.keys() - now.keys(), now.keys() - before.keys()
    left = Counter(before[name] for name in gone if before[name])
    renamed = set()
    for name in sorted(came):
        if left[now[name]] > 0:
            left[now[name]] -= 1
            renamed.add(name)
    replaced = {name for name in now.keys() & before.keys() if now[name] != before[name]}
    new = (came - renamed) | replaced
    had = {picture[name] for name in now if name in picture and name not in new}
    repeat = sum(picture.get(name) in had for name in new)
    called = {axis: len(new & set(names)) for axis, names in marked.items()}
    parts = [
        _new(len(new), len(replaced), repeat, called) if new else "",
        _are(len(gone) - len(renamed), "gone"),
        f"{len(renamed):,} {'has' if len(renamed) == 1 else 'have'} another name" * bool(renamed),
    ]
    told = "; ".join(filter(None, parts))
    return f"{told}." if told else SAME


def _new(count: int, replaced: int, repeat: int, called: Mapping[str, int]) -> str:
    """Of the new images: how many, and what they are as far as they are anything."""
    first = f"{count:,} new image{'s' * (count != 1)}"
    if replaced:
        first += f" ({replaced:,} in place of {'another' if replaced == 1 else 'others'})"
    repeats = f"{repeat:,} repeat{'s' * (repeat == 1)} what you have" * bool(repeat)
    what = ", ".join(filter(None, [repeats, *(_are(n, axis) for axis, n in called.items())]))
    return f"{first}: {what}" if what else first


def _are(count: int, what: str) -> str:
    """`1 is rare`, `2 are rare`; nothing for 0."""
    return f"{count:,} {'is' if count == 1 else 'are'} {what}" if count else ""
