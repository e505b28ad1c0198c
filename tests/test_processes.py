"""Several processes that train together give what one gives; here two, on the CPU, by gloo."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from scipy.stats import spearmanr
from test_features_stages import prepared
from tiny_study import ENV
from two_processes import EVERY, LABEL_FREE, ROOT, SIZES, pieces, runs, steps, together

from hardrare import processes, tables
from hardrare.errors import InputError
from hardrare.training import OnDevices, devices

N = 300
# Steps and signs: a few samples that fall to the other side move many ranks, of so few samples.
ROUGH = {"correct", "predicted", "adversarial_distance", "gradient_deviation"}


def saved(folder, name):
    """What a function of `two_processes` has left."""
    return torch.load(folder / f"{name}.pt", weights_only=True)


def made_twice(make, tmp_path_factory):
    """What a function of `two_processes` leaves of one process, and of two: folders."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    make(folders[0])
    together(make.__name__, folders[1])
    return folders


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The pieces, of one process and of two."""
    return [saved(folder, "pieces") for folder in made_twice(pieces, tmp_path_factory)]


@pytest.mark.parametrize("size", SIZES)
def test_gradients_masks_and_normalisation_are_those_of_the_whole_batch(both, size):
    one, two = (found[size] for found in both)
    assert list(one) == list(two)
    assert {"loss", "pixels", "gradient norm.weight", "last.running_var"} <= set(one)
    assert one["pixels"].abs().max() > 1e-3
    for name, values in one.items():
        np.testing.assert_allclose(two[name], values, rtol=1e-6, atol=1e-12, err_msg=name)


def test_what_processes_tell_each_other_is_what_one_has(both):
    one, two = (found["exchanged"] for found in both)
    assert torch.equal(one["made"], two["made"])
    assert torch.equal(one["made"], torch.arange(31.0))
    for name, values in one["columns"].items():
        assert torch.equal(values, two["columns"][name]), name


@pytest.mark.parametrize(("rows", "count"), [(10, 3), (9, 3), (3, 3), (1000, 7)])
def test_shares_are_all_rows_once_in_their_order(monkeypatch, rows, count):
    monkeypatch.setattr(processes, "count", lambda: count)
    shares = [np.arange(rows)[processes.share(rows, of)] for of in range(count)]
    assert np.array_equal(np.concatenate(shares), np.arange(rows))
    assert {len(one) for one in shares} <= {rows // count, rows // count + 1}


def test_of_fewer_rows_than_processes_each_has_all(monkeypatch):
    monkeypatch.setattr(processes, "count", lambda: 4)
    assert processes.share(3, 2) == slice(0, 3)


def test_devices_are_a_number_from_one_on():
    with pytest.raises(InputError, match="devices is 0, it must be at least 1"):
        OnDevices(1, 1, "cosine", "auto", "cpu", 0, devices=0)


def test_several_processes_take_no_single_gpu(monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "0")
    monkeypatch.setattr(devices, "resolve_device", torch.device)
    with pytest.raises(InputError, match="device cuda:1 is one alone; with several give auto"):
        devices._backend("cuda:1")
    assert devices._backend("cpu") == "gloo"


def columns_of(folders, name):
    """Each column of the dynamics that one process and two wrote: its name and both."""
    paths = [folder / f"{name}.arrow" for folder in folders]
    first, second = (tables.read_dynamics(path)[1] for path in paths)
    assert list(first) == list(second)
    return [(column, values, second[column]) for column, values in first.items()]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Every kind of training after a step of each network, of one process and of two."""
    return made_twice(runs, tmp_path_factory)


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_weights_and_columns_are_those_of_one_process(trained, name):
    one, two = (saved(folder, name) for folder in trained)
    assert len(one) == len(two)
    for a, b in zip(one, two, strict=True):
        assert list(a) == list(b)
        for key, values in a.items():
            np.testing.assert_allclose(b[key], values, rtol=1e-4, atol=1e-5, err_msg=key)
    for column, values, other in columns_of(trained, name):
        kwargs = {"rtol": 1e-3, "atol": 1e-3 * np.nanmax(np.abs(values, dtype=float)) + 1e-6}
        np.testing.assert_allclose(other, values, **kwargs, err_msg=column)
    if name in LABEL_FREE:
        kept = [tables.read_features(folder / f"{name}.features")[1] for folder in trained]
        np.testing.assert_allclose(*kept, rtol=1e-4, atol=1e-5 * kept[0].max())


@pytest.fixture(scope="module")
def stepped(tmp_path_factory):
    """The same after four steps, in double precision."""
    return made_twice(steps, tmp_path_factory)


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_in_double_precision_four_steps_are_those_of_one_process(stepped, name):
    for a, b in zip(*(saved(folder, name) for folder in stepped), strict=True):
        assert list(a) == list(b)
        for key, values in a.items():
            assert values.dtype != torch.float32, key
            close = {"rtol": 0, "atol": 1e-9 * values.double().abs().max() + 1e-15}
            np.testing.assert_allclose(b[key], values, **close, err_msg=key)
    for column, values, other in columns_of(stepped, name):  # written in float32
        np.testing.assert_allclose(other, values, rtol=1e-6, err_msg=column)


class Stage:
    """Stages on 300 digits in a folder, as somebody calls them."""

    def __init__(self, folder):
        from sklearn.datasets import load_digits

        self.folder, self.said, digits = folder, {}, load_digits()
        image = (digits.images[:N, :, :, None] * 255 / 16).astype(np.uint8)
        names, classes = [str(i) for i in range(N)], [str(i) for i in range(10)]
        given = tables.Images(np.arange(N), image, digits.target[:N], names, classes)
        tables.write_images(folder / "train.arrow", given)

    def params(self, **changed):
        """A parameter file with other numbers of these sections."""
        tree = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
        often = {"epochs": 4, "checkpoint_every": 1, "device": "cpu"}
        tree["supervise"] |= {"kinds": ["supervised"], "seeds": [0]}
        tree["pretrain"] |= {"objectives": ["barlow_twins"], "second_split": [], "seeds": [0]}
        for section in ("pretrain", "supervise", "retrain"):
            tree[section] |= often | ({} if section == "retrain" else changed)
        path = self.folder / f"{'-'.join(map(str, changed.values()))}.yaml"
        path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
        return path

    def words(self, stage, out, **changed):
        """The words of a stage whose files bear a name."""
        given = {"params": self.params(**changed), "images": self.folder / "train.arrow"}
        given |= {"scratch": self.folder / f"scratch-{out}"}
        given |= {name: self.folder / f"{out}-{name}" for name in ("dynamics", "features")}
        flat = [str(word) for name, value in given.items() for word in (f"--{name}", value)]
        return ["-m", f"stages.{stage}", *flat]

    def start(self, *words, by=(sys.executable,)):
        """Begin."""
        env = ENV | {"PYTHONPATH": str(ROOT)}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*by, *words], cwd=self.folder, env=env, **pipes)

    def call(self, *words, by=(sys.executable,)):
        """Run, which must succeed; returns what it printed."""
        process = self.start(*words, by=by)
        out, error = process.communicate(timeout=300)
        assert process.returncode == 0, out + error
        return out

    def finished(self, name, devices=1):
        """The name of a run that was left alone, and what it printed; each is run once."""
        out = f"{name}-{devices}"
        if out not in self.said:
            more = {"devices": devices} if devices > 1 else {}
            self.said[out] = self.call(*self.words(name, out, **more))
        return out, self.said[out]

    def columns(self, out):
        """What was recorded."""
        (path,) = (self.folder / f"{out}-dynamics").iterdir()
        return tables.read_dynamics(path)[1]


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    return Stage(tmp_path_factory.mktemp("stage"))


def by_torchrun(count=2):
    """A launcher of torch's own, by hand."""
    return (
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        f"--nproc-per-node={count}",
    )


def assert_ranked_alike(one, two):
    """The samples of two runs by each column, mean over the epochs in which it is taken."""
    for column in one:
        means = [np.nanmean(np.asarray(run[column], float), axis=1) for run in (one, two)]
        assert spearmanr(*means).statistic > (0.97 if column in ROUGH else 0.99), column


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pretrain", "supervise"])
def test_two_processes_rank_as_one_does(stage, name):
    single, _ = stage.finished(name)
    both, said = stage.finished(name, 2)
    assert len(re.findall("epoch 4/4", said)) == len(re.findall("done in", said)) == 1
    one, two = stage.columns(single), stage.columns(both)
    assert list(one) == list(two)
    assert_ranked_alike(one, two)
    again = stage.call(*stage.words(name, both, devices=2))
    assert "as before" in again


OTHERS = {
    "pretrain_features": ("embedded", "views", "dynamics", "features"),
    "supervise_features": ("images", "embedded", "views", "dynamics", "features"),
    "pseudo_label_features": ("of/embedded", "of/views", "of/clusterings", "dynamics"),
    "pseudo_label": ("images", "of/clusterings", "dynamics"),
}


@pytest.fixture(scope="module")
def heads(tmp_path_factory):
    """Tables of 96 samples, and parameters for one process and for two."""
    folder = tmp_path_factory.mktemp("heads") / "tables"
    prepared(folder, np.arange(96) % 2)
    for part, name in (
        ("embedded", "net"), ("views", "net"), ("clusterings", "net"),
        ("clusterings", "barlow_twins-0"),
    ):  # fmt: skip
        (folder / "of" / part).mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / part, folder / "of" / part / f"{name}.arrow")
    tree = yaml.safe_load((folder / "params.yaml").read_text())
    tree["supervise"] |= {"kinds": [], "on_features": ["cross_validation"], "seeds": [0]}
    tree["cluster"]["objectives"] = ["barlow_twins"]
    for count in (1, 2):
        for name in OTHERS:
            tree[name] |= {"devices": count, "device": "cpu", "epochs": 4}
        (folder / f"{count}.yaml").write_text(yaml.safe_dump(tree))
    return folder


def measured(heads, name, count):
    """The columns of a stage's only run."""
    words = ["-m", f"stages.{name}", "--params", f"{count}.yaml", "--scratch", f"by{count}"]
    for path in OTHERS[name]:
        made = path in ("dynamics", "features")
        words += [f"--{Path(path).name}", f"{name}-{count}-{path}" if made else path]
    env = ENV | {"PYTHONPATH": str(ROOT)}
    call = [sys.executable, *words]
    done = subprocess.run(call, cwd=heads, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = (heads / f"{name}-{count}-dynamics").iterdir()
    return tables.read_dynamics(path)[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_stages_on_features_and_on_clusters_are_shared_too(heads, name):
    one, two = (measured(heads, name, count) for count in (1, 2))
    assert list(one) == list(two)
    for column, values in one.items():
        if column.removeprefix(tables.HELD_OUT) in ROUGH:
            assert np.mean(two[column] == values) > 0.97, column
            continue
        close = 0.02 * np.nanmax(np.abs(values, dtype=float))
        np.testing.assert_allclose(two[column], values, rtol=0, atol=close, err_msg=column)


@pytest.mark.slow
def test_by_torchrun_it_is_the_same_run(stage):
    whole, _ = stage.finished("pretrain", 2)
    stage.call(*stage.words("pretrain", "hand"), by=by_torchrun())
    run = "barlow_twins-0.arrow"
    own, hand = (stage.folder / f"{name}-dynamics" / run for name in (whole, "hand"))
    assert own.read_bytes() == hand.read_bytes()


def processes_of(parent):
    """The processes that a launcher has started: their id by their number."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            environ = (path.parent / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        numbers = [int(one[5:]) for one in environ if one.startswith(b"RANK=")]
        if int(fields[1]) == parent and numbers:
            found[numbers[0]] = int(path.parent.name)
    return found


def killed(
    stage, out, number, how=signal.SIGKILL, by=(sys.executable,), name="pretrain", **changed
):
    """A run one of whose processes is ended after its second epoch; status and errors."""
    process = stage.start(*stage.words(name, out, **changed), by=by or (sys.executable,))
    for line in process.stdout:
        if "epoch 2/" in line:
            os.kill(processes_of(process.pid)[number], how)
            break
    _, said = process.communicate(timeout=120)
    assert not (stage.folder / f"{out}-dynamics").exists()
    return process.returncode, said


def assert_same_run(stage, whole, out):
    """A run that went on wrote what one that was left alone did."""
    for name in ("dynamics", "features"):
        run = "barlow_twins-0.arrow"
        left, again = (stage.folder / f"{one}-{name}" / run for one in (whole, out))
        assert left.read_bytes() == again.read_bytes(), name


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by /proc")
@pytest.mark.parametrize(("number", "how"), [(0, signal.SIGKILL), (1, signal.SIGTERM)])
def test_a_killed_process_is_one_sentence_and_the_run_goes_on(stage, number, how):
    whole, _ = stage.finished("pretrain", 2)
    out = f"killed-{number}"
    status, said = killed(stage, out, number, how, devices=2)
    assert status == 1
    assert said.strip().splitlines() == [
        f"pretrain: process {number + 1} of 2 was ended by {how.name}; call "
        "the same again: it goes on from the last checkpoint, if any is kept."
    ]
    assert "goes on after epoch" in stage.call(*stage.words("pretrain", out, devices=2))
    assert_same_run(stage, whole, out)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by /proc")
@pytest.mark.parametrize(("name", "before", "after"), [("supervise", 2, 1), ("pretrain", 1, 2)])
def test_another_number_of_processes_goes_on(stage, name, before, after):
    out = f"{before}-to-{after}"
    if before == 1:
        process = stage.start(*stage.words(name, out))
        next(line for line in process.stdout if "epoch 2/" in line)
        process.kill()
        process.communicate()
    else:
        killed(stage, out, 1, name=name, devices=2)
    assert "goes on after epoch" in stage.call(*stage.words(name, out, devices=after))
    one, two = stage.columns(stage.finished(name)[0]), stage.columns(out)
    assert list(one) == list(two)
    assert_ranked_alike(one, two)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by /proc")
def test_by_torchrun_the_one_that_is_left_says_what_happened_and_the_run_goes_on(stage):
    whole, _ = stage.finished("pretrain", 2)
    status, said = killed(stage, "by-hand", 1, by=by_torchrun())
    assert status == 1
    own = [line for line in said.splitlines() if line.startswith("pretrain: ")]
    assert len(own) <= 1  # torchrun may end it before it can speak, and reports in its own words
    assert all("another process of this run is gone" in line for line in own)
    assert "SIGKILL" in said
    again = stage.call(*stage.words("pretrain", "by-hand"), by=by_torchrun())
    assert again.count("goes on after epoch") == 1
    assert_same_run(stage, whole, "by-hand")


@pytest.mark.slow
def test_an_error_of_the_stage_is_said_once(stage):
    words = stage.words("pretrain", "wrong", devices=2)
    (stage.folder / "wrong.arrow").write_bytes(b"no table")
    words[words.index("--images") + 1] = str(stage.folder / "wrong.arrow")
    process = stage.start(*words)
    out, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert out == ""
    assert len(said.strip().splitlines()) == 1, said
    assert "wrong.arrow" in said


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by /proc")
def test_processes_end_with_their_launcher(stage):
    process = stage.start(*stage.words("pretrain", "orphans", devices=2, epochs=500))
    next(line for line in process.stdout if "epoch 1/" in line)
    children = processes_of(process.pid).values()
    assert len(children) == 2
    process.kill()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(Path(f"/proc/{one}").exists() for one in children):
        time.sleep(0.2)
    assert not [one for one in children if Path(f"/proc/{one}").exists()]
    process.communicate()


@pytest.mark.slow
def test_a_stage_whose_parts_are_independent_takes_no_torchrun(stage):
    words = ["-m", "stages.retrain", "--params", str(stage.params())]
    for name in ("images", "test", "subsets", "accuracy", "scratch"):
        words += [f"--{name}", str(stage.folder / name)]
    process = stage.start(*words, by=by_torchrun())
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    own = [line for line in said.splitlines() if line.startswith("retrain")]
    assert own == ["retrain: torchrun started it several times; it runs in one process, without."]
