"""What was made of an image before: taken again only where all that decides it is the same."""

import dataclasses
import importlib
import json
import shutil

import numpy as np
import pyarrow as pa
import pytest
import torch
import yaml
from dataset_files import encoded
from score_tables import run_stage
from test_embedding import saved, settings  # noqa: F401 - a fixture
from test_scan import pictures

from hardrare import again, tables
from hardrare.again import Before, before, decided_by, keep
from hardrare.pictures.reader import Pictures
from hardrare.scan import options

embed_file = importlib.import_module("hardrare.embedding.embed")
thumbnail_file = importlib.import_module("hardrare.gallery.thumbnails")
PREPARE = yaml.safe_load(options.default())["prepare"]


def table(path, values):
    tables.write(path, "clusterings/1", pa.table({
        "sample_id": pa.array(range(len(values)), tables.ID), "k": values}))  # fmt: skip
    return path


def test_what_is_kept_is_found_by_key_and_nothing_else_is(tmp_path):
    home, by = tmp_path / "home", decided_by("prepare", 3)
    assert before(home, by) == Before()
    keep(home, by, ["a", None, "b"], [table(tmp_path / "x.arrow", [7, 8, 9])], [1, None, [2, "n"]])
    found = before(home, by)
    assert (found.row, found.notes) == ({"a": 0, "b": 2}, [1, None, [2, "n"]])
    assert tables.read(found.tables[0], "clusterings/1")["k"].to_pylist() == [7, 8, 9]
    assert found.tables[0].samefile(tmp_path / "x.arrow")  # no room is taken twice
    keep(home, by, ["c"], [table(tmp_path / "y.arrow", [1])])
    assert before(home, by).row == {"c": 0}
    assert sorted(one.name for one in home.iterdir()) == ["0.arrow", "rows.json"]


def test_other_settings_code_versions_or_a_flipped_bit_and_nothing_is_taken(tmp_path, monkeypatch):
    home, by = tmp_path / "home", decided_by("prepare", 3)
    keep(home, by, ["a"], [table(tmp_path / "x.arrow", [7])])
    assert decided_by("prepare", 3) == by
    assert before(home, decided_by("prepare", 4)) == Before()
    with monkeypatch.context() as patch:
        patch.setattr(again, "code", str.upper)
        assert decided_by("prepare", 3) != by
    with monkeypatch.context() as patch:
        patch.setattr(again, "versions", list)
        assert decided_by("prepare", 3) != by
    content = bytearray((home / "0.arrow").read_bytes())
    content[len(content) // 2] ^= 1
    (home / "0.arrow").unlink()
    (home / "0.arrow").write_bytes(content)
    assert before(home, by) == Before()
    (home / "rows.json").write_text(json.dumps({"by": by}))
    assert before(home, by) == Before()


class Prepared:
    """The stage prepare on a folder, with a scratch of its own or another's."""

    files = ("train.arrow", "test.arrow", "pictures.arrow", "appearance.arrow", "skipped.csv")

    def __init__(self, where, source):
        self.where, self.source = where, source

    def run(self, out, scratch, **changes):
        """The bytes of all files that it writes."""
        params = self.where / "params.yaml"
        given = PREPARE | {"path": str(self.source)} | changes
        params.write_text(yaml.safe_dump({"prepare": given}))
        paths = {name.partition(".")[0]: self.where / out / name for name in self.files}
        run_stage("prepare", params, **paths, scratch=self.where / scratch)
        return {name: (self.where / out / name).read_bytes() for name in self.files}


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """A stage, and the names of the images that it opened."""
    source = pictures(tmp_path / "photos", 20)
    (source / "grey.png").write_bytes(encoded(np.full((9, 9), 77, np.uint8)))
    (source / "wide.png").write_bytes(encoded(np.full((9, 9), 7777, np.uint16)))
    (source / "broken.jpg").write_bytes(b"\xff\xd8\xff and no more")
    made = Prepared(tmp_path, source)
    made.opened = []
    from hardrare.datasets import _decode, _once

    plain = _decode.opened
    for module in (_decode, _once):
        monkeypatch.setattr(
            module, "opened", lambda data: (made.opened.append(len(data)), plain(data))[1]
        )
    return made


def change(source):
    """Images added, removed, replaced, renamed and touched."""
    rng = np.random.default_rng(9)
    for name in ("added.png", "005.png"):
        (source / name).write_bytes(encoded(rng.integers(0, 256, (24, 24, 3), np.uint8)))
    (source / "003.png").unlink()
    (source / "004.png").rename(source / "zz.png")
    shutil.copy(source / "006.png", source / "a copy.png")
    (source / "007.png").touch()


def test_only_new_files_are_decoded_and_every_byte_is_as_from_nothing(prepared):
    prepared.run("out", "scratch")
    change(prepared.source)
    prepared.opened.clear()
    second = prepared.run("out", "scratch")
    # added, replaced, the broken one, and the wide one, which is opened for its range, too
    assert len(prepared.opened) == 5
    assert second == prepared.run("anew", "empty")
    prepared.opened.clear()
    assert prepared.run("out", "scratch") == second
    assert len(prepared.opened) == 3


def test_other_sizes_decode_all_again(prepared):
    prepared.run("out", "scratch")
    prepared.opened.clear()
    other = prepared.run("out", "scratch", picture_side=16)
    assert len(prepared.opened) == 24
    assert other == prepared.run("anew", "empty", picture_side=16)


@pytest.mark.parametrize("change", ["views", "weights", "seed", None])
def test_only_new_pictures_are_embedded(saved, tmp_path, monkeypatch, change):  # noqa: F811
    rng, looked = np.random.default_rng(0), []
    images = rng.integers(0, 256, (12, 40, 30, 3), np.uint8)
    network = torch.load(saved[0] / "net.pt")
    blocks = embed_file._blocks
    monkeypatch.setattr(
        embed_file,
        "_blocks",
        lambda rows, size: (looked.append(rows.tolist()), blocks(rows, size))[1],
    )

    def run(out, scratch, which, seed=0, weights=1.0, views=2):
        torch.save({name: one * weights for name, one in network.items()}, tmp_path / "net.pt")
        names, unknown = [f"{i}.png" for i in which], np.full(len(which), -1)
        samples = tables.Images(np.arange(len(which)), images[which, :8, :8], unknown, names, [])
        tables.write_images(tmp_path / "images.arrow", samples)
        with tables.pictures_writer(tmp_path / "pictures.arrow") as append:
            for at in which:
                append(encoded(images[at]))
        own = dataclasses.asdict(settings(tmp_path / "net.pt", views=views))
        always = {"networks": ["small"], "batch_size": 8, "device": "cpu", "precision": "auto"}
        params = {"embed": {**always, "seed": seed, "small": own}}
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
        paths = [tmp_path / out / one for one in ("f/small.arrow", "v/small.arrow")]
        run_stage(
            "embed", tmp_path / "params.yaml", network="small", images=tmp_path / "images.arrow",
            pictures=tmp_path / "pictures.arrow", features=paths[0], views=paths[1],
            scratch=tmp_path / scratch,
        )  # fmt: skip
        return [path.read_bytes() for path in paths]

    run("out", "scratch", [0, 1, 2, 4, 6, 7, 8])
    more = {"views": {"views": 3}, "weights": {"weights": 0.5}, "seed": {"seed": 1}, None: {}}
    after = [9, 1, 2, 3, 4, 5, 7, 8, 2]
    second = run("out", "scratch", after, **more[change])
    assert second == run("anew", "empty", after, **more[change])
    assert looked[1] == ([0, 3, 5] if change is None else list(range(9)))


def test_only_new_pictures_get_thumbnails_and_every_byte_is_as_from_nothing(tmp_path, monkeypatch):
    rng, drawn = np.random.default_rng(0), []
    images = rng.integers(0, 256, (6, 60, 50, 3), np.uint8)
    webp = thumbnail_file._webp
    monkeypatch.setattr(
        thumbnail_file, "_webp", lambda *given: (drawn.append(given[1:]), webp(*given))[1]
    )

    def made(which, scratch, side=40):
        files = pa.chunked_array([[encoded(images[at]) for at in which]])
        shown, rows = Pictures(np.arange(len(which)), images[which], files), np.arange(len(which))
        with again.remembered("show", tmp_path / scratch) as remember:
            small = thumbnail_file.thumbnails(shown, rows, side, 10**6, remember)
            return small, thumbnail_file.larger(shown, rows, rows, 56, side, 10**6, remember)

    first = made([0, 1, 2, 3], "kept")
    assert len(drawn) == 8
    assert made([0, 1, 2, 3], "kept") == first
    assert len(drawn) == 8
    after = made([4, 3, 1, 5, 1], "kept")
    assert sorted(drawn[8:]) == [(0, 40, 75), (0, 56, 75), (3, 40, 75), (3, 56, 75)]
    assert after == made([4, 3, 1, 5, 1], "empty")
    drawn.clear()
    assert made([4, 3], "kept", 32)[0] == made([4, 3], "new", 32)[0]
    assert len(drawn) == 6  # a larger one is known
