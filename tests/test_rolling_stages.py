"""Stages on tables of several files give what they give on tables of one file."""

from dataclasses import fields

import pytest
from dataset_files import write_files
from scanned import SHIPPED, scanned
from test_by_shards import embed_into, pictures
from test_match_by_shards import copied

from hardrare import shards
from hardrare.scoring.embedding import score_embedding
from hardrare.tables import read, rolling
from stages import match, prepare

KINDS = {
    "train": "images/1", "pictures": "pictures/1", "about": "appearance/1",
    "features": "features/2", "views": "views/1",
}  # fmt: skip
ROWS = 8  # of a file


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Thirty images, the copies among them in another file than what they repeat; one is torn."""
    return write_files(tmp_path_factory.mktemp("photos"), copied() | pictures(12))


def whole(photos, out, capsys):
    """From files to lists and scores, with features and without."""
    lists = scanned(photos, out, capsys)
    embed_into(out)
    score_embedding(
        "net", out / "features.arrow", out / "views.arrow", {"neighbours": 5}, out / "net.arrow"
    )
    match.main(
        match.Params(**SHIPPED["match"] | {"features": "features"}), images=out / "train.arrow",
        pictures=out / "pictures.arrow", appearance=out / "about.arrow", features=out,
        duplicates=out / "by_features.arrow", scratch=out / "scratch_features",
    )  # fmt: skip
    return lists


def results(out):
    """The bytes of all that is never a folder."""
    return {p.name: p.read_bytes() for p in out.iterdir() if p.is_file() and p.stem not in KINDS}


def rows(out):
    """The tables that may be folders, whatever they lie in."""
    return {name: read(out / f"{name}.arrow", kind) for name, kind in KINDS.items()}


@pytest.fixture(scope="module")
def of_one_file(photos, tmp_path_factory):
    """What comes of tables of one file."""
    out = tmp_path_factory.mktemp("one") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.print", lambda *_, **__: None)
        whole(photos, out, Silent())
    assert not [p for p in out.glob("*.arrow") if p.is_dir()]
    return out


class Silent:
    """What nobody printed, as `capsys` gives it."""

    out = ""

    def readouterr(self):
        return self


def assert_the_same(out, other):
    """All results to the byte, and all rows of what lies in folders."""
    assert results(out) == results(other)
    for name, table in rows(other).items():
        assert rows(out)[name].equals(table), name


@pytest.mark.parametrize("by_shards", [False, True])
def test_stages_on_tables_of_several_files_give_the_same(
    photos, of_one_file, tmp_path, monkeypatch, capsys, by_shards
):
    monkeypatch.setattr(rolling, "ROWS", ROWS)
    if by_shards:
        monkeypatch.setattr(shards, "ROWS", 5)
        monkeypatch.setattr(shards, "LARGE", 0)
    out = tmp_path / "out"
    lists = whole(photos, out, capsys)
    count = len(lists.rows)
    assert count == 29
    assert {"b/torn.jpg"} == {*lists.skipped}
    assert len(lists.copies) == 4
    for name in KINDS:
        files = [p.name for p in rolling.files_of(out / f"{name}.arrow")]
        assert files == [f"{at:05}.arrow" for at in range(4)], name
    assert_the_same(out, of_one_file)


def test_what_was_looked_at_before_is_taken_from_several_files(
    photos, of_one_file, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(rolling, "ROWS", ROWS)
    out = tmp_path / "out"
    whole(photos, out, capsys)
    looked, look = [], prepare.look

    def counting(image):
        looked.extend(image)
        return look(image)

    monkeypatch.setattr(prepare, "look", counting)
    given = SHIPPED["prepare"] | {"path": str(photos), "min_images": 1}
    prepare.main(
        prepare.Params(**{one.name: given[one.name] for one in fields(prepare.Params)}),
        train=out / "train.arrow", test=out / "test.arrow", pictures=out / "pictures.arrow",
        appearance=out / "about.arrow", skipped=out / "skipped.csv", scratch=out / "scratch",
    )  # fmt: skip
    embed_into(out)
    assert_the_same(out, of_one_file)
    assert len(looked) == 1  # of 16 bits: by all of them it is decided what is black and white
