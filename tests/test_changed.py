"""What a scan says of the change since the scan before."""

import pytest

from hardrare.scan.changed import SAME, listed, said

BEFORE = {"a": "1", "b": "2", "c": "3", "d": None}


@pytest.mark.parametrize(
    ("now", "group", "rare", "noisy", "expected"),
    [
        (BEFORE, {}, ["a"], ["b"], SAME),
        (
            BEFORE | {f"n{k}": f"x{k}" for k in range(4)},
            {"a": 0, "n0": 0, "n1": 0, "n2": 1, "n3": 1},  # n2 and n3 repeat each other alone
            ["n3", "b"],
            ["n0", "n2", "a"],
            "4 new images: 2 repeat what you have, 1 is rare, 2 are noisy.",
        ),
        (BEFORE | {"b": "9"}, {"b": 0, "c": 0}, [], [], "1 new image (1 in place of another): "
         "1 repeats what you have."),
        (BEFORE | {"e": "5", "f": "6"}, {}, ["a"], [], "2 new images."),
        (BEFORE | {"e": "5"}, {}, [], ["e"], "1 new image: 1 is noisy."),
        ({"a": "1", "z": "2", "d": None}, {}, [], [], "1 is gone; 1 has another name."),
        ({"y": "3", "z": "3", "a": "1", "d": None}, {"y": 0, "z": 0}, [], [],  # one is c itself
         "1 new image: 1 repeats what you have; 1 is gone; 1 has another name."),
        ({}, {}, [], [], "4 are gone."),
    ],
)  # fmt: skip
def test_new_images_and_what_became_of_them(now, group, rare, noisy, expected):
    assert said(BEFORE, now, group, {"rare": rare, "noisy": noisy}) == expected


def test_without_a_scan_before_there_is_nothing(tmp_path):
    assert listed(tmp_path) == {}
