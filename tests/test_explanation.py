"""Warm parts: they lie where the difference lies that they explain, and are none where there is."""

import importlib

import numpy as np
import pyarrow as pa
from tiny_study import NETWORK

from hardrare import tables
from hardrare.embedding import Settings
from hardrare.explanation import Asked, asked, grids, hard, last_map, mislabeled, warm
from hardrare.params import build
from hardrare.pictures import Pictures
from stages import explain

warm_file = importlib.import_module("hardrare.explanation.warm")

SIDE = 64


def network(**changes):
    return build(Settings, NETWORK | changes, "embed.tiny", "parameters")


def test_the_last_map_is_on_average_what_the_network_gives():
    from hardrare.embedding import frozen

    images = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3), np.uint8)
    maps = last_map(network(), SIDE)(images)
    assert maps.shape == (3, 1280, 2, 2)
    import torch

    pooled = frozen(network(side=SIDE, views=0), "cpu", "float32", 4).forward(
        torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    )
    np.testing.assert_allclose(maps.mean(axis=(2, 3)), pooled.numpy(), atol=1e-3)
    assert last_map(network(weights="some.onnx"), SIDE) is None


def test_the_warmest_part_is_where_the_features_point_the_asked_way():
    maps = np.zeros((5, 3, 2, 2), np.float32)  # five images, three features, two by two parts
    maps[:, 0, 1, 0] = 2
    maps[:, 0, 0, 0] = 1
    maps[:, 1, 0, 1] = 9
    direction = np.tile(np.float32([1, -1, 0]), (5, 1))
    direction[4] = 0
    wanted = Asked(np.arange(5), direction, np.zeros((5, 3), np.float32))
    made = warm(lambda rows, _: rows, lambda rows: maps[rows], wanted, SIDE)
    found = np.frombuffer(b"".join(made), np.uint8).reshape(5, 2, 2)
    assert found[:4].tolist() == [[[128, 0], [255, 0]]] * 4
    assert found[4].tolist() == [[0, 0], [0, 0]]
    none = Asked(np.zeros(0, int), np.zeros((0, 3)), np.zeros((0, 3)))
    assert len(warm(lambda rows, _: rows, lambda rows: maps[rows], none, SIDE)) == 0


def test_a_hard_image_is_set_against_those_nearest_to_it():
    features = np.array([[1, 0], [1, 0.2], [1, 0.1], [-5, 1], [-5, 1.2]], np.float32)
    one = hard(features, np.array([0]), 2)
    np.testing.assert_allclose(one.origin, [[1, 0.15]], rtol=1e-6)
    np.testing.assert_allclose(one.direction, [[0, -0.15]], atol=1e-6)


def test_a_doubted_label_is_set_against_the_suggested_one():
    features = np.array([[0, 0], [2, 0], [0, 4], [0, 6]], np.float32)
    label, suggested = ["a", "a", "b", None], ["b", "a", "a", "a"]
    one = mislabeled(features, np.array([0, 1, 2, 3]), label, suggested)
    assert one.rows.tolist() == [0, 2]
    np.testing.assert_allclose(one.direction, [[-1, 4], [1, -4]])
    np.testing.assert_allclose(one.origin, [[0.5, 2], [0.5, 2]])
    nobody = mislabeled(features, np.array([1]), label, suggested)
    assert (nobody.direction.shape, nobody.origin.shape) == ((0, 2), (0, 2))


def test_the_first_of_both_axes_are_asked_for_and_unlabelled_ones_come_last():
    ranking = pa.table({
        "hard_rank": pa.array([3, 1, 2], pa.int32()),
        "mislabeled_rank": pa.array([None, 2, 1], pa.int32()),
        "label": [None, "a", "b"], "suggested_label": ["a", "b", "a"],
    })  # fmt: skip
    found = asked(ranking, np.eye(3, dtype=np.float32), 2, 1)
    assert {axis: one.rows.tolist() for axis, one in found.items()} == {
        "hard": [1, 2], "mislabeled": [2, 1],
    }  # fmt: skip
    assert list(asked(ranking.select(["hard_rank"]), np.eye(3), 2, 1)) == ["hard"]
    assert grids(None, None, {}, np.arange(3), SIDE).num_rows == 0


def test_the_stage_explains_pictures_and_nothing_where_features_were_brought(tmp_path, monkeypatch):
    image = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 3), np.uint8)
    images = tables.Images(np.arange(12), image, np.zeros(12, int), [f"{k}.png" for k in range(12)],
                           ["a"])  # fmt: skip
    tables.write_images(tmp_path / "images", images)
    with tables.pictures_writer(tmp_path / "pictures"):
        pass
    squares = Pictures(np.arange(12), image, None).squares(np.arange(12), SIDE)
    features = last_map(network(), SIDE)(squares).mean(axis=(2, 3))
    tables.write_features(tmp_path / "tiny.arrow", np.arange(12), features)
    ranking = pa.table({
        "sample_id": pa.array(range(12), pa.int32()), "file_name": images.file_name,
        "hard_rank": pa.array(range(1, 13), pa.int32()),
    })  # fmt: skip
    tables.write(tmp_path / "ranking", "ranking/2", ranking)
    paths = {name: tmp_path / name for name in ("images", "pictures", "ranking")}
    paths["features"] = tmp_path
    params = explain.Params(5, SIDE, 3, NETWORK)
    looked, grid = [], warm_file._grid
    monkeypatch.setattr(warm_file, "_grid", lambda *given: (looked.append(1), grid(*given))[1])
    for name, scratch in (("one", "kept"), ("two", "kept"), ("three", "empty")):
        explain.main(
            params, network="tiny", **paths, heat=tmp_path / name, scratch=tmp_path / scratch
        )
    assert len({(tmp_path / name).read_bytes() for name in ("one", "two", "three")}) == 1
    assert len(looked) == 10  # none of the second time
    heat = tables.read(tmp_path / "one", "heat/1").to_pydict()
    assert heat["sample_id"] == [0, 1, 2, 3, 4]
    assert {(len(one), max(one)) for one in heat["heat"]} == {(4, 255)}
    given = tmp_path / "given"
    explain.main(params, network="given", **paths, heat=given, scratch=tmp_path / "kept")
    assert tables.read(tmp_path / "given", "heat/1").num_rows == 0
