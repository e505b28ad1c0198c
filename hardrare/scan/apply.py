"""From decisions to lists, labels and a folder: `OUT/decided`, beside what the scan proposed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from hardrare import tables
from hardrare.decisions import Decision, outcome, read_decisions, still_true, write_outcome
from hardrare.decisions.write import DECISIONS
from hardrare.errors import InputError
from hardrare.export import image_folder
from hardrare.runner.contents import Contents
from hardrare.runner.graph import path_of
from hardrare.runner.record import Record
from hardrare.scan.layout import CONTENTS, RECORD, SCRATCH, require_finished

DECIDED, IMAGES = "decided", "images"


def apply(
    decisions: Path, out: Path, *, rest: Literal["keep", "proposal"] = "keep", link: str | None
) -> Path:
    """Carry out decisions in a scan's folder; nothing in the folder that was scanned is changed.

    Args:
        decisions: as the page saves them.
        out: a finished scan.
        rest: what becomes of an image without a decision: it stays, or the scan's proposal counts.
        link: how to make a folder of what stays, or None for none.

    Returns:
        The folder that holds what was decided.

    Raises:
        InputError: no scan, or decisions about other files, or the folder of images is there.
    """
    require_finished(out, "--out ")
    ranking = tables.read(out / path_of("rank", "--ranking"), "ranking/2")
    hashes = hashes_of(out)
    true, stale = _that_hold(decisions, out, hashes)
    made, folder = outcome(ranking, true, rest), out / DECIDED
    if link:
        asked = Record(out / RECORD).known.get("asked", {})
        source = Path(asked.get("folder", ""))
        if asked.get("crops"):
            raise InputError("--link is for whole images, and these are objects; leave it out.")
        if not source.is_dir():
            raise InputError(f"--link needs a folder of images, {source} is none; leave it out.")
        image_folder(made.table, made.names(True), source, folder / IMAGES, link)
    written = write_outcome(made, folder, hashes)
    for name in stale:
        print(f"{name}: is gone, or has changed since; passed over.")
    if not link and (images := folder / IMAGES).exists():
        print(f"{images}: is of decisions before; delete it, and give --link to have it anew.")
    print(made.spoken())
    print(f"In {folder}: {', '.join(path.name for path in written)}{', images/' * bool(link)}")
    return folder


def applied(out: Path) -> dict[str, Decision]:
    """What was decided in a scan's folder before, and is true of the files as they are now."""
    path = out / DECIDED / DECISIONS
    return still_true(read_decisions(path), hashes_of(out))[0] if path.exists() else {}


def _that_hold(
    decisions: Path, out: Path, hashes: Mapping[str, str | None]
) -> tuple[dict[str, Decision], list[str]]:
    """The decisions of a file that are true of files as they lie, and the names of the others."""
    decided = read_decisions(decisions)
    true, stale = still_true(decided, _as_they_lie(out, decided, hashes))
    if decided and not true and hashes.keys() & decided.keys():
        raise InputError(
            f"{decisions}: all files that it decides on are gone or have changed since {out} was "
            f"made, the first is {stale[0]}; scan the folder again."
        )
    if decided and not true:
        raise InputError(
            f"{decisions}: none of its {len(decided):,} files is in {out}, the first is "
            f"{stale[0]}; name the scan that it was saved from."
        )
    return true, stale


def _as_they_lie(
    out: Path, names: Iterable[str], known: Mapping[str, str | None]
) -> dict[str, str | None]:
    """The hashes of a scan without those names whose file is gone or has changed since.

    Of a bucket, a table, an archive or objects no name is a file there: what the scan knows.
    """
    folder = Path(Record(out / RECORD).known.get("asked", {}).get("folder", ""))
    files = {name: folder / tables.unescaped(name) for name in known}
    if not any(file.is_file() for file in files.values()):
        return dict(known)
    asked = [name for name in names if known.get(name) is not None]
    lies = Contents(out / SCRATCH / CONTENTS).files(files[name] for name in asked)
    other = {name for name, digest in zip(asked, lies, strict=True) if digest != known[name]}
    return {name: digest for name, digest in known.items() if name not in other}


def hashes_of(out: Path) -> dict[str, str | None]:
    """File name to the hash of its bytes, of every ranked image of a scan."""
    ranking = tables.read(out / path_of("rank", "--ranking"), "ranking/2")
    looks = tables.read(out / path_of("rank", "--appearance"), "appearance/1")
    ids, hashes = (looks.column(key).to_pylist() for key in ("sample_id", "content_hash"))
    known = dict(zip(ids, hashes, strict=True))
    names, ids = (ranking.column(key).to_pylist() for key in ("file_name", "sample_id"))
    return {name: known.get(sample) for name, sample in zip(names, ids, strict=True)}
