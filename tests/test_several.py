"""Files that hold several pictures are told of once, in words."""

import doctest
import importlib

import pytest

from hardrare.several import ONE_PICTURE, several


@pytest.mark.parametrize("module", ["hardrare.several", "hardrare.scan.to_ask"])
def test_doctests(module):
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted > 1
    assert result.failed == 0


def test_what_belongs_to_one_picture_is_not_told():
    assert several([("a.jpg", kind, 2) for kind in ONE_PICTURE]) == ""
    assert several([("a.png", "PNG", 1), ("b", None, None), ("c", None, float("nan"))]) == ""
    assert several([("b.webp", "WEBP", 5)]) == (
        "b.webp holds 5 pictures: one was looked at, the other 4 were not"
    )
