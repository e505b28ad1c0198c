"""hardrare scan: its graph is dvc.yaml's; it chooses what fits, goes on, refuses and runs."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
import yaml
from graph import ROOT, stages
from PIL import Image

from hardrare import tables
from hardrare.checking import check
from hardrare.counting import counted
from hardrare.errors import InputError
from hardrare.gallery.page import with_scan
from hardrare.params import load
from hardrare.runner.contents import Contents
from hardrare.runner.graph import feeds, path_of, stages_for, steps, unmade, within
from hardrare.runner.record import Record
from hardrare.scan import command, layout, options, settings, source, speed
from hardrare.scan.asked import Asked
from hardrare.scan.asked import check as check_asked
from hardrare.scan.progress import Progress, spoken
from hardrare.scan.settings import choose
from hardrare.scan.source import Found, look
from hardrare.scan.speed import Speed
from hardrare.studies import HOME, with_values
from hardrare.tables import files
from hardrare.training.progress import Progress as TrainingProgress

FAST = {"pretrain": Speed(4.0, 3e-4)}
FOUND = Found("folder", 1000, 32, "mark")
FOLDER = options.default()


def pictures(folder, n=24, seed=0, classes=()):
    """N small JPEGs, flat or in class folders, the last a copy of the first."""
    rng = np.random.default_rng(seed)
    for i in range(n):
        where = folder / classes[i % len(classes)] if classes else folder
        where.mkdir(parents=True, exist_ok=True)
        coarse = rng.integers(0, 256, (8, 8, 3), np.uint8).repeat(4, 0).repeat(4, 1)
        Image.fromarray(coarse).save(where / f"{i:03}.png")
    first, last = sorted(folder.rglob("*.png"))[0], sorted(folder.rglob("*.png"))[-1]
    shutil.copy(first, last)
    return folder


# The graph


def test_steps_are_those_of_dvc_yaml_in_an_order_that_works():
    params = load(ROOT / "params.yaml")
    found = steps(stages_for(["show", "report"], {}), params)
    names = [one.name for one in found]
    assert len(names) == len(set(names))
    assert {n.partition("@")[0] for n in names} <= set(stages())
    assert {"pretrain", "embed@efficientnet_lite0"} <= set(names)
    written = set()
    for one in found:
        for dep in one.deps:
            assert any(out.startswith(dep) or dep.startswith(out) for out in written), dep
        written |= set(one.outs)
        assert not any("${" in word for word in [*one.words, *one.outs, *one.deps])
    order = {name: at for at, name in enumerate(names)}
    assert all(order[a.name] < order[b.name] for a in found for b in found if feeds(a, b))


def test_nobody_waits_for_what_a_stage_without_runs_would_write():
    params = load(ROOT / "params.yaml")
    every = stages_for(["show"], {})
    assert unmade(every, params) == {"data/inside"}  # of dissect, which no network asks for
    found = {one.name: one for one in steps(every, params)}
    assert "dissect" not in found
    assert "data/inside" not in found["score"].deps
    params["dissect"]["networks"] = ["efficientnet_lite0"]
    assert unmade(every, params) == set()
    assert "data/inside" in {one.name: one for one in steps(every, params)}["score"].deps


@pytest.mark.parametrize(
    ("features", "read"),
    [
        ("efficientnet_lite0", {"data/features/frozen/efficientnet_lite0.arrow"}),
        ("barlow_twins-0", {"data/features/frozen", "data/features/label_free"}),
        (None, set()),
    ],
)
def test_match_waits_for_no_features_but_those_that_it_names(features, read):
    params = yaml.safe_load(FOLDER)
    params["match"]["features"] = features
    found = {one.name: one for one in steps(layout.graph(), params)}
    assert {dep for dep in found["match"].deps if "features" in dep} == read
    before = {"prepare", "inject"}
    before |= {"embed@efficientnet_lite0"} if read else set()
    before |= {"pretrain_features"} if features == "barlow_twins-0" else set()
    writes = {out: name for name, one in found.items() for out in one.outs}
    reads = {name for out, name in writes.items() for dep in found["match"].deps
             if within(out, dep) or within(dep, out)}  # fmt: skip
    assert reads == before


def test_a_scan_runs_what_the_page_needs_and_nothing_else():
    params = yaml.safe_load(FOLDER)
    names = {one.name.partition("@")[0] for one in steps(layout.graph(), params)}
    assert names == {
        "prepare", "inject", "embed", "pretrain_features", "supervise", "supervise_features",
        "score", "score_supervised", "pixels", "match", "rank", "explain", "show",
    }  # fmt: skip
    every = layout.graph()
    assert layout.PAGE in every["show"]["outs"]
    assert f"--page {layout.PAGE}" in " ".join(every["show"]["cmd"].split())
    assert not [dep for one in every.values() for dep in one["deps"] if dep.endswith(".py")]


def test_the_stages_lie_where_the_scan_imports_them_from():
    assert (HOME / "stages" / "show.py").is_file()
    assert path_of("show", "--page") == "reports/images.html"


def test_every_promised_file_is_an_output_of_a_stage():
    outs = {out for one in layout.graph().values() for out in one["outs"]}
    promised = set(layout.PROMISED.values())
    assert promised <= outs
    assert promised == {"index.html", "skipped.csv", "scores.csv", "scores.parquet",
                        "metadata.parquet", "keep.txt", "drop.txt"}  # fmt: skip


# What fits


@cache
@cache
def from_scratch(seeds):
    """The steps of a scan that trains on pixels, too."""
    values = {"pretrain.seeds": list(range(seeds)), "pretrain.objectives": options.ON_PIXELS}
    return steps(layout.graph(), yaml.safe_load(with_values(FOLDER, values)))


def test_the_choice_fits_the_time_and_grows_with_it():
    for minutes in (5, 10, 30, 120):
        for count, side in ((500, 32), (5_000, 64), (50_000, 500)):
            try:
                chosen = choose(count, side, FAST, [], 60 * minutes, 0)
            except InputError:
                continue
            todo = from_scratch(chosen.seeds)
            expected = sum(settings.estimate(one, count, chosen, FAST) for one in todo)
            assert expected <= 60 * minutes
            assert chosen.size <= max(side, 32)
    little, much = (choose(5_000, 64, FAST, [], 60 * m, 0) for m in (5, 60))
    assert (much.seeds, much.size) >= (little.seeds, little.size)
    assert much.seeds == 2
    assert choose(5_000, 64, FAST, [], 600, 0).epochs >= settings.LEAST


def test_too_little_time_says_how_much_is_needed():
    with pytest.raises(InputError, match=r"1,000,000 images need about .*--minutes \d+") as said:
        choose(1_000_000, 64, FAST, [], 600, 0)
    minutes = int(re.search(r"--minutes (\d+)", str(said.value))[1])
    assert choose(1_000_000, 64, FAST, [], 60 * minutes, 0).epochs >= settings.LEAST


def test_runs_with_labels_get_their_share():
    speeds = FAST | {"supervise": Speed(4.0, 5e-4)}
    kinds = ["supervise"]
    with_labels = choose(20_000, 32, speeds, kinds, 1200, 0)
    without = choose(20_000, 32, FAST, [], 1200, 0)
    assert settings.LEAST_LABELLED <= with_labels.label_epochs <= settings.MOST_LABELLED
    assert (with_labels.seeds, with_labels.epochs) < (without.seeds, without.epochs)


def test_small_folders_get_small_batches():
    sizes = [choose(n, 32, FAST, [], 3600, 0).batch_size for n in (20, 300, 2_000, 100_000)]
    assert sizes == [16, 32, 128, 256]


def test_the_epochs_of_a_training_stage_are_heard(capsys):
    progress = TrainingProgress("pretrain-autoencoder-single-0", 4)
    progress.epoch(0.5, 100)
    line = capsys.readouterr().out
    heard = Progress({"pretrain": 8.0, "rank": 2.0})
    heard.start("pretrain")
    heard.line("pretrain", line)
    assert heard.done == pytest.approx(2.0)
    heard.start("rank")
    heard.line("rank", "rank: 1/2 of it")
    assert heard.done == pytest.approx(3.0)
    heard.end("rank")
    assert heard.done == pytest.approx(4.0)
    heard.end("pretrain")
    assert heard.done == pytest.approx(10.0)
    other = Progress({"rank": 2.0, "show": 2.0})
    other.skip("rank")
    assert (other.done, other.ran) == (2.0, 0.0)
    assert spoken(59.7) == "1 min 0 s"


def test_what_is_left_is_told_when_it_is_known():
    heard = Progress({"prepare": 10.0, "embed": 70.0, "explain": 20.0})
    heard.skip("prepare")  # what was there says nothing of how fast this machine is
    heard.start("embed")
    heard.line("embed", "embed net  10/100 images  5 images/s  9 s left")
    assert heard.left(20.0) is None  # 7 of the 90 there are to run
    heard.line("embed", "embed net  50/100 images  5 images/s  9 s left")
    assert heard.left(4.0) is None  # too early
    assert heard.left(70.0) == pytest.approx(70 / 35 * 55)  # this machine is half as fast
    heard.end("embed")
    heard.start("explain")
    heard.line("explain", "explain  150/200 images  31 images/s  2 s left")
    assert heard.left(85.0) == pytest.approx(5.0)
    heard.end("explain")
    assert heard.left(90.0) == 0


def test_a_stage_says_how_far_it_is_now_and_then_and_at_the_end(capsys, monkeypatch):
    clock = iter([0.0, 1.0, 2.5, 3.0, 3.5])
    monkeypatch.setattr("hardrare.counting.time.perf_counter", lambda: next(clock))
    assert list(counted("abcd", "explain", 4)) == list("abcd")
    assert capsys.readouterr().out.splitlines() == [
        "explain  2/4 images  1 images/s  2 s left", "explain  4/4 images  1 images/s  0 s left",
    ]  # fmt: skip


# The study's files


def test_values_are_set_and_comments_stay():
    text = FOLDER
    changes = {"prepare.size": 48, "supervise.supervised.occasional": [], "pretrain.seeds": [0]}
    made = with_values(text, changes)
    before, after = yaml.safe_load(text), yaml.safe_load(made)
    before["prepare"]["size"] = 48
    before["supervise"]["supervised"]["occasional"] = []
    before["pretrain"]["seeds"] = [0]
    assert after == before
    assert made.count("#") == text.count("#")
    with pytest.raises(InputError, match=r"prepare\.sise"):
        with_values(text, {"prepare.sise": 1})


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("plain", None), ("'quotes' and \"more\"", "folders"), ("hash # colon: x", "labels.csv"),
        ("ünï 🦊", "labels.csv"),
    ],
)  # fmt: skip
def test_the_parameters_of_a_scan_are_complete(tmp_path, name, labels):
    source = tmp_path / name
    source.mkdir()
    choice = settings.Choice(48, 2, 30, 12 if labels else 0, 64)
    out = tmp_path / "out"
    changes = (
        options.settings(Asked(source, labels, from_scratch=True), FOUND) | choice.parameters()
    )
    layout.lay(out, Record(out / layout.RECORD), changes)
    params = load(tmp_path / "out" / "params.yaml")
    check(tmp_path / "out" / "params.yaml", ROOT)
    assert params["prepare"]["path"] == str(source)
    assert params["prepare"]["size"] == 48
    assert params["pretrain"]["epochs"] == 30
    assert params["supervise"]["on_features"] == (options.LABELLED if labels else [])
    assert params["pretrain"]["objectives"] == options.ON_PIXELS
    assert "autoencoder/loss_mean" in params["rank"]["hard"]
    assert bool(params["prepare"]["labels"]) == (labels == "labels.csv")
    assert params["inject"]["artefacts"] == []


def test_options_name_the_network_everywhere(tmp_path):
    weights, features = tmp_path / "my net-1.onnx", tmp_path / "f.npy"
    asked = Asked(tmp_path, weights=str(weights))
    params = yaml.safe_load(with_values(FOLDER, options.settings(asked, FOUND)))
    assert params["embed"]["networks"] == ["my_net_1"]
    assert params["embed"]["my_net_1"]["weights"] == str(weights)
    assert params["embed"]["my_net_1"]["model"] is None
    assert params["match"]["features"] == params["show"]["feature_map"] == "my_net_1"
    assert options.NETWORK not in str(params["rank"])
    asked = Asked(tmp_path, network="resnet18.a1_in1k")
    params = yaml.safe_load(with_values(FOLDER, options.settings(asked, FOUND)))
    assert params["embed"]["resnet18_a1_in1k"]["weights"] == "download"
    assert params["embed"]["resnet18_a1_in1k"]["model"] == "resnet18.a1_in1k"
    asked = Asked(tmp_path, embeddings=str(features))
    params = yaml.safe_load(with_values(FOLDER, options.settings(asked, FOUND)))
    assert params["embed"]["networks"] == ["given"]
    assert params["embed"]["given"]["file"] == str(features)
    assert params["pretrain_features"]["of"] == "given"


def test_parts_are_dissected_and_one_of_two_makes_an_image_rare(tmp_path):
    asked = Asked(tmp_path, network="resnet18", parts=True)
    params = yaml.safe_load(with_values(FOLDER, options.settings(asked, FOUND)))
    assert params["dissect"]["networks"] == ["resnet18"]
    assert params["rank"]["rare"] == ["resnet18/knn_distance", "resnet18/patch_anomaly"]
    assert params["rank"]["any_of"] == ["rare"]
    names = [one.name for one in steps(layout.graph(), params)]
    assert names.index("dissect") < names.index("score")
    text = layout._graph_text(options.settings(asked, FOUND), params)
    assert "data/inside" in yaml.safe_load(text)["stages"]["score"]["deps"]
    plain = yaml.safe_load(with_values(FOLDER, options.settings(Asked(tmp_path), FOUND)))
    text = layout._graph_text(options.settings(Asked(tmp_path), FOUND), plain)
    stages = yaml.safe_load(text)["stages"]
    assert "dissect" not in stages
    assert "data/inside" not in stages["score"]["deps"]


def test_dvc_sees_another_file_of_weights_or_embeddings(tmp_path):
    weights, features = tmp_path / "net.safetensors", tmp_path / "f.npy"
    for asked, file in (
        (Asked(tmp_path, weights=str(weights)), weights),
        (Asked(tmp_path, embeddings=str(features)), features),
        (Asked(tmp_path, network="resnet18"), None),
        (Asked(tmp_path), None),
    ):
        changes = options.settings(asked, FOUND)
        text = layout._graph_text(changes, yaml.safe_load(with_values(FOLDER, changes)))
        deps = yaml.safe_load(text)["stages"]["embed"]["deps"]
        assert [one for one in deps if one.startswith("/")] == ([str(file)] if file else [])


def test_folders_that_cannot_take_a_scan_are_refused(tmp_path):
    source, other = tmp_path / "in", tmp_path / "other"
    source.mkdir()
    other.mkdir()
    (other / "thesis.txt").write_text("precious")
    for out, said in (
        (source / "out", "lie in each other"),
        (source, "lie in each other"),
        (tmp_path, "lie in each other"),
        (other, "holds something else"),
        (other / "thesis.txt", "is a file"),
        (other / "thesis.txt" / "deep", "cannot be written"),
    ):
        with pytest.raises(InputError, match=said):
            _ = check_asked(Asked(source), out), layout.opened(out, Asked(source))
    assert (other / "thesis.txt").read_text() == "precious"


def test_what_systems_leave_in_a_new_folder_does_not_fill_it(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    for name in (".DS_Store", "Thumbs.db", "._a.jpg"):
        (out / name).write_bytes(b"x")
    assert layout.opened(out, Asked(tmp_path / "in")).known.get("asked") is None
    (out / ".git").mkdir()
    with pytest.raises(InputError, match="holds something else"):
        layout.opened(out, Asked(tmp_path / "in"))


def test_a_scan_is_known_by_its_source_from_anywhere(tmp_path, monkeypatch):
    source, out = tmp_path / "in", tmp_path / "new"
    source.mkdir()
    (tmp_path / "labels.csv").touch()
    monkeypatch.chdir(tmp_path)
    record = layout.opened(out, Asked(Path("in")))
    record.known["asked"] = Asked(Path("in"), "labels.csv", 3.0).told()
    record.write()
    monkeypatch.chdir(source)
    for same in (Path(), Path("../in"), source, Path("../new/../in")):
        assert layout.opened(out, Asked(same)).known["asked"]["folder"] == str(source)
    monkeypatch.setenv("HOME", str(tmp_path))
    layout.opened(out, Asked(Path("~/in")))
    # label-first goes on from it, whatever minutes it was called with, and with its labels
    kept = layout.as_before(out, Asked(Path("../in"), minutes=99.0))
    assert (kept.labels, kept.minutes) == (str(tmp_path / "labels.csv"), 3.0)
    with pytest.raises(InputError, match=f"holds a scan of {source}; name another folder"):
        layout.opened(out, Asked(tmp_path / "other"))


def test_other_options_change_what_they_decide_and_nothing_else(tmp_path):
    out, table = tmp_path / "out", str(tmp_path / "labels.csv")
    record = Record(out / layout.RECORD)
    plain, labelled = (options.settings(Asked(tmp_path, one), FOUND) for one in (None, table))
    layout.lay(out, record, plain)
    text = (out / layout.PARAMS).read_text()
    (out / layout.PARAMS).write_text(with_values(text, {"rank.share": 0.2}))  # as people may
    params = layout.lay(out, record, labelled)
    assert params["prepare"]["labels"] == table
    assert params["supervise"]["on_features"] == options.LABELLED
    assert params["rank"]["share"] == 0.2
    assert table in (out / layout.GRAPH).read_text()
    params = layout.lay(out, record, plain)
    assert (params["prepare"]["labels"], params["supervise"]["on_features"]) == (None, [])
    assert params["rank"]["share"] == 0.2
    record.known["version"] = "of another hardrare"
    assert layout.lay(out, record, plain) == yaml.safe_load(with_values(FOLDER, plain))


# What is there


def test_kinds_of_sources_are_told_apart(tmp_path):
    folder = pictures(tmp_path / "flat")
    assert seen(folder).dataset == "folder"
    assert (seen(folder).count, seen(folder).side) == (24, 32)
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(str(p) for p in sorted(folder.iterdir())[:5]))
    assert (seen(listed).dataset, seen(listed).count) == ("paths", 5)
    with pytest.raises(InputError, match="does not exist"):
        seen(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no image"):
        seen(tmp_path / "empty")


def seen(path, labels=None):
    """A look that remembers nothing."""
    return look(path, labels, Contents(Path("/nowhere/contents.json")), 1)


def test_the_mark_of_a_source_is_its_content(tmp_path):
    folder = pictures(tmp_path / "flat")
    before = seen(folder).mark
    assert seen(folder).mark == before
    os.utime(folder / "003.png", ns=(1, 1))  # touched
    assert seen(folder).mark == before
    shutil.copy(folder / "004.png", folder / "003.png")
    changed = seen(folder).mark
    assert changed != before
    (folder / "metadata.csv").write_text("file_name,label\n003.png,cat\n004.png,dog\n")
    labelled = seen(folder).mark
    (folder / "metadata.csv").write_text("file_name,label\n003.png,dog\n004.png,cat\n")
    assert len({changed, labelled, seen(folder).mark}) == 3


def test_a_table_in_a_linked_folder_counts_and_what_systems_leave_does_not(tmp_path):
    folder, far = pictures(tmp_path / "flat"), pictures(tmp_path / "far", 3)
    (folder / "linked").symlink_to(far)
    marks = [seen(folder).mark]
    for label in ("cat", "dog"):
        (far / "metadata.csv").write_text(f"file_name,label\n000.png,{label}\n")
        marks.append(seen(folder).mark)
    assert len(set(marks)) == 3
    for litter in (".DS_Store", "Thumbs.db", "linked/desktop.ini", "._000.png"):
        (folder / litter).write_bytes(b"left")
    (folder / "@eaDir").mkdir()
    shutil.copy(folder / "000.png", folder / "@eaDir" / "000.png")
    assert seen(folder).mark == marks[-1]
    (folder / "notes.txt").write_bytes(b"mine")  # stands in skipped.csv, which people read
    assert seen(folder).mark != marks[-1]


def test_what_systems_leave_beside_parquet_does_not_count(tmp_path):
    names = pyarrow.table({"image": [b"1", b"2"], "label": [0, 1]})
    pyarrow.parquet.write_table(names, tmp_path / "train-0.parquet")
    before = seen(tmp_path)
    (tmp_path / ".DS_Store").write_bytes(b"left")
    assert seen(tmp_path) == before
    assert before.dataset == "parquet"


def test_a_home_that_a_shell_left_is_expanded_in_every_option(tmp_path, monkeypatch):
    folder = pictures(tmp_path / "flat")
    rows = [f"{p.name},{'ab'[i % 2]}" for i, p in enumerate(sorted(folder.iterdir()))]
    (tmp_path / "labels.csv").write_text("\n".join(["file_name,label", *rows]))
    monkeypatch.setenv("HOME", str(tmp_path))
    given = command._parser().parse_args(["scan", "~/flat", "--out=~/new"])
    assert (given.folder, given.out) == (folder, tmp_path / "new")
    check_asked(Asked(given.folder, "~/labels.csv"), given.out)
    assert seen(folder, "~/labels.csv").count == 24


@pytest.mark.parametrize(
    "name", [b"caf\xe9", b"two\nlines", b"$x ${y} #: 'q' \"d\"", b"z\xc2\x85z"]
)
def test_a_folder_may_be_called_anything(tmp_path, name):
    folder = pictures(Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)))
    asked, out = Asked(folder), folder.with_name(f"{folder.name} out")
    record = layout.opened(out, asked)
    for _ in range(2):  # new, and as it was left
        params = layout.lay(out, record, options.settings(asked, seen(folder)))
        assert params["prepare"]["path"] == str(folder)
    table = out / "data" / "t.arrow"
    columns = {"sample_id": pyarrow.array([0], pyarrow.int32()), "x": pyarrow.array([0.5], "f4")}
    files.write(table, "scores/1", pyarrow.table(columns))
    assert tables.column(tables.read(table, "scores/1"), "x").tolist() == [0.5]
    known = Contents(out / "contents.json")
    assert known.unlabelled(table) == known.of(table)


def test_a_corrected_table_of_labels_is_another_source(tmp_path):
    folder, table = pictures(tmp_path / "flat"), tmp_path / "labels.csv"
    rows = [f"{p.name},{'ab'[i % 2]}" for i, p in enumerate(sorted(folder.iterdir()))]
    table.write_text("\n".join(["file_name,label", *rows]))
    before = seen(folder, str(table)).mark
    table.write_text("\n".join(["file_name,label", rows[0][:-1] + "b", *rows[1:]]))
    assert seen(folder, str(table)).mark != before


def test_too_few_images_are_said_before_anything_is_measured(tmp_path, capsys):
    folder = pictures(tmp_path / "few", 5)
    with pytest.raises(SystemExit):
        command.main(["scan", str(folder), "--out", str(tmp_path / "out")])
    said = capsys.readouterr()
    assert "holds 5 image files, a scan needs at least 16" in said.err
    assert said.out == ""
    assert not (tmp_path / "out").exists()


def test_labels_must_cover_enough_images_of_two_classes(tmp_path):
    folder, table = pictures(tmp_path / "flat"), tmp_path / "labels.csv"
    names = sorted(p.name for p in folder.iterdir())
    rows = [f"{name},{'ab'[i % 2]}" for i, name in enumerate(names)]
    table.write_text("\n".join(["file_name,label", *rows]))
    assert seen(folder, str(table)).count == 24
    table.write_text("\n".join(["file_name,label", *rows[1:]]))
    assert seen(folder, str(table)).count == 24
    table.write_text("\n".join(["file_name,label", *rows[9:]]))
    with pytest.raises(InputError, match=r"labels of 15 images .* without is 000\.png\), a scan"):
        look(folder, str(table), Contents(Path("/nowhere/contents.json")), 16)
    with pytest.raises(InputError, match="labels of fewer than two classes"):
        seen(folder, "folders")
    assert seen(pictures(tmp_path / "classes", classes=("cat", "dog")), "folders").count == 24


def test_nothing_is_a_label_that_nobody_called_one(tmp_path):
    def said(folder, labels=None):
        return look(folder, labels, Contents(Path("/nowhere/contents.json")), 16).labels

    pets = pictures(tmp_path / "pets", classes=("cat", "dog"))
    assert said(pets) == (
        "2 subfolders (cat, dog): not taken as labels, --labels folders takes them."
    )
    shutil.copy(pets / "cat" / "000.png", pets / "beside.png")
    assert said(pets, "folders") == (
        "Labels: the names of 2 subfolders (cat, dog), for 24 of 25 images; "
        "without --labels none is taken."
    )
    days = pictures(tmp_path / "days", classes=("2021-05-01", "2021-05-02"))
    assert "(2021-05-01, 2021-05-02), though they hardly look like classes, for" in said(
        days, "folders")  # fmt: skip
    flat = pictures(tmp_path / "flat")
    assert said(flat) == ""
    names = sorted(one.name for one in flat.iterdir())
    rows = [f"{name},{k % 6}\n" for k, name in enumerate(names[:18])]
    (tmp_path / "l.csv").write_text("".join(["file_name,label\n", *rows]))
    assert said(flat, str(tmp_path / "l.csv")) == (
        "Labels: l.csv, 6 classes (0, 1, 2, 3 and 2 more), for 18 of 24 images; "
        "without --labels none is taken."
    )
    wrong = ["file_name,label\n", *rows[:17], "gone.png,0\n", f"{names[17]},9\n"]
    (tmp_path / "w.csv").write_text("".join(wrong))
    assert said(flat, str(tmp_path / "w.csv")).endswith(
        "none is taken. 1 name is no image here: gone.png. Of a single image: 9."
    )
    (flat / "metadata.csv").write_text("".join(["file_name,label\n", *rows]))
    assert said(flat) == (
        "Labels of 6 classes (0, 1, 2, 3 and 2 more): not taken as labels, --labels annotations "
        "takes them."
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scan", "{none}", "--out", "{out}"], "does not exist"),
        (["scan", "{folder}", "--out", "{out}", "--minutes", "0"], "allow more than 0"),
        (["scan", "{folder}", "--out", "{out}", "--labels", "nothing.csv"], "is no file"),
        (["scan", "{folder}", "--out", "{folder}"], "lie in each other"),
        (["scan", "{empty}", "--out", "{out}"], "nor any other file; name a folder that does"),
        (["scan", "{notes}", "--out", "{out}"], "(a.txt: no image: it is a text); name a folder"),
        (["scan", "{folder}/000.png", "--out", "{out}"], "is no text; unpack it if it is"),
        (["scan", "file:///", "--out", "{out}"], "write file:///path/to/folder"),
        (["scan", "FILE://{empty}", "--out", "{out}"], "nor any other file; name a folder that"),
        (["scan", "FILE://{folder}", "--out", "{folder}"], "lie in each other"),
        (["scan", "{folder}", "--out", "{folder}/out"], "lie in each other"),
        (["scan", "{scan}", "--out", "{out}"], "is what a scan made; name a folder of images"),
        (["scan", "{folder}", "--out", "{loop}"], "lead around in a circle; name another"),
        (["scan", "{folder}", "--out", "{loop}/out"], "lead around in a circle; name another"),
        (["scan", "{folder}", "--out", "{nowhere}"], "is a link to what is not there"),
        (["scan", "{folder}", "--out", "{out}" + 300 * "x"], "(File name too long); mend that"),
        (["scan", "{folder}", "--out", "{out}", "--labels", ""], "--labels is empty; say which"),
        (["scan", "{folder}", "--out", "{out}", "--network", " "], "--network is empty; say"),
        (["scan", "{folder}", "--out", "{out}", "--minutes", "5"], "add --from-scratch"),
        (["scan", "{folder}", "--out", "{out}", "--weights", "no.onnx"], "no.onnx is no file"),
        (["scan", "{folder}", "--out", "{out}", "--embeddings", "no.npy"], "no.npy is no file"),
        (["scan", "{folder}", "--out", "{out}", "--embeddings", "{notes}"], "notes is no file"),
        (
            ["scan", "{folder}", "--out", "{out}", "--embeddings", "{notes}/a.txt"],
            "notes/a.txt: embeddings come as .npy, .parquet or .csv; save it as one.",
        ),
        (
            ["scan", "{folder}", "--out", "{out}", "--embeddings", "{notes}/a.npy"],
            "a.npy: not readable as embeddings (numpy.save did not write it); save it again.",
        ),
        (["scan", "{folder}", "--out", "{out}", "--network", "resnet81"], "ones are resnet18"),
        (
            ["scan", "{folder}", "--out", "{out}", "--embeddings", "x", "--network", "y"],
            "stands in place of a network",
        ),
        (["scan", "{folder}", "--out", "{out}", "--parts", "--embeddings", "x"], "looks inside"),
        (
            ["label-first", "{folder}", "--out", "{out}", "--budget", "5", "--minutes", "-1"],
            "allow",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path, capsys, words, said):
    places = {"folder": pictures(tmp_path / "in", 4), "out": tmp_path / "out"}
    names = ("none", "empty", "notes", "scan", "loop", "nowhere")
    places |= {name: tmp_path / name for name in names}
    for name in ("empty", "notes", "scan"):
        places[name].mkdir()
    for name in ("a.txt", "a.npy") if "a.npy" in str(words) else ("a.txt",):
        (places["notes"] / name).write_text("a note")
    for name in ("scan.json", "dvc.yaml"):
        (places["scan"] / name).write_text("{}")
    places["loop"].symlink_to(places["loop"])
    places["nowhere"].symlink_to(places["none"])
    with pytest.raises(SystemExit) as ended:
        command.main([word.format(**places) for word in words])
    assert ended.value.code == 1
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert not places["out"].exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "hardrare: the following arguments are required: command; hardrare --help tells"),
        (["scans"], "hardrare: command: invalid choice: 'scans'"),
        (
            ["scan", "in"],
            "hardrare scan: the following arguments are required: --out; hardrare scan",
        ),
        (
            ["scan", "a.jpg", "b.jpg", "--out", "out"],
            "scan: b.jpg is a word too many, name one fold",
        ),
        (
            ["export", "out", "more"],
            "hardrare export: more is a word too many; hardrare export --h",
        ),
        (
            ["scan", "in", "--out", "out", "--dataset", "x"],
            "scan: there is no option --dataset; har",
        ),
        (
            ["scan", "in", "--out", "out", "--minutes", "abc"],
            "--minutes: invalid float value: 'abc'",
        ),
    ],
)
def test_words_that_are_not_known_are_told_in_one_line(capsys, words, said):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("words", [["apply", "{file}", "--out", "{out}"], ["export", "{out}"]])
def test_a_scan_that_did_not_end_is_no_scan_to_go_on_with(tmp_path, capsys, words):
    out, file = tmp_path / "out", tmp_path / "decisions.csv"
    out.mkdir()
    file.write_text("file_name,decision\n")
    for made, said in ((False, "holds no scan; name the folder"), (True, "that did not end; call")):
        (out / "scan.json").write_text("{}") if made else None
        with pytest.raises(SystemExit):
            command.main([word.format(out=out, file=file) for word in words])
        assert said in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["scan.json"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("w.txt", [], "w.txt: is no file of weights; save a network's state_dict by torch.save"),
        ("w.onnx", [], "w.onnx: not readable as ONNX"),
        ("other.pt", ["--network", "resnet18"], "which resnet18 needs; name its own weights"),
    ],
)
def test_weights_are_looked_at_before_any_image_is_read(tmp_path, capsys, name, options, said):
    import torch

    (tmp_path / "w.txt").write_text("no weights")
    (tmp_path / "w.onnx").write_text("no weights")
    torch.save({"conv1.weight": torch.zeros(2)}, tmp_path / "other.pt")
    words = ["scan", str(pictures(tmp_path / "in", 20)), "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit):
        command.main([*words, "--weights", str(tmp_path / name), *options])
    told = capsys.readouterr()
    assert f"--weights {tmp_path / name}: " in told.err
    assert said.partition(": ")[2] in told.err
    assert told.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [["", "--out", "out"], ["in", "--out", " "]])
def test_an_empty_word_is_not_the_folder_where_one_is(capsys, words):
    with pytest.raises(SystemExit) as ended:
        command.main(["scan", *words])
    assert ended.value.code == 2
    assert "is empty; name a path" in capsys.readouterr().err


# Runs


EVIL = [
    "<script>alert(1)<\u2215script>.png", "\"quoted\", 'twice' & more.png", "emoji 🦊 ünï.png",
    "\u202eright to left שלום.png", "5:30, dawn.png",
]  # fmt: skip
MISTAKEN = "b/021.png"  # labelled a


def shapes(folder, n=20):
    """Class folders a (warm rings) and b (cold stripes), 64x48 each, evil names, and one copy."""
    rng, grid = np.random.default_rng(0), np.mgrid[:48, :64]
    for i in range(2 * n):
        y, x = grid - rng.integers(10, 40, (2, 1, 1))
        wave = np.hypot(x, y) if i < n else x + y * rng.uniform(0.2, 0.8)
        value = 0.5 + 0.5 * np.sin(wave * rng.uniform(0.3, 0.6))
        tint = rng.uniform(0.6, 1, 3) * ([1, 0.5, 0.2] if i < n else [0.2, 0.5, 1])
        noise = rng.normal(0, 4, (48, 64, 3))
        pixels = np.clip(value[..., None] * tint * 255 + noise, 0, 255).astype(np.uint8)
        where = folder / ("a" if i < n else "b")
        where.mkdir(parents=True, exist_ok=True)
        name = EVIL[i - n] if 0 <= i - n < len(EVIL) else f"{i:03}.png"
        name = "021.png" if i == n else name
        Image.fromarray(pixels).save(where / name)
    shutil.copy(folder / "a" / "003.png", folder / "b" / "zzz.png")
    (folder / "a" / "broken.jpg").write_bytes(b"\xff\xd8\xff cut")
    (folder / "b" / "two\nlines.png").write_bytes((folder / "a" / "004.png").read_bytes())
    return folder


def write_labels(source, table, *, mistaken=()):
    """A table of the class folders, but for the mistaken ones."""
    with table.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file_name", "label"])
        for path in sorted(source.rglob("*.*")):
            name = path.relative_to(source).as_posix()
            rows.writerow([name, "a" if name in mistaken else name[0]])


def ran(out):
    """The stages that the last scan in a folder ran, by its log."""
    log = (out / "scratch" / "log.txt").read_text("utf-8")
    return set(re.findall(r"^\w+: (\w+).*: done in", log, re.MULTILINE))


def table_of(out):
    with (out / "scores.csv").open(encoding="utf-8") as rows:
        return {row["file_name"]: row for row in csv.DictReader(rows)}


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """A tiny folder, scanned with a table of labels of which one is wrong; its last output."""
    home = tmp_path_factory.mktemp("scan")
    source, out = shapes(home / "my 'images'"), home / "out"
    write_labels(source, home / "labels.csv", mistaken=[MISTAKEN])
    words = ["scan", str(source), "--out", str(out), "--labels", str(home / "labels.csv")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        command.main(words)
    return source, out, words


@pytest.mark.slow
def test_a_later_scan_shows_what_was_decided_until_the_file_changes(scanned, tmp_path, capsys):
    before, _, words = scanned
    source, here = tmp_path / "my images", tmp_path / "out"
    shutil.copytree(before, source)
    words = ["scan", str(source), "--out", str(here), *words[4:]]
    command.main(words)
    rows = {f"a/{k:03}.png": ["drop", "", "noisy", 'dark, "very"'] for k in (1, 2)}
    with (tmp_path / "decisions.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file_name", "decision", "label", "axis", "note"])
        writer.writerows([name, *row] for name, row in rows.items())
    command.main(["apply", str(tmp_path / "decisions.csv"), "--out", str(here), "--link"])
    assert (here / "decided" / "images" / "a" / "003.png").samefile(source / "a" / "003.png")
    assert not (here / "decided" / "images" / "a" / "001.png").exists()
    capsys.readouterr()
    command.main(words)
    assert ran(here) == set()
    known = scan_of(here)
    assert known["decided"] == rows
    assert (here / known["source"].replace("%20", " ")).resolve() == source.resolve()
    page = (here / layout.PAGE).read_bytes()
    command.main(words)
    assert (here / layout.PAGE).read_bytes() == page
    Image.new("RGB", (64, 48), "red").save(source / "a" / "001.png")
    command.main(words)
    assert set(scan_of(here)["decided"]) == {"a/002.png"}


def scan_of(out):
    """What the page of a scan knows beside its tables."""
    text = (out / layout.PAGE).read_text("utf-8")
    return json.loads(re.search(r'id="scan">(.*?)</script>', text, re.DOTALL)[1])


@pytest.mark.slow
def test_a_scan_ends_with_a_page_and_a_ranking(scanned):
    source, out, _ = scanned
    html = (out / "index.html").read_text("utf-8")
    assert "Took " in html
    assert "The network efficientnet_lite0, never trained on them, looked at every image" in html
    assert "<script>alert" not in html
    ranked = table_of(out)
    skipped = [one.file_name for one in tables.read_skipped(out / "skipped.csv")]
    # every file is in exactly one list, whatever its name
    names = {p.relative_to(source).as_posix().replace("\n", "\\n") for p in source.rglob("*.*")}
    assert sorted([*ranked, *(name.replace("\n", "\\n") for name in skipped)]) == sorted(names)
    keep, drop = ((out / f"{n}.txt").read_text("utf-8").splitlines() for n in ("keep", "drop"))
    assert sorted(keep + drop) == sorted(ranked)
    for file in ("scores.parquet", "metadata.parquet"):
        kept = pyarrow.parquet.read_table(out / file).column("file_name").to_pylist()
        assert sorted(kept) == sorted(ranked)
    copies = {name: row for name, row in ranked.items() if row["is_duplicate"] == "true"}
    assert set(copies) >= {"b/zzz.png"} or set(copies) >= {"a/003.png"}
    for name, row in copies.items():
        assert row["duplicate_of"] in keep
        assert name in drop or row["dropped_by"] == ""
    copy = copies.get("b/zzz.png") or copies["a/003.png"]
    assert copy["duplicate_kind"] == "same file"
    assert {copy["width"], copy["height"]} == {"64", "48"}
    assert copy["leak"] == "false"
    assert {"group", "part", "reason", "duplicate_similarity"} <= set(copy)


@pytest.mark.slow
def test_a_corrected_label_is_another_result_and_little_work(scanned, capsys, monkeypatch):
    source, out, words = scanned
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    before = table_of(out)
    assert before[MISTAKEN]["label"] == "a"
    assert int(before[MISTAKEN]["mislabeled_rank"]) <= 2  # two networks of a few dozen images
    write_labels(source, Path(words[-1]))
    command.main(words)
    said = capsys.readouterr().out
    assert "to do: reading the images (what it reads changed)" in said
    assert re.search(r"^mislabeled  \d+ to look at first, ", said, re.MULTILINE)
    assert "rank" in ran(out)
    after = table_of(out)
    assert after[MISTAKEN]["label"] == "b"
    assert after[MISTAKEN]["mislabeled_rank"] != "1"
    assert int(after[MISTAKEN]["mislabeled_rank"]) > len(after) / 4  # no more among the doubted
    assert [r["hard_score"] for r in after.values()] == [r["hard_score"] for r in before.values()]
    command.main(words)
    assert "steps are done" in capsys.readouterr().out


@pytest.mark.slow
def test_the_same_command_goes_on_where_something_is_missing(scanned, capsys, monkeypatch):
    _, out, words = scanned
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.chdir(out.parent)
    page = (out / "index.html").read_bytes()
    command.main(["scan", "./my 'images'", "--out", "out", "--labels", "labels.csv"])
    assert re.search(r"all \d+ steps are done", capsys.readouterr().out)
    assert (out / "index.html").read_bytes() == page
    (out / "data" / "scores" / "label_free" / "features_barlow_twins-0.arrow").unlink()
    command.main(words)
    said = capsys.readouterr().out
    assert "to do: scoring what was learnt (data/scores/label_free was changed)" in said
    assert ran(out) == {"score"}


@pytest.mark.slow
def test_a_scan_after_a_change_is_as_one_from_nothing_and_says_what_changed(tmp_path, capsys):
    source, out = pictures(tmp_path / "photos", 24), tmp_path / "out"
    command.main(["scan", str(source), "--out", str(out)])
    rng = np.random.default_rng(5)
    for name in ("a.png", "b.png", "005.png"):
        Image.fromarray(rng.integers(0, 256, (40, 50, 3), np.uint8)).save(source / name)
    shutil.copy(source / "010.png", source / "copy.png")
    (source / "007.png").unlink()
    capsys.readouterr()
    command.main(["scan", str(source), "--out", str(out)])
    said = capsys.readouterr().out
    line = (r"^4 new images \(1 in place of another\): 1 repeats what you have"
            r"(, \d+ (is|are) (rare|noisy))*; 1 is gone\.$")  # fmt: skip
    told = re.search(line, said, re.MULTILINE)
    assert told
    assert scan_of(out)["changed"] == f"At the last change: {told[0]}"
    anew = tmp_path / "anew"
    command.main(["scan", str(source), "--out", str(anew)])
    assert scan_of(anew)["changed"] == ""
    made = [one.relative_to(out) for one in (out / "data").rglob("*") if one.is_file()]
    assert len(made) > 15
    for one in [*made, *map(Path, ("scores.csv", "keep.txt", "drop.txt", "skipped.csv"))]:
        assert (out / one).read_bytes() == (anew / one).read_bytes(), one
    pages = [with_scan((of / layout.PAGE).read_text("utf-8"), {}) for of in (out, anew)]
    assert pages[0] == pages[1]  # but for how long it took and what changed
    capsys.readouterr()
    command.main(["scan", str(source), "--out", str(out)])
    assert "No image was added, removed or replaced" in capsys.readouterr().out
    assert scan_of(out)["changed"] == f"At the last change: {told[0]}"


@pytest.mark.slow
def test_promised_files_that_are_deleted_or_changed_are_made_again(scanned, capsys, monkeypatch):
    source, out, words = scanned
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    before = {name: (out / name).read_bytes() for name in layout.PROMISED.values()}
    (out / "scores.csv").unlink()
    (out / "keep.txt").write_text("b/zzz.png\n")
    (source / "a" / "notes.txt").write_bytes(b"no image")
    command.main(words)
    said = capsys.readouterr().out
    # prepare, because the list of what was left out is another; nothing is trained again
    assert ran(out) == {"prepare", "rank", "show"}
    after = {name: (out / name).read_bytes() for name in before}
    assert {name for name in before if after[name] != before[name]} == {"skipped.csv", "index.html"}
    assert "44 files: 42 ranked" in said
    (source / "a" / "notes.txt").unlink()


@pytest.mark.slow
def test_the_kept_images_as_a_folder(scanned, capsys):
    source, out, words = scanned
    command.main([*words, "--link", "hardlink"])
    keep = (out / "keep.txt").read_text().splitlines()
    kept = (out / "kept").rglob("*.png")
    made = sorted(p.relative_to(out / "kept").as_posix() for p in kept)
    assert made == sorted(keep)
    assert (out / "kept" / keep[0]).samefile(source / keep[0])
    command.main([*words, "--link", "copy"])
    assert not (out / "kept" / keep[0]).samefile(source / keep[0])
    assert (out / "kept" / keep[0]).read_bytes() == (source / keep[0]).read_bytes()
    (out / "kept" / keep[0]).write_bytes(b"turned by hand")
    capsys.readouterr()
    with pytest.raises(SystemExit):
        command.main([*words, "--link", "symlink"])
    assert "is not as it was made; choose another place" in capsys.readouterr().err


@pytest.mark.slow
def test_what_to_label_first(scanned, capsys):
    _, out, words = scanned
    command.main(["label-first", *words[1:], "--budget", "10"])
    ranked = table_of(out)
    copies = sum(row["is_duplicate"] == "true" for row in ranked.values())
    assert f"Not asked about: {copies} copies of other images.\n" in capsys.readouterr().out
    with (out / "label_first.csv").open() as rows:
        listed = list(csv.DictReader(rows))
    names = [row["file_name"] for row in listed]
    assert [int(row["order"]) for row in listed] == list(range(1, 11))
    assert len(set(names)) == 10
    assert not [name for name in names if ranked[name]["is_duplicate"] == "true"]
    assert (out / "label_first.txt").read_text().splitlines() == names
    with pytest.raises(SystemExit):
        command.main(["label-first", *words[1:], "--budget", "41"])
    assert "lower it" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main(["label-first", *words[1:], "--budget", "5", "--strategy", "best"])
    assert "known are" in capsys.readouterr().err


@pytest.mark.slow
def test_labels_are_proposed_for_the_rest_of_a_folder(scanned, tmp_path, capsys):
    _, out, words = scanned
    names = sorted(table_of(out))
    few = tmp_path / "few.csv"
    told = [f"{name},{'ab'[k % 2]}" for k, name in enumerate(names[:12])]
    few.write_text("\n".join(["file_name,label", *told]))
    command.main(["label-first", *words[1:], "--labels", str(few), "--propose"])
    said = capsys.readouterr().out
    assert f"{len(names) - 12} of {len(names)} labels proposed from 12; of those 12, left" in said
    assert re.search(r"left out by turns, \d+ come out right: ", said)
    with (out / "proposed.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["file_name"] for row in rows} == set(names[12:])
    assert {row["label"] for row in rows} <= {"a", "b"}
    sure = [float(row["confidence"]) for row in rows]
    assert sure == sorted(sure, reverse=True)
    assert max(sure) < 1
    assert {row["judges"] for row in rows} <= {"1", "2", "3"}
    with pytest.raises(SystemExit):
        command.main(["label-first", *words[1:], "--propose"])  # by the labels of all
    assert "every image has a label already" in capsys.readouterr().err


def test_label_first_says_what_it_needs(tmp_path, capsys):
    folder = ["label-first", str(tmp_path), "--out", str(tmp_path / "out")]
    strategy = "--strategy is best; known are easy, facility_location, "
    for words, said in (
        ([], "--budget"), (["--propose", "--labels", "folders"], "few.csv"),
        (["--budget", "0"], "at least 1"), (["--budget", "5", "--strategy", "best"], strategy),
    ):  # fmt: skip
        with pytest.raises(SystemExit):
            command.main([*folder, *words])
        assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is no file; name the table"),
        ("file_name,note\na.png,x\n", "names no column label; add it."),
        ("file_name,label\na.png,a\na.png,b\n", "two labels"),
        ("file_name,label\n000.png,a\n001.png,a\n", "labels of one class; give two"),
        ("file_name,label\n" + "".join(f"{i:03}.png,{i}\n" for i in range(20)), "already"),
    ],
)
def test_labels_to_propose_from_are_read_before_any_work(tmp_path, capsys, monkeypatch, text, said):
    pictures(tmp_path / "images", 20)
    once, opened = source._opened, []
    monkeypatch.setattr(source, "_opened", lambda path: opened.append(path) or once(path))
    out, few = tmp_path / "out", tmp_path / "few.csv"
    if text is not None:
        few.write_text(text)
    words = ["label-first", str(tmp_path / "images"), "--out", str(out), "--propose"]
    with pytest.raises(SystemExit):
        command.main([*words, "--labels", str(few)])
    assert said in capsys.readouterr().err
    assert not out.exists()
    assert len(opened) <= 1  # the folder is listed once


@pytest.mark.parametrize("words", [["label-first", "--propose"], ["label-first", "--budget", "5"],
                                   ["scan"]])  # fmt: skip
def test_a_table_that_names_no_image_is_refused_by_its_option_before_any_work(
    tmp_path, capsys, words
):
    folder, out, few = pictures(tmp_path / "images", 20), tmp_path / "out", tmp_path / "few.csv"
    few.write_text("file_name,label\n" + "".join(f"other{k}.png,{k % 2}\n" for k in range(20)))
    with pytest.raises(SystemExit):
        command.main([words[0], str(folder), "--out", str(out), "--labels", str(few), *words[1:]])
    said = capsys.readouterr()
    assert said.err == (
        f"hardrare {words[0]}: --labels {few}: names no image of {folder}: there is 000.png, "
        "001.png, 002.png, in the table stands other0.png, other1.png, other10.png; write names "
        f"relative to {folder}.\n"
    )
    assert said.out == ""
    assert not out.exists()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("dvc") is None, reason="needs dvc on the path")
def test_dvc_goes_on_from_a_scan(scanned):
    _, out, words = scanned
    command.main([*words, "--dvc"])
    environment = os.environ | {"PYTHONPATH": str(HOME), "OMP_NUM_THREADS": "1"}

    def tool(*arguments):
        done = subprocess.run(arguments, cwd=out, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "up to date" in tool("dvc", "status")
    assert tool("git", "status", "--porcelain") == ""
    before = (out / "drop.txt").read_text(), (out / "scores.csv").read_text()
    tool("dvc", "exp", "run", "-q", "-S", "rank.drop=[{axis: hard, share: 0.25}]", "-n", "hard")
    assert "hard" in tool("dvc", "exp", "show", "--csv")
    # what lies beside the page is that of the experiment
    drop, keep = ((out / name).read_text().splitlines() for name in ("drop.txt", "keep.txt"))
    assert (len(drop), len(keep)) == (10, 32)
    for file in ("scores.parquet", "metadata.parquet"):
        rows = pyarrow.parquet.read_table(out / file).to_pylist()
        assert {row["file_name"] for row in rows if row["dropped_by"] == "hard"} == set(drop)
    assert (out / "scores.csv").read_text().count(',"hard"\n') == 10
    assert (out / "drop.txt").read_text() != before[0]
    # the scan knows that it is another state, and what it gives is the same
    command.main(words)
    assert (out / "drop.txt").read_text().splitlines() == drop


@pytest.mark.slow
def test_the_speed_of_this_machine_is_measured(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(speed, "IMAGES", 64)
    params = yaml.safe_load(with_values(FOLDER, {"pretrain.objectives": options.ON_PIXELS}))
    found = speed.measure(layout.graph(), params)
    assert set(found) == {"pretrain"}
    assert all(0 < one.each < 1 and one.once > 0 for one in found.values())


@pytest.mark.slow
def test_an_installed_package_has_the_graph_and_the_stages(tmp_path):
    source = tmp_path / "source"
    for name in ("hardrare", "stages", "studies"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dvc.yaml", "pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    target = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation",
         "--no-index", "--target", str(target), str(source)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    code = (
        "from hardrare.scan import layout, options\n"
        "import hardrare, hardrare.runner.worker, stages.show\n"
        "from importlib import resources\n"
        "print(hardrare.__file__); print(sorted(layout.graph()))\n"
        "print(len(options.default()))\n"
        "assert (resources.files('hardrare.gallery') / 'script').joinpath('main.js').is_file()"
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
        env=environment | {"PYTHONPATH": str(target)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(target) in done.stdout
    assert "show" in done.stdout
    assert (target / "bin" / "hardrare").exists()
