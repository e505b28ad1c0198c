"""inject: artefacts put into the training images; the manifest names each changed sample."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.errors import InputError
from hardrare.injection import Artefact, described, inject
from hardrare.injection.audit import audit, faults
from hardrare.params import build, key
from hardrare.stage import run
from hardrare.tables import complete, read, read_images, words, write_images, write_rows


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    seed: int
    artefacts: list[dict]
    picture_side: int | None = key("prepare.picture_side")


def main(params: Params, *, images: Path, injected: Path, manifest: Path, audited: Path) -> None:
    """Inject, then audit what was written before it gets its name.

    Args:
        params: the seed and the list of artefacts.
        images: table "images/1" as it came.
        injected: where the images with artefacts go, "images/1".
        manifest: where the manifest goes, "manifest/1".
        audited: where the audit goes, "audit/1".

    Raises:
        InputError: the list asks for what cannot be.
        RuntimeError: the audit found a sample that is not what the manifest says.
    """
    if params.artefacts and params.picture_side is not None:
        raise InputError(
            "inject.artefacts needs images of one size; empty it, or set prepare.picture_side null."
        )
    artefacts = [
        build(Artefact, entry, f"inject.artefacts[{i}]", "parameters")
        for i, entry in enumerate(params.artefacts)
    ]
    before = read_images(images)
    after, rows = inject(before, artefacts, params.seed)
    with complete(injected) as new, complete(manifest) as names:
        write_images(new, after)
        del after  # as large as the table, which the audit reads back
        write_rows(names, "manifest/1", rows, words(described(row["artefact"] for row in rows)))
        checked = audit(before, read_images(new), read(names, "manifest/1"))
        if wrong := faults(checked):
            raise RuntimeError(f"the audit of the injection failed: {'; '.join(wrong)}")
        write_rows(audited, "audit/1", checked)
    for row in checked:
        print(f"{row['artefact']}: {row['n']} samples", flush=True)


if __name__ == "__main__":
    run(main)
