"""A run that was stopped anywhere goes on and ends with the bytes of one that was not."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import graph
import numpy as np
import pytest
import torch
from test_kinds import OWN
from test_training import AUGMENTATION, OPTIONS

from hardrare import objectives, tables
from hardrare.errors import InputError
from hardrare.numerics.stable_ranking import Settings as Rule
from hardrare.numerics.stable_ranking import StableRanking
from hardrare.objectives import supervised
from hardrare.params import build
from hardrare.protocols.kinds import KINDS, Work, kind
from hardrare.protocols.pseudo_label import train_on_clusters
from hardrare.protocols.retraining import Subset, retrain
from hardrare.training import Callbacks, Pixels, Probing, Settings, checkpoints, session, train
from hardrare.training.plan import label_free

keeping = sys.modules["hardrare.training.checkpoints"]  # `checkpoints` is its function too
ROOT, CPU, N = Path(__file__).parents[1], torch.device("cpu"), 32
IMAGE = np.random.default_rng(0).integers(0, 256, (N, 8, 8, 1), np.uint8)
LABEL = np.arange(N) % 3
SETTINGS = Settings(4, 8, "cosine", "float32", "cpu", 2)
SCHEDULES = ("one_cycle", "triangular", "cosine", "constant")
CLASSIFIER = supervised.Settings("small_cnn", "adamw", 3e-3, 0.0, AUGMENTATION)


class Stopped(Exception):
    """Stands in for whatever ends a process."""


def where(folder, settings, **recorded):
    """A session whose files lie in a folder."""
    features = folder / "features"
    return session(
        "run", settings, [], folder / "scratch", folder / "dynamics", np.arange(N),
        features=features, **recorded,
    )  # fmt: skip


def label_free_run(folder, settings, name, protocol="single", stop=None, every=0):
    pixels = Pixels(IMAGE, LABEL if name == "supervised" else None, CPU)
    plan = label_free(protocol, N, 0)
    with where(folder, settings, parts=plan.phases, networks=len(plan.members)) as (out, state):
        callbacks = Callbacks(out, Probing(snapshot_every=every), stop and stop(), state)
        train(objectives.objective(name), OPTIONS[name], settings, plan, pixels, 0, callbacks)


def kind_run(folder, settings, name, options=CLASSIFIER):
    one = build(kind(name), OWN[name], name, "test")
    pixels = Pixels(IMAGE, LABEL, CPU)
    with where(folder, settings, parts=one.phases, networks=one.networks) as (out, state):
        one.run(Work(options, settings, pixels, 0, out, name, state))


def pseudo_run(folder, settings):
    with where(folder, settings, parts=2, part="clustering") as (out, state):
        probing, pixels = (
            Probing(("correct", "margin"), ("predictive_entropy",)),
            Pixels(IMAGE, None, CPU),
        )
        callbacks, ids = Callbacks(out, probing, checkpoints=state), [LABEL, np.arange(N) % 4]
        train_on_clusters(CLASSIFIER, settings, pixels, ids, 2, 0, callbacks, "pseudo")


def retrain_run(folder, settings):
    pixels, subset = Pixels(IMAGE, LABEL, CPU), Subset((np.arange(20), np.arange(12, 32)))
    with checkpoints(folder / "scratch", "arm", settings, [], settings.checkpoint_every) as state:
        callbacks = Callbacks(checkpoints=state)
        rows = retrain(CLASSIFIER, settings, subset, pixels, pixels, [0, 1], "arm", callbacks)
        tables.write_rows(folder / "accuracy", "accuracy/1", list(rows))


def early_end():
    """Ends after three epochs: nothing but the order of a few samples moves."""
    return StableRanking(Rule(("loss", "alignment"), 1, -1.0, 2, ()))


RUNS = {
    **{
        f"{name}, {SCHEDULES[i % 4]}": (
            label_free_run, {"name": name}, {"schedule": SCHEDULES[i % 4]},
        )
        for i, name in enumerate(OPTIONS)
    },
    **{
        f"classifier, {one}": (label_free_run, {"name": "supervised"}, {"schedule": one})
        for one in SCHEDULES
    },
    **{name: (kind_run, {"name": name}, {}) for name in KINDS},
    "two halves without labels": (
        label_free_run, {"name": "byol", "protocol": "second_split"}, {"epochs": 3},
    ),
    "snapshots": (label_free_run, {"name": "vicreg", "every": 1}, {}),
    "an early end": (
        label_free_run, {"name": "autoencoder", "stop": early_end}, {"epochs": 9},
    ),
    "a range test": (
        kind_run, {"name": "holdout", "options": replace(CLASSIFIER, learning_rate="auto")},
        {"epochs": 2},
    ),
    "pseudo-labels": (pseudo_run, {}, {"epochs": 3}),
    "retraining": (retrain_run, {}, {"epochs": 2}),
}  # fmt: skip


def outcome(folder, run, settings, given):
    """The bytes of what a run leaves and the weights of its networks."""
    folder.mkdir(exist_ok=True)
    trainees, build_trainee = [], train.__globals__["build_trainee"]

    def spied(*words):
        trainees.append(build_trainee(*words))
        return trainees[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(train.__globals__, "build_trainee", spied)
        run(folder, settings, **given)
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    assert files
    assert not (folder / "scratch").exists() or not [
        p for p in (folder / "scratch").rglob("*") if p.suffix != ".lock"
    ]
    return files, [t.module.state_dict() for t in trainees]


def same(a, b):
    assert a[0] == b[0]
    assert len(a[1]) == len(b[1])
    for one, other in zip(a[1], b[1], strict=True):
        assert all(torch.equal(one[key], other[key]) for key in one)


@contextmanager
def counting(stop=None, before=False):
    """Count trained epochs; stop in the given one, before its checkpoint or after it."""
    epochs, save = [], keeping.Checkpoint.save

    def counted(self, *words, **named):
        epochs.append(self.epoch)
        if before and len(epochs) == stop:
            raise Stopped
        save(self, *words, **named)
        if len(epochs) == stop:
            raise Stopped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping.Checkpoint, "save", counted)
        yield epochs


def interrupted(folder, run, settings, given, stop, before=False):
    folder.mkdir(exist_ok=True)
    with counting(stop, before), pytest.raises(Stopped):
        run(folder, settings, **given)
    left = [p for p in folder.rglob("*") if p.is_file() and folder / "scratch" not in p.parents]
    assert not left  # no half-written output


# One of each way to train is tested always; the others, which share their loop, are slow.
ALWAYS = {
    "simclr, constant", "classifier, triangular", "mimo", "an early end", "pseudo-labels",
    "retraining",
}  # fmt: skip
TITLES = [one if one in ALWAYS else pytest.param(one, marks=pytest.mark.slow) for one in RUNS]


def test_what_is_tested_always_is_there():
    assert set(RUNS) >= ALWAYS


@pytest.mark.parametrize("title", TITLES)
def test_a_run_stopped_after_any_epoch_ends_alike(tmp_path, title):
    run, given, changed = RUNS[title]
    settings = replace(SETTINGS, **changed)
    with counting() as epochs:
        plain = outcome(tmp_path / "plain", run, replace(settings, checkpoint_every=0), given)
    assert not (tmp_path / "plain" / "scratch").exists()
    with counting() as again:
        same(plain, outcome(tmp_path / "kept", run, settings, given))
    assert len(again) == len(epochs)
    for stop in range(1, len(epochs) + 1):
        folder, before = tmp_path / str(stop), stop % 2 == 0
        interrupted(folder, run, settings, given, stop, before)
        with counting() as more:
            same(plain, outcome(folder, run, settings, given))
        assert 0 <= len(more) + stop - len(epochs) <= settings.checkpoint_every  # trained twice


def test_a_run_stopped_again_and_again_ends_alike(tmp_path):
    given, settings = {"name": "mimo"}, replace(SETTINGS, checkpoint_every=1)
    plain = outcome(tmp_path / "plain", kind_run, settings, given)
    for _ in range(SETTINGS.epochs):
        interrupted(tmp_path / "run", kind_run, settings, given, 1)
    same(plain, outcome(tmp_path / "run", kind_run, settings, given))


def test_an_early_end_is_early():
    rule = early_end()
    assert [rule({"loss": np.arange(5.0)}) for _ in range(3)] == [False, False, True]


def kept(folder):
    """The digests whose state lies in a folder's scratch."""
    return {p.parents[1].name for p in (folder / "scratch").rglob("state.pt")}


@pytest.mark.parametrize("what", ["parameter", "input", "code", "script", "package", "device"])
def test_no_other_runs_state_is_picked_up(tmp_path, monkeypatch, what):
    given, code = tmp_path / "input", tmp_path / "code.py"
    given.write_bytes(b"a")
    code.write_text("1")
    monkeypatch.setattr(keeping, "_code", lambda real=keeping._code: [*real(), code])

    def opened(**changed):
        settings = replace(SETTINGS, **changed)
        with checkpoints(tmp_path / "scratch", "run", settings, [given], 1) as state:
            one = state.next()
            found = one.state is not None
            keeping.save({"where": (0, 1, 1, 0)}, one.folder / "state.pt")
            raise Stopped(found)

    def found(**changed):
        with pytest.raises(Stopped) as stopped:
            opened(**changed)
        return stopped.value.args[0]

    assert not found()
    assert found(checkpoint_every=7)
    first, changed = kept(tmp_path), {}
    if what == "parameter":
        changed = {"batch_size": 16}
    elif what == "input":
        given.write_bytes(b"b")
    elif what == "code":
        code.write_text("2")
    elif what == "script":
        monkeypatch.setattr(sys.modules["__main__"], "__file__", str(code), raising=False)
    elif what == "package":
        monkeypatch.setattr(keeping, "version", lambda name: f"{name} 0")
    else:
        changed = {"device": "meta"}
    assert not found(**changed)
    assert len(kept(tmp_path)) == 1
    assert kept(tmp_path) != first  # the old state is gone


def test_the_digest_covers_all_code_that_dvc_does(monkeypatch):
    for name in ("pretrain", "supervise", "pseudo_label", "retrain"):
        script = ROOT / "stages" / f"{name}.py"
        monkeypatch.setattr(sys.modules["__main__"], "__file__", str(script), raising=False)
        assert graph.closure(script) <= set(keeping._code())


def stopped_run(tmp_path):
    """A run that was left alone, and a folder in which it was stopped after its fifth epoch."""
    settings = replace(SETTINGS, epochs=6)
    given = {"name": "supervised"}
    plain = outcome(tmp_path / "plain", label_free_run, settings, given)
    interrupted(tmp_path / "run", label_free_run, settings, given, 5)
    return plain, (tmp_path / "run", label_free_run, settings, given)


@pytest.mark.parametrize("name", ["state.pt", "records-1.pt"])
@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "absent"])
def test_a_damaged_checkpoint_is_refused_by_name_and_can_be_deleted(tmp_path, name, how):
    plain, again = stopped_run(tmp_path)
    (path,) = (tmp_path / "run" / "scratch").rglob(name)
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    if how == "absent":
        if name == "state.pt":
            return same(plain, outcome(*again))  # begins anew
        path.unlink()
    else:
        path.write_bytes({"cut": whole[:-99], "flipped": bytes(flipped), "empty": b""}[how])
    with pytest.raises(InputError, match=f"{name}: not a whole checkpoint .* delete") as error:
        outcome(*again)
    home = Path(re.search(r"delete (\S+), then the run begins anew", str(error.value))[1])
    assert home == tmp_path / "run" / "scratch" / "run"
    path.write_bytes(whole)
    same(plain, outcome(*again))
    return None


def test_a_part_of_a_checkpoint_is_never_read(tmp_path):
    plain, again = stopped_run(tmp_path)
    (path,) = (tmp_path / "run" / "scratch").rglob("state.pt")
    path.with_name("state.pt.part").write_bytes(b"half")
    path.with_name("records-2.pt").write_bytes(b"of a state that never came")
    same(plain, outcome(*again))


@pytest.mark.parametrize("reason", ["No space left on device", "Read-only file system"])
def test_a_checkpoint_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch, reason):
    plain, again = stopped_run(tmp_path)
    sync = os.fsync

    def full(descriptor):
        raise OSError(28, reason)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=rf"cannot be written \({reason}\); make room") as error:
        outcome(*again)
    assert "checkpoint_every to 0" in str(error.value)
    assert not list(tmp_path.rglob("*.part"))
    monkeypatch.setattr(os, "fsync", sync)
    same(plain, outcome(*again))


SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
from test_resume import *
try:
    kind_run(Path(sys.argv[1]), replace(SETTINGS, epochs=int(sys.argv[2]), checkpoint_every=1),
             "supervised")
except (InputError, OSError) as error:
    sys.exit(str(error))
"""


def started(folder, epochs, before=""):
    """A run in a process of its own, perhaps in a mount namespace where a command came first."""
    code = SCRIPT.format(tests=str(ROOT / "tests"), root=str(ROOT))
    words = [sys.executable, "-c", code, str(folder), str(epochs)]
    if before:
        words = ["unshare", "--mount", "sh", "-c", f'{before} && exec "$@"', "sh", *words]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def sentence(process):
    """What a run that must fail says, in one line, with exit status 1."""
    _, said = process.communicate(timeout=240)
    assert process.returncode == 1, said
    lines = [line for line in said.splitlines() if line.strip() and "Warning" not in line]
    assert len(lines) == 1, said
    return lines[0]


@pytest.mark.slow
def test_two_runs_at_once_and_one_goes_on(tmp_path):
    first = started(tmp_path, 4000)
    for line in first.stdout:
        if "epoch 2/" in line:
            break
    second = sentence(started(tmp_path, 4000))
    assert "another process trains the same now; wait for it or stop it." in second
    assert first.poll() is None  # it was left in peace
    first.kill()
    first.communicate()
    third = started(tmp_path, 4000)
    assert re.search(r"goes on after epoch \d+/4000", next(third.stdout))
    third.kill()
    third.communicate()


def mounts():
    """Whether this machine lets a test mount a file system."""
    words = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(words, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not mounts(), reason="mounting a file system needs root")
@pytest.mark.parametrize(
    ("mount", "reason"),
    [
        ("mount -t tmpfs -o size=256k none {0}", "No space left on device"),
        ("mount --bind {0} {0} && mount -o remount,ro,bind {0}", "Read-only file system"),
    ],
)
def test_a_full_disk_and_a_read_only_one(tmp_path, mount, reason):
    scratch = tmp_path / "run" / "scratch"
    scratch.mkdir(parents=True)
    said = sentence(started(tmp_path / "run", 2, mount.format(scratch)))
    assert f"cannot be written ({reason}); make room or make the folder writable" in said
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]
