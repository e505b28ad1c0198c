"""Prepare and embed by shards: equal to one process, whoever is killed, wherever files lie."""

import errno
import importlib.util
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml
from dataset_files import encoded as as_file
from dataset_files import write_files, write_parquet
from PIL import Image
from test_remotes import KEYS, NO_S3, s3_server
from test_shards import write_shard

from hardrare import shards
from hardrare.datasets import _remote
from hardrare.datasets._remote import Remote, place
from hardrare.errors import InputError
from hardrare.scan import options
from hardrare.scan.asked import Asked, check
from hardrare.scan.command import main as hardrare
from hardrare.tables import read, read_images, read_skipped
from hardrare.tables.seal import sealed
from stages import embed, prepare

SHIPPED = yaml.safe_load(options.default())
TABLES = "train.arrow", "pictures.arrow", "appearance.arrow", "skipped.csv"
FEATURES = "features.arrow", "views.arrow"
HAS_RAY = importlib.util.find_spec("ray") is not None
NEEDS_RAY = pytest.mark.skipif(not HAS_RAY, reason="needs ray (pip install 'hardrare[ray]')")
NEEDS_S3 = pytest.mark.skipif(bool(NO_S3), reason=f"needs {', '.join(NO_S3)}")


def ask_two_workers(monkeypatch):
    """Have shards made by two workers of Ray on this machine."""
    import ray

    monkeypatch.setenv(shards.ASKED, "auto")
    monkeypatch.setenv("RAY_worker_niceness", "0")  # 15 starves them beside other tests
    monkeypatch.setattr(ray, "init", partial(ray.init, num_cpus=2))


def pictures(count):
    """Small pictures of noise, a damaged file, one of 16 bits, one that says nothing of itself."""
    rng = np.random.default_rng(0)
    files = {
        f"{'ab'[i % 2]}/{i:03}.jpg": as_file(
            rng.integers(0, 256, (6, 8, 3), np.uint8).repeat(4, 0).repeat(4, 1), "JPEG"
        )
        for i in range(count)
    }
    wide = Image.fromarray(rng.integers(100, 900, (24, 32), np.uint16))
    return files | {"a/wide.png": as_file(wide), "b/torn.jpg": b"\xff\xd8\xff\xe0 torn"}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_files(tmp_path_factory.mktemp("photos"), pictures(30))


@pytest.fixture
def small(monkeypatch):
    """Shards of five rows, of any number of images."""
    monkeypatch.setattr(shards, "ROWS", 5)
    monkeypatch.setattr(shards, "LARGE", 0)


def prepared(source, out, **settings):
    """What prepare writes, by name."""
    given = SHIPPED["prepare"] | {"path": str(source), "min_images": 1} | settings
    asked = {one.name: given[one.name] for one in fields(prepare.Params)}
    paths = {name.partition(".")[0]: out / name for name in (*TABLES, "test.arrow")}
    prepare.main(prepare.Params(**asked), **paths, scratch=out / "scratch")
    return {name: (out / name).read_bytes() for name in TABLES}


def embed_into(out, views=1):
    """Embed what was prepared."""
    section = SHIPPED["embed"]["efficientnet_lite0"] | {"side": 32, "view_side": 32, "views": views}
    how = {name: SHIPPED["embed"][name] for name in ("batch_size", "device", "precision")}
    embed.main(
        embed.Params(**how, seed=SHIPPED["embed"]["seed"], options=section),
        network="efficientnet_lite0", images=out / "train.arrow", pictures=out / "pictures.arrow",
        features=out / FEATURES[0], views=out / FEATURES[1], scratch=out / "scratch",
    )  # fmt: skip


def embedded(out, views=1):
    """What embed writes of what was prepared."""
    embed_into(out, views)
    return {name: (out / name).read_bytes() for name in FEATURES}


@pytest.fixture(scope="module")
def alone(photos, tmp_path_factory):
    """All tables of one process without shards."""
    out = tmp_path_factory.mktemp("alone")
    return prepared(photos, out) | embedded(out)


def test_shards_are_put_together_as_if_there_were_none(photos, alone, tmp_path, small, capsys):
    assert prepared(photos, tmp_path) | embedded(tmp_path) == alone
    said = capsys.readouterr().out
    assert "prepare  7/7 shards" in said  # of 32 files
    assert "pixels of more than 8 bits" in said
    assert "embed efficientnet_lite0  7/7 shards" in said  # of 31 pictures
    assert not list((tmp_path / "scratch" / "shards").rglob("*.arrow"))


def test_what_no_view_is_made_of_comes_by_shards_too(photos, tmp_path, small, monkeypatch):
    prepared(photos, tmp_path)
    by_shards = embedded(tmp_path, views=0)
    monkeypatch.setattr(shards, "LARGE", 1000)
    assert embedded(tmp_path, views=0) == by_shards


def test_a_call_that_was_killed_goes_on_with_the_shards_that_are_there(
    photos, alone, tmp_path, small, monkeypatch, capsys
):
    for run in (prepared, embedded):
        tell, asked = shards._tell, (photos, tmp_path) if run is prepared else (tmp_path,)

        def killed(title, done, count, tell=tell):
            tell(title, done, count)
            if done == 3:
                raise KeyboardInterrupt

        monkeypatch.setattr(shards, "_tell", killed)
        with pytest.raises(KeyboardInterrupt):
            run(*asked)
        monkeypatch.setattr(shards, "_tell", tell)
        capsys.readouterr()
        assert run(*asked).items() <= alone.items()
        assert "  3/7 shards" not in capsys.readouterr().out


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import {module}
import test_by_shards
test_by_shards.shards.ROWS, test_by_shards.shards.LARGE = 5, 0
{call}
"""
BOTH = [None, pytest.param("auto", marks=NEEDS_RAY)]  # how shards are made: by Ray, or without


def kill_it(call, folder, by, module="test_by_shards"):
    """Call in a process of its own, killed when shards are there (by Ray a whole one)."""
    whole = f"{'?' * 32}.arrow"
    script = KILLED.format(module=module, call=call)
    words = [sys.executable, "-c", script, Path(__file__).parent]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(folder.glob(whole if by else "*.arrow")):
        time.sleep(0.001)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "it was over before"
    assert all(map(sealed, folder.glob(whole)))


@pytest.mark.slow
@pytest.mark.parametrize("by", BOTH)
def test_a_process_that_is_killed_leaves_whole_shards_alone(
    photos, alone, tmp_path, small, monkeypatch, by
):
    if by:  # the process hands out to Ray, and so does the next
        ask_two_workers(monkeypatch)
    out, folder = f"Path({str(tmp_path)!r})", tmp_path / "scratch" / "shards"
    kill_it(f"test_by_shards.prepared({str(photos)!r}, {out})", folder / "prepare", by)
    assert prepared(photos, tmp_path).items() <= alone.items()
    kill_it(f"test_by_shards.embed_into({out})", folder / "embed" / "efficientnet_lite0", by)
    assert embedded(tmp_path).items() <= alone.items()


def test_another_time_of_a_file_makes_its_shard_anew(photos, tmp_path, small):
    copy = write_files(tmp_path / "copy", pictures(12))
    prepared(copy, tmp_path / "out")
    keys = [*map(str, range(12))]
    cut = shards.Cut(tmp_path / "cut", "by")
    changed = [a != b for a, b in zip(cut.shards(keys), cut.shards([*keys[:7], "x", *keys[8:]]),
                                      strict=True)]  # fmt: skip
    assert changed == [False, True, False]
    assert shards.Cut(tmp_path / "cut", "other").shards(keys)[0] != cut.shards(keys)[0]


def test_a_damaged_shard_is_made_anew(tmp_path, small, capsys):
    cut = shards.Cut(tmp_path, "by")
    some = cut.shards([*map(str, range(12))])
    some[1].path.write_bytes(b"half")

    def work(shard):
        shard.path.write_bytes(b"whole")

    shards.have("test", lambda: work, some)
    assert [one.path.read_bytes() for one in some] == [b"whole"] * 3
    assert sorted(tmp_path.iterdir()) == sorted(one.path for one in some)


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(photos, tmp_path, small):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for run, most in (
        (lambda: prepared(photos, tmp_path), 6_000),
        (lambda: embedded(tmp_path), 20_000),
    ):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                run()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        left = [p.name for p in tmp_path.rglob("*") if p.is_file() and "train" not in p.name]
        assert not [n for n in left if n.endswith(".part") or n in FEATURES]
        prepared(photos, tmp_path)


def test_files_at_an_address_are_prepared_as_those_of_a_folder(photos, tmp_path):
    prepared(photos, tmp_path / "here")
    prepared(f"file://{photos}", tmp_path / "there")
    for name in ("train.arrow", "pictures.arrow", "skipped.csv"):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()
    here, there = (read(tmp_path / one / "appearance.arrow", "appearance/1")
                   for one in ("here", "there"))  # fmt: skip
    assert there.drop("taken").equals(here.drop("taken"))
    assert there["taken"].null_count == len(there)  # when a copy was made says nothing


@pytest.mark.parametrize("kind", ["parquet", "webdataset"])
def test_shards_of_datasets_lie_at_an_address_and_one_that_is_torn_is_listed(kind, tmp_path, small):
    made = list(pictures(11).values())[:11]
    for part, some in enumerate((made[:6], made[6:])):
        if kind == "parquet":
            write_parquet(tmp_path / "set" / f"{part}.parquet", some)
        else:
            write_shard(
                tmp_path / "set" / f"{part}.tar", {f"{i}.jpg": b for i, b in enumerate(some)}
            )
    torn = tmp_path / "set" / ("2.parquet" if kind == "parquet" else "2.tar")
    torn.write_bytes(b"PAR1 torn")
    here = prepared(tmp_path / "set", tmp_path / "here", dataset=kind)
    there = prepared(f"file://{tmp_path}/set", tmp_path / "there", dataset=kind)
    assert here == there
    assert len(read_images(tmp_path / "here" / "train.arrow").label) == 11
    (listed,) = read_skipped(tmp_path / "here" / "skipped.csv")
    assert listed.file_name == torn.name
    assert listed.reason.startswith("file cannot be read: no complete")


def test_an_address_that_cannot_be_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot be reached"):
        Remote("nowhere://bucket/a").exists()
    with pytest.raises(InputError, match="read from this machine alone"):
        prepared(f"file://{tmp_path}", tmp_path / "out", dataset="coco")


def test_names_that_are_no_text_are_read_at_an_address_and_circles_end(photos, tmp_path):
    there = tmp_path / "set"
    shutil.copytree(photos, there)
    (there / "a/000.jpg").rename(there / os.fsdecode(b"a/lat\xe9in.jpg"))
    (there / "round").symlink_to(there)
    names = [name for name, *_ in Remote(f"file://{there}").listed()]
    assert names == sorted(str(p.relative_to(there)) for p in there.rglob("*") if p.is_file())
    prepared(f"file://{there}", tmp_path / "out")
    assert "a/lat\\xe9in.jpg" in read_images(tmp_path / "out" / "train.arrow").file_name


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("FILE:///a/b/", "file:///a/b"), ("s3://lab/p ", "s3://lab/p"), ("file:///", "file://"),
     (" S3://", "s3://")],
)  # fmt: skip
def test_an_address_is_read_however_it_is_written(written, read_as):
    assert place(written) == Remote(read_as)


def test_an_address_without_a_bucket_or_around_the_result_is_refused(photos, tmp_path):
    with pytest.raises(InputError, match=r"s3:// names no bucket; write s3://bucket/prefix\."):
        check(Asked(place("s3:///")), tmp_path / "out")
    with pytest.raises(InputError, match="file:/// names no folder; write file:///path/to/folder"):
        check(Asked(place("FILE:///")), tmp_path / "out")
    for around in (f"file://{photos}", f"FILE://{photos.parent}/"):
        with pytest.raises(InputError, match="lie in each other"):
            check(Asked(place(around)), photos / "out")


def test_elsewhere_a_name_that_is_no_text_is_one_sentence(tmp_path):
    (tmp_path / os.fsdecode(b"lat\xe9in")).mkdir()
    (tmp_path / os.fsdecode(b"lat\xe9in/b.jpg")).write_bytes(b"")
    said = "is no UTF-8, as names elsewhere must be; rename that, or copy the files"
    for address in (f"local://{tmp_path}", os.fsdecode(b"local://%b/lat\xe9in" % bytes(tmp_path))):
        with pytest.raises(InputError, match=said):
            place(address).listed()
    with pytest.raises(InputError, match=said):
        check(Asked(place(address)), tmp_path / "out")


def test_ray_that_is_not_there_is_one_sentence(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"run: pip install 'hardrare\[ray\]'"):
        shards.ask_ray("auto")


def test_a_shard_that_kills_its_workers_is_given_up(tmp_path, small):
    (one,) = shards.Cut(tmp_path, "by").shards(["a"])
    worker = shards._Worker(lambda: None, [one])  # the work is none, as if killed before it ends
    one.path.with_suffix(".begun").write_bytes(b"." * shards.LIVES)
    said = worker({"shard": 0})["wrong"]
    assert said.startswith("4 workers of Ray were lost over rows 0 to 0, as where memory runs out")
    assert worker({"shard": 0})["wrong"].startswith("TypeError")  # begun again, from the start


def test_a_worker_whose_disk_is_full_names_the_remedy(tmp_path, small):
    (one,) = shards.Cut(tmp_path, "by").shards(["a"])

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device", "a.arrow")

    said = shards._Worker(lambda: full, [one])({"shard": 0})["wrong"]
    assert said.startswith("a.arrow: no room is left on the disk; free some, then call the same")
    assert not list(tmp_path.glob("*.arrow"))


@pytest.mark.parametrize(
    ("address", "said"),
    [("auto", r"neither answers nor starts on this machine \(took too long\); call the same again"),
     ("lab:6379", r"no Ray answers at lab:6379 \(took too long\); start one there")],
)  # fmt: skip
def test_a_ray_that_does_not_start_is_one_sentence(address, said):
    asked = []

    class Slow:
        def init(where, **_):
            asked.append(where)
            raise Exception("took too  long")  # as Ray itself raises it

    with pytest.raises(InputError, match=said):
        shards._start(Slow, address)
    assert len(asked) == (3 if address == "auto" else 1)


@pytest.fixture
def bucket(photos, monkeypatch):
    """The address of the pictures on an S3 server of this process."""
    import boto3

    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        client = boto3.client("s3", endpoint_url=address)
        client.create_bucket(Bucket="lab")
        for file in (one for one in photos.rglob("*") if one.is_file()):
            client.upload_file(str(file), "lab", f"photos/{file.relative_to(photos)}")
        yield "s3://lab/photos"


@NEEDS_S3
def test_files_of_a_bucket_are_prepared_as_those_of_a_folder(bucket, photos, alone, tmp_path):
    made = prepared(bucket, tmp_path)
    for name in ("train.arrow", "pictures.arrow", "skipped.csv"):
        assert made[name] == alone[name]


LISTS = "keep.txt", "drop.txt", "scores.csv", "skipped.csv"


@pytest.fixture(scope="module")
def lists(photos, tmp_path_factory):
    """What a scan of the folder gives."""
    out = tmp_path_factory.mktemp("scan") / "out"
    hardrare(["scan", str(photos), "--out", str(out)])
    return {name: (out / name).read_bytes() for name in LISTS}


@pytest.mark.slow
@NEEDS_S3
@pytest.mark.parametrize("by", [[], pytest.param(["--ray", "auto"], marks=NEEDS_RAY)])
def test_a_scan_of_a_bucket_gives_the_lists_of_a_scan_of_the_folder(
    lists, bucket, tmp_path, monkeypatch, by
):
    monkeypatch.setenv(shards.ASKED, "")  # so that it is as before when the test has ended
    monkeypatch.delenv(shards.ASKED)
    monkeypatch.setenv("RAY_worker_niceness", "0")
    hardrare(["scan", bucket, "--out", str(tmp_path / "out"), *by])
    out = tmp_path / "out"
    assert {name: (out / name).read_bytes() for name in LISTS} == lists
    said = (out / "scratch" / "log.txt").read_text("utf-8")
    assert ("prepare  1/1 shards" in said) == bool(by), "by Ray any number of files is cut"


def workers():
    """Processes of Ray's actors below this one."""
    below, found = {os.getpid()}, []
    known = [p for p in Path("/proc").iterdir() if p.name.isdigit()]
    parents = {}
    for one in known:
        try:
            parents[int(one.name)] = int((one / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    for _ in range(6):
        below |= {pid for pid, parent in parents.items() if parent in below}
    for pid in below:
        try:
            if b"ray::MapWorker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


def kill_one(folder, killed):
    """Kill a worker as soon as a shard is there."""
    while not killed and not (found := list(folder.glob("*.arrow"))):
        time.sleep(0.05)
    for pid in workers()[:1]:
        os.kill(pid, signal.SIGKILL)
        killed.append((pid, len(found)))


def test_an_address_is_listed_anew_by_the_next_scan(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"one")
    there = _remote.Remote(f"file://{tmp_path}")
    assert [name for name, *_ in there.listed()] == ["a.jpg"]
    (tmp_path / "b.jpg").write_bytes(b"two")
    assert len(there.listed()) == 1, "within a scan it is the same list"
    _remote.forget()
    assert [name for name, *_ in there.listed()] == ["a.jpg", "b.jpg"]


@pytest.mark.slow
@NEEDS_RAY
@NEEDS_S3
def test_two_workers_of_ray_of_which_one_is_killed_give_what_one_process_gives(
    bucket, alone, tmp_path, small, monkeypatch
):
    of_one = alone | prepared(bucket, tmp_path / "one")  # where no file has a time
    ask_two_workers(monkeypatch)
    for run, folder in ((lambda: prepared(bucket, tmp_path), "prepare"),
                        (lambda: embedded(tmp_path), "embed/efficientnet_lite0")):  # fmt: skip
        killed = []
        one = threading.Thread(
            target=kill_one, args=(tmp_path / "scratch" / "shards" / folder, killed)
        )
        one.start()
        made = run()
        killed or killed.append(None)
        one.join()
        assert killed[0], "no worker was met"
        for name, table in made.items():
            assert table == of_one[name], name
