"""A scan without its networks: the stages that say what was found, what repeats what, what goes."""

import csv
from dataclasses import dataclass, fields

import yaml

from hardrare.runs import Runs
from hardrare.scan import options
from stages import match, pixels, prepare, rank

SHIPPED = yaml.safe_load(options.default())


@dataclass
class Lists:
    """What a scan hands over.

    Attributes:
        rows: of scores.csv by file name, absent values as empty text.
        keep: names of keep.txt.
        drop: names of drop.txt.
        skipped: name of a file to its reason.
        said: what prepare told, line by line.
        folder: of the tables.
    """

    rows: dict
    keep: list
    drop: list
    skipped: dict
    said: list
    folder: object

    @property
    def copies(self):
        """Name of a copy to that of the image that stays."""
        return {n: row["duplicate_of"] for n, row in self.rows.items() if row["duplicate_of"]}


def scanned(source, folder, capsys, labels=None, least=1):
    """Prepare, look, match without features, rank by the looks alone."""
    folder.mkdir()
    files = {name: folder / f"{name}.arrow" for name in (
        "train", "test", "pictures", "about", "scores", "duplicates", "ranking"
    )}  # fmt: skip
    lists = {name: folder / name for name in ("scores.csv", "keep.txt", "drop.txt", "skipped.csv")}
    given = {"path": str(source), "labels": labels and str(labels), "min_images": least}
    capsys.readouterr()
    prepare.main(
        prepare.Params(**SHIPPED["prepare"] | given), train=files["train"], test=files["test"],
        pictures=files["pictures"], appearance=files["about"], skipped=lists["skipped.csv"],
        scratch=folder / "scratch",
    )  # fmt: skip
    told, here = capsys.readouterr().out.splitlines(), "prepare: "  # and how far it was
    said = [line.removeprefix(here) for line in told if line.startswith(here)]
    pixels.main(
        pixels.Params(SHIPPED["score"]["duplicate_threshold"], SHIPPED["prepare"]["picture_side"]),
        images=files["train"], files=files["about"], scores=files["scores"],
        appearance=folder / "appearance.arrow",
    )  # fmt: skip
    match.main(
        match.Params(**SHIPPED["match"] | {"features": None}), images=files["train"],
        pictures=files["pictures"], appearance=files["about"], features=folder,
        duplicates=files["duplicates"], scratch=folder / "scratch",
    )  # fmt: skip
    looks = {"hard": ["appearance/oddity"], "rare": ["appearance/density"]}
    rank.main(
        rank.Params(**SHIPPED["rank"] | looks | {one.name: [] for one in fields(Runs)}),
        scores=folder, dynamics=folder, images=files["train"], appearance=files["about"],
        duplicates=files["duplicates"], ranking=files["ranking"], parquet=folder / "s.parquet",
        metadata=folder / "m.parquet", csv=lists["scores.csv"], keep=lists["keep.txt"],
        drop=lists["drop.txt"],
    )  # fmt: skip
    capsys.readouterr()
    return Lists(
        {row["file_name"]: row for row in _rows(lists["scores.csv"])},
        lists["keep.txt"].read_text("utf-8").splitlines(),
        lists["drop.txt"].read_text("utf-8").splitlines(),
        {row["file_name"]: row["reason"] for row in _rows(lists["skipped.csv"])},
        said, folder,
    )  # fmt: skip


def _rows(file):
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
