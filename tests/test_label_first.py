"""What `label-first` asks about: no hurt picture and one file of each, unless told otherwise."""

import pyarrow as pa
import pytest

from hardrare.scan import command
from hardrare.scan.to_ask import to_ask

NAMES = [f"{k}.png" for k in range(6)]


def ranking(reason=(None,) * 6, of=(None,) * 6, by=(None,) * 6, without=()):
    columns = {
        "file_name": NAMES, "reason": pa.array(reason, pa.string()),
        "duplicate_of": pa.array(of, pa.string()), "dropped_by": pa.array(by, pa.string()),
    }  # fmt: skip
    return pa.table({name: rows for name, rows in columns.items() if name not in without})


@pytest.mark.parametrize(
    ("given", "with_hurt", "rows", "left"),
    [
        ({}, False, [0, 1, 2, 3, 4, 5], ""),
        (
            {"reason": ["static", None, None, "blurred", None, None]},
            False, [1, 2, 4, 5], "2 hurt images (--with-hurt asks about them, too)",
        ),
        ({"reason": ["static", None, None, None, None, None]}, True, [0, 1, 2, 3, 4, 5], ""),
        (
            {"of": [None, "0.png", "0.png", None, None, "4.png"], "by": [None] + ["duplicate"] * 5},
            False, [0, 3, 4], "3 copies of other images",
        ),
        (  # what stays is hurt: one of those that repeat it is asked about
            {"of": [None, "0.png", "0.png", None, None, None], "reason": ["static"] + [None] * 5},
            False, [1, 3, 4, 5],
            "1 hurt image (--with-hurt asks about it, too), 1 copy of another image",
        ),
        (
            {"of": [None, "0.png", "0.png", None, None, None], "reason": ["static"] + [None] * 5},
            True, [0, 3, 4, 5], "2 copies of other images",
        ),
        (
            {"reason": ["static"] + [None] * 5, "by": ["noisy", "hard", None, None, None, None]},
            False, [2, 3, 4, 5],
            "1 hurt image and 1 image that drop.txt lists (--with-hurt asks about them, too)",
        ),
        ({"without": ["reason", "dropped_by"]}, False, [0, 1, 2, 3, 4, 5], ""),
    ],
)  # fmt: skip
def test_what_is_hurt_or_a_copy_is_not_asked_about(given, with_hurt, rows, left):
    asked, said = to_ask(ranking(**given), with_hurt)
    assert asked.tolist() == rows
    assert said == left


def test_hurt_pictures_are_asked_about_by_a_budget_alone(tmp_path, capsys):
    words = ["label-first", str(tmp_path), "--out", str(tmp_path / "out"), "--with-hurt"]
    with pytest.raises(SystemExit):
        command.main([*words, "--propose", "--labels", "few.csv"])
    assert "--with-hurt is for --budget; give one, or leave it out." in capsys.readouterr().err
