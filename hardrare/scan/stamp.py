"""What the page of a scan knows beside its tables: time, change, place, what was decided before."""

import os
from pathlib import Path
from urllib.parse import quote

from hardrare.gallery.page import place_hash, with_scan
from hardrare.runner.contents import Contents, digest_of
from hardrare.runner.record import Record
from hardrare.scan import layout
from hardrare.scan.apply import applied
from hardrare.scan.asked import source
from hardrare.scan.progress import spoken
from hardrare.scan.proposed import proposed
from hardrare.tables import complete


def stamp(out: Path, record: Record | None = None, contents: Contents | None = None) -> None:
    """Write it into the page, unless the same stands there.

    A page that was just made has no `stamp` in the record.

    Args:
        out: a finished scan.
        record: of it, where it is open.
        contents: digests of its files, where they are known.
    """
    record = record or Record(out / layout.RECORD)
    contents = contents or Contents(out / layout.SCRATCH / layout.CONTENTS)
    page, known = out / layout.PAGE, record.known
    told = _told(out, known)
    if known.get("stamp") == digest_of(told):
        return
    with complete(page) as part:
        part.write_text(with_scan(page.read_text("utf-8"), told), encoding="utf-8")
    known["stamp"] = digest_of(told)
    known["done"]["show"]["outs"][layout.PAGE] = contents.of(page)
    record.write()
    contents.save()


def _told(out: Path, known: dict) -> dict:
    """What is said: see `hardrare.gallery.page.with_scan`.

    The time is that of all calls of which some were stopped; what was decided or proposed counts
    where it is true of the files as they are now.
    """
    asked = known["asked"]
    folder, page = source(asked["folder"]), out / layout.PAGE
    return {
        "took": f"Took {spoken(known['took'])}." if "took" in known else "",
        "changed": f"At the last change: {known['changed']}" if known.get("changed") else "",
        "labels": known.get("labels", ""),
        "source": quote(os.fsencode(os.path.relpath(folder, page.parent.resolve())))
        if isinstance(folder, Path) and folder.is_dir() and not asked.get("crops")
        else None,
        "page": place_hash(page),
        "identity": digest_of(str(folder)),
        "decided": {
            name: [decision.kind, decision.label, decision.axis, decision.note]
            for name, decision in applied(out).items()
        },
        "proposed": proposed(out),
    }
