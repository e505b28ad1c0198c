"""COCO and YOLO: labels of whole images, objects as images, what is listed, what is refused."""

import csv
import json

import numpy as np
import pytest
from dataset_files import encoded, flat, loaded, read, read_all, write_files
from PIL import Image

from hardrare.datasets._source import Box
from hardrare.datasets.coco import coco, holds_coco
from hardrare.datasets.yolo import holds_yolo, yolo
from hardrare.errors import InputError
from hardrare.runner.contents import Contents
from hardrare.scan import command
from hardrare.scan.source import look

CATEGORIES = [{"id": 7, "name": "fox"}, {"id": 3, "name": "owl"}]


def quarters(width=40, height=20):
    """An image whose four quarters are of the grey levels 0, 60, 120 and 180."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, width // 2 :] = 60
    image[height // 2 :, : width // 2] = 120
    image[height // 2 :, width // 2 :] = 180
    return encoded(image)


def annotation(image, category, box, **more):
    return {"image_id": image, "category_id": category, "bbox": box, "iscrowd": 0} | more


FOX = annotation(0, 7, [0, 0, 8, 8])


def described(names, annotations, categories=CATEGORIES):
    images = [{"id": at, "file_name": name} for at, name in enumerate(names)]
    annotations = [{"id": at, **one} for at, one in enumerate(annotations)]
    return json.dumps(
        {"info": {}, "images": images, "annotations": annotations, "categories": categories}
    ).encode()


def labels(split, classes=None):
    names = split.classes if classes is None else classes
    return [None if k < 0 else names[k] for k in split.label]


@pytest.fixture
def frames(tmp_path):
    """COCO as it is downloaded: annotations/ beside images/train2017/ and images/val2017/."""
    train = described(
        ["a.png", "b.png", "c.png", "gone.png"],
        [
            annotation(0, 7, [20, 0, 20, 10]), annotation(0, 3, [0, 10, 20, 10]),
            annotation(0, 3, [20, 10, 20, 10]), annotation(1, 7, [0, 0, 4, 4]),
            annotation(1, 3, [0, 0, 20, 10]), annotation(2, 3, [0, 0, 9, 9], iscrowd=1),
        ],
    )  # fmt: skip
    write_files(tmp_path, {
        "annotations/instances_train2017.json": train,
        "annotations/instances_val2017.json": described(["a.png"], [FOX]),
        "annotations/captions_val2017.json": json.dumps({
            "images": [{"id": 0, "file_name": "a.png"}],
            "annotations": [{"image_id": 0, "caption": "a fox"}]}).encode(),
        "images/train2017/a.png": quarters(), "images/train2017/b.png": quarters(),
        "images/train2017/c.png": quarters(), "images/train2017/d.png": quarters(),
        "images/val2017/a.png": quarters(),
    })  # fmt: skip
    return tmp_path


def test_the_label_of_an_image_is_that_of_most_objects_then_of_the_larger(frames):
    train, _, skipped = read_all("coco", frames, test_share=0.0, splits="parts")
    names = [f"images/train2017/{k}.png" for k in "abcd"]
    assert train.file_name == [*names, "images/val2017/a.png"]
    assert labels(train) == ["owl", "owl", None, None, "fox"]  # b: one each, the owl is larger
    assert {one.file_name: one.reason for one in skipped} == {
        "annotations/captions_val2017.json": "labels not used: it has no objects with a class",
        "annotations/instances_train2017.json": "read as a table",
        "annotations/instances_val2017.json": "read as a table",
        "images/train2017/gone.png": "not there: named in a table of boxes",
    }


def test_every_object_is_an_image_of_its_own(frames):
    found = loaded("coco", frames, test_share=0.0, splits="parts", crops=True, size=4)
    train = found.train
    names = ["a.png#1", "a.png#2", "a.png#3", "b.png#1", "b.png#2"]
    assert train.file_name == [f"images/train2017/{k}" for k in names] + ["images/val2017/a.png#1"]
    assert labels(train) == ["fox", "owl", "owl", "fox", "owl", "fox"]
    assert train.image[:, 0, 0, 0].tolist() == [60, 120, 180, 0, 0, 0]
    assert [(row["width"], row["height"]) for row in found.rows[:4]] == [(20, 10)] * 3 + [(4, 4)]
    assert [row["part"] for row in found.rows] == ["train2017"] * 5 + ["val2017"]
    assert len({row["content_hash"] for row in found.rows}) == 6  # a and b are the same file
    alone = [one.file_name for one in found.skipped if one.reason == "without an object"]
    assert alone == ["images/train2017/c.png", "images/train2017/d.png"]


def test_one_file_of_coco_takes_the_images_that_it_names(frames):
    (frames / "images" / "other.png").write_bytes(quarters())
    source = coco(frames / "annotations" / "instances_val2017.json")
    assert source.train.file_name == ["images/val2017/a.png"]
    assert labels(source.train, source.classes) == ["fox"]
    train = coco(frames / "annotations" / "instances_train2017.json").train
    assert train.file_name == [f"images/train2017/{k}.png" for k in "abc"]


@pytest.mark.parametrize("where", ["train/_annotations.coco.json", "labels.json", "train/x.json"])
def test_names_count_from_wherever_the_images_lie(tmp_path, where):
    names = {"train/_annotations.coco.json": "train/a.png", "labels.json": "data/a.png"}
    name = names.get(where, "train/sub/a.png")
    content = described(["a.png"], [FOX])
    write_files(tmp_path, {where: content, name: quarters()})
    assert holds_coco(tmp_path)
    source = coco(tmp_path)
    assert labels(source.train, source.classes) == ["fox"]


def test_an_outline_stands_for_a_box_and_boxes_are_cut_at_the_edges(tmp_path):
    entries = [
        annotation(0, 7, None, segmentation=[[2, 3, 9, 3, 9, 8], [4, 12, 5, 5]]),
        annotation(0, 7, [30, 15, 100, 100]), annotation(0, 7, [50, 0, 5, 5]),
    ]  # fmt: skip
    write_files(tmp_path, {"x.json": described(["a.png"], entries), "a.png": quarters()})
    found = loaded("coco", tmp_path, test_share=0.0, crops=True, size=4)
    assert [(row["width"], row["height"]) for row in found.rows] == [(7, 9), (10, 5)]
    reasons = {one.file_name: one.reason for one in found.skipped}
    assert reasons["a.png#3"] == "box outside its image"


def test_what_is_no_coco_is_said(tmp_path):
    write_files(tmp_path, {"a.png": quarters(), "bad.json": b'{"images": [1], "annotations": []}'})
    with pytest.raises(InputError, match=r"bad\.json: an entry of it lacks .*; mend it\.") as said:
        coco(tmp_path)
    assert "\n" not in str(said.value)
    with pytest.raises(InputError, match="name a JSON file of COCO"):
        coco(tmp_path / "bad.json")
    (tmp_path / "bad.json").write_bytes(described(["z.png"], []))
    with pytest.raises(InputError, match=r"none of its 1 images lies below .*would be z\.png"):
        coco(tmp_path / "bad.json")
    (tmp_path / "plain.json").write_text('{"a": 1}')
    assert not holds_coco(tmp_path / "plain.json")
    assert holds_coco(tmp_path)
    (tmp_path / "bad.json").unlink()
    assert not holds_coco(tmp_path)
    with pytest.raises(InputError, match="has no boxes of objects"):
        read("folder", tmp_path, crops=True)


SHEET = b"path: nowhere\ntrain: images/train\nnames:\n  0: fox\n  1: owl\n"


@pytest.fixture(params=["images/{part}/{name}", "{part}/images/{name}"])
def yolo_folder(request, tmp_path):
    """YOLO in both orders."""
    here = request.param

    def at(kind, part, name):
        return here.format(part=part, name=name).replace("images", kind)

    write_files(tmp_path, {
        "data.yaml": SHEET,
        at("images", "train", "a.png"): quarters(), at("images", "train", "b.png"): quarters(),
        at("images", "train", "c.png"): quarters(), at("images", "val", "d.png"): quarters(),
        at("labels", "train", "a.txt"): b"0 0.75 0.25 0.5 0.5\n1 0.25 0.75 0.5 0.5\n\n",
        at("labels", "train", "b.txt"): b"1 0.5 0.5 1.0 0.5 1.0 1.0\n",
        at("labels", "val", "d.txt"): b"0 0.1 0.1\n",
    })  # fmt: skip
    return tmp_path, at


def test_yolo_in_both_orders(yolo_folder):
    root, at = yolo_folder
    assert holds_yolo(root)
    assert holds_yolo(root / "data.yaml")
    for path in (root, root / "data.yaml"):
        source = yolo(path)
        assert source.train.file_name == [at("images", "train", f"{k}.png") for k in "abc"]
        assert labels(source.train, source.classes) == ["fox", "owl", None]
        assert source.parts().keys() == {"train", "val"}
        reasons = {one.file_name: one.reason for one in source.skipped}
        bad = "labels not used: line 1 has 3 numbers, a class and a box have 5"
        table = "read as a table"
        assert reasons == {
            "data.yaml": table, at("labels", "train", "a.txt"): table,
            at("labels", "train", "b.txt"): table, at("labels", "val", "d.txt"): bad,
        }  # fmt: skip
    found = loaded("yolo", root, test_share=0.0, splits="parts", crops=True, size=4)
    names = [("a", 1), ("a", 2), ("b", 1)]
    assert found.train.file_name == [at("images", "train", f"{k}.png#{n}") for k, n in names]
    assert found.train.image[:, 0, 0, 0].tolist() == [60, 120, 180]
    assert labels(found.train) == ["fox", "owl", "owl"]


def test_yolo_of_poses_and_names_in_a_text_file(tmp_path):
    write_files(tmp_path, {
        "images/a.png": quarters(), "labels/classes.txt": b"fox\nowl\n",
        "labels/a.txt": b"1 0.25 0.25 0.5 0.5 0.1 0.1 0.2 0.2\n",
    })  # fmt: skip
    outline = loaded("yolo", tmp_path, test_share=0.0, crops=True, size=4)
    assert (outline.rows[0]["width"], outline.rows[0]["height"]) == (16, 8)
    assert labels(outline.train) == ["owl"]
    (tmp_path / "data.yaml").write_text("kpt_shape: [2, 2]\nnames: [fox, owl]\n")
    pose = loaded("yolo", tmp_path, test_share=0.0, crops=True, size=4)
    assert (pose.rows[0]["width"], pose.rows[0]["height"]) == (20, 10)


def test_masks_and_captions_are_no_yolo(tmp_path):
    write_files(tmp_path, {"images/a.png": quarters(), "labels/a.png": quarters(),
                           "labels/readme.txt": b"of masks"})  # fmt: skip
    assert not holds_yolo(tmp_path)


@pytest.mark.parametrize(
    ("box", "size", "expected"),
    [
        (Box(1.2, 1.2, 2.1, 2.1), (4, 4), (1, 1, 3, 3)),
        (Box(-5, -5, 50, 50), (4, 3), (0, 0, 4, 3)),
        (Box(0.5, 0.5, 1, 1, shares=True), (4, 6), (2, 3, 4, 6)),
        (Box(2, 2, 2, 3), (4, 4), None),
        (Box(1.1, 1.1, 0.5, 0.5, shares=True), (4, 4), None),
    ],
)
def test_a_box_in_whole_pixels(box, size, expected):
    assert box.within(*size) == expected


def test_a_scan_knows_them_and_sees_a_box_that_moved(frames, tmp_path):
    known = Contents(tmp_path / "known.json")
    first = look(frames, "annotations", known, 1)
    assert (first.dataset, first.count) == ("coco", 5)
    crops = look(frames, None, known, 1, crops=True)
    assert (crops.dataset, crops.count) == ("coco", 6)
    file = frames / "annotations" / "instances_val2017.json"
    file.write_bytes(described(["a.png"], [annotation(0, 7, [0, 0, 9, 8])]))
    assert look(frames, "annotations", known, 1).mark != first.mark
    assert look(frames, None, known, 1, crops=True).mark != crops.mark


def test_a_file_with_many_objects_is_opened_once(tmp_path, monkeypatch):
    from hardrare.datasets import _once

    entries = [annotation(0, 7, [k, 0, 5, 5]) for k in range(30)]
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    content = {"x.json": described(["a.png"], entries), "a.png": encoded(Image.fromarray(noise))}
    write_files(tmp_path, content | {"b.png": encoded(flat(1))})
    opened, plain = [], _once.opened
    monkeypatch.setattr(_once, "opened", lambda data: (opened.append(1), plain(data))[1])
    train, _ = read("coco", tmp_path, test_share=0.0, crops=True, size=4)
    assert (len(train.file_name), len(opened)) == (30, 1)


def test_what_pycocotools_says_of_a_file_is_said_here(frames):
    tools = pytest.importorskip("pycocotools.coco")
    file = frames / "annotations" / "instances_train2017.json"
    known = tools.COCO(str(file))
    source = coco(file)
    for image in known.loadImgs(known.getImgIds()):
        entries = known.loadAnns(known.getAnnIds(image["id"], iscrowd=False))
        name = f"images/train2017/{image['file_name']}"
        expected = [(known.cats[one["category_id"]]["name"], one["bbox"]) for one in entries]
        boxes = [(one.label, [one.box.left, one.box.top, one.box.right - one.box.left,
                  one.box.bottom - one.box.top]) for one in source.objects[name]]  # fmt: skip
        assert boxes == expected


@pytest.mark.slow
def test_a_whole_scan_of_objects(tmp_path, monkeypatch, capsys):
    """Ten frames of three objects each; the last object of the last frame repeats the first."""
    rng = np.random.default_rng(0)
    source, out, boxes, content, first = tmp_path / "coco", tmp_path / "out", [], {}, None
    places = [(4, 4), (52, 4), (4, 52)]
    for frame in range(10):
        pixels = np.full((100, 100, 3), 40 + 15 * frame, np.uint8)
        for k, (left, top) in enumerate(places):
            coarse = rng.integers(0, 255, (6, 6, 3), dtype=np.uint8)
            pixels[top : top + 42, left : left + 42] = coarse.repeat(7, 0).repeat(7, 1)
            boxes.append(annotation(frame, (7, 3)[k % 2], [left, top, 42, 42]))
        if frame == 9:
            pixels[52:94, 4:46] = first
        first = pixels[4:46, 4:46].copy() if frame == 0 else first
        content[f"images/{frame}.png"] = encoded(pixels)
    names = [f"{frame}.png" for frame in range(10)]
    write_files(source, content | {"labels.json": described(names, boxes)})
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    command.main(["scan", str(source), "--out", str(out), "--crops"])
    with (out / "scores.csv").open(encoding="utf-8") as rows:
        ranked = {row["file_name"]: row for row in csv.DictReader(rows)}
    assert set(ranked) == {f"images/{name}#{k}" for name in names for k in (1, 2, 3)}
    copy = "images/9.png#3"
    assert {name: row["duplicate_of"] for name, row in ranked.items() if row["duplicate_of"]} == {
        copy: "images/0.png#1"
    }
    assert ranked[copy]["duplicate_kind"] == "same pixels"
    assert (ranked[copy]["width"], ranked[copy]["height"]) == ("42", "42")
    assert (out / "drop.txt").read_text("utf-8").split() == [copy]
    assert len((out / "keep.txt").read_text("utf-8").split()) == 29
    (tmp_path / "decisions.csv").write_text(
        f"file_name,decision,label,axis,note\nimages/1.png#2,relabel,fox,,\n{copy},keep,,,\n"
    )
    command.main(["apply", str(tmp_path / "decisions.csv"), "--out", str(out)])
    assert len((out / "decided" / "keep.txt").read_text("utf-8").split()) == 30
    assert "images/1.png#2,fox" in (out / "decided" / "labels.csv").read_text("utf-8")
    capsys.readouterr()
