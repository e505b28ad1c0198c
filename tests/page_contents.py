"""Contents of a made-up page: names that would break it, groups of copies, labels, heat."""

import numpy as np

from hardrare.gallery.contents import Axis, Contents, Heat, Map
from hardrare.gallery.judges import Judges
from hardrare.gallery.thumbnails import larger, thumbnails
from hardrare.pictures import Pictures
from hardrare.tables import Skipped, escaped

EVIL = [
    "<script>alert(1)<|script>.png",
    "<|script><img src=x onerror=alert(2)>.png",
    "\"quoted\" 'twice' `once` & more.png",
    escaped("two\nlines.png"),
    "a/very/long/" + "name" * 40 + ".png",
    "emoji 🦊 and ünïcode.png",
    "abc\u202egnp.exe.png",
    "שלום עולם.png",
    escaped("caf\udce9 100 %.png"),
    escaped("back\\slash #1?.png"),
    "=1+2;cmd.png",
    "https|example.org|x.png",
]
FIT = {"neighbour_agreement": 0.714, "view_retrieval": 0.9, "samples": 1000, "neighbours": 10}
COPIES = {1: 0, 2: 0, 21: 20}  # row of a copy to the row that stays


def pictures(image):
    """Pictures of images of one size."""
    return Pictures(np.arange(len(image)), image, None)


def made(
    n=150, seeds=2, side=16, shown=None, names=EVIL, labels=True, skipped=None, copies=COPIES,
    alike=(),
):  # fmt: skip
    """Contents of a made-up study: image i has place i on `hard`, the reverse on `rare`.

    Rows in a tuple of `alike` are only alike, to copies where the first of them is in such a group.
    """
    rng = np.random.default_rng(0)
    files = [*names, *(f"dir/{i:05}.png" for i in range(n - len(names)))]
    rows = np.arange(n) if shown is None else shown
    image = rng.integers(0, 256, (n, side, 2 * side, 3), np.uint8)
    place = {
        "hard": np.arange(n), "rare": np.arange(n)[::-1], "noisy": rng.permutation(n),
        "duplicate": np.argsort(np.argsort([i not in copies for i in range(n)], kind="stable")),
    }  # fmt: skip
    place |= {"mislabeled": np.roll(np.arange(n), -3)} if labels else {}
    spread = np.full(n, np.nan) if seeds < 2 else rng.random(n) / 50
    member = {name: at < n // 20 for name, at in place.items()}
    member["duplicate"] = np.isin(np.arange(n), list(copies))
    axes = [Axis(name, ["a/b", "c/d"], 1 - at / n, at + 1, spread, member[name])
            for name, at in place.items()]  # fmt: skip
    group = np.full(n, -1)
    for k, stays in enumerate(sorted(set(copies.values()))):
        group[[stays, *(row for row, of in copies.items() if of == stays)]] = k
    for rows_alike in alike:  # as the first of them is, or in a group of their own
        own = group[rows_alike[0]]
        group[list(rows_alike)] = own if own >= 0 else group.max() + 1
    few = np.arange(len(rows))[: max(1, len(rows) // 2)]
    return Contents(
        file_name=files, axes=axes, shown=rows, group=group, kept=dict(copies),
        thumbnails=thumbnails(pictures(image), rows, 40, 10**9),
        larger=larger(pictures(image), rows, np.arange(len(rows)), 4 * side, side, 10**6),
        alike=(np.arange(len(rows))[:, None] + [1, 2, 3, 4, 5, 6]) % len(rows),
        nearest={**copies, 3: n - 1} if copies else {}, several="3 files hold several pictures",
        examples={"cat <i>": [4, 5, 6], "dog": [7, 8, 9]} if labels else {},
        places={
            "data": Map("Data map", "by loss.", "variability", "mean", rng.random((len(few), 2)),
                        few),
            "features": Map("Features", "by t-SNE.", "", "", rng.random((len(rows), 2)),
                            np.arange(len(rows))),
        },
        heat={"hard": Heat("Warm: what sets it apart.", np.arange(5),
                           np.tile(np.uint8([[0, 255], [10, 20]]), (5, 1, 1)))},
        notes=_notes(n, member, copies, labels),
        numbers={"bytes": np.full(n, 12_345.0), "taken": np.full(n, 86_400.0 * 365),
                 "mark": np.arange(n, dtype=float)},
        scores={"net/knn_distance": np.linspace(0, 255, len(rows)).astype(np.uint8)},
        leaks=1, seeds=seeds, judges=Judges({"some_network": FIT}, True, False, seeds),
        skipped=[Skipped(EVIL[0], "cannot be read: <b>cut</b>"), Skipped("b.txt", "empty")]
        if skipped is None else skipped,
    )  # fmt: skip


def _notes(n, member, copies, labels):
    """What a ranking would say."""
    copied = np.isin(np.arange(n), list(copies))
    said = {
        "kind": np.where(copied, "cropped", None), "similarity": np.where(copied, "0.987", None),
        "because": np.where(copied, "larger", None),
        "proposal": np.where(copied, "duplicate", None),
        "reason": np.where(member["noisy"], "blurred", None),
        "part": np.where(np.arange(n) % 2, "train", "test"),
        "size": np.full(n, "640 × 480"), "format": np.full(n, "PNG"),
    }  # fmt: skip
    said = {name: values.tolist() for name, values in said.items()}
    return said | ({"label": ["cat <i>"] * n, "suggested": ["dog"] * n} if labels else {})
