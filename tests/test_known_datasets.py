"""CIFAR-10, MNIST and Fashion-MNIST: local files in every layout, and torchvision's download."""

import pickle
import sys
import types
import urllib.error
from pathlib import Path

import numpy as np
import pytest
from dataset_files import encoded, flat, read, write_mnist, write_parquet

from hardrare.errors import InputError

ROOT = Path(__file__).parents[1]
CIFAR10 = ROOT.parent / "shared" / "datasets" / "cifar10"
FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")  # of Debian's dataset-fashion-mnist


def write_batches(where, n=2):
    """CIFAR-10's own layout: five training batches of n images and a test batch."""
    where.mkdir(parents=True)
    for k, name in enumerate([f"data_batch_{k}" for k in range(1, 6)] + ["test_batch"]):
        data = np.full((n, 3072), 40 * k, np.uint8)
        data[:, 1024:2048] += 1  # the green plane
        data[:, 33] += 5  # red of row 1, column 1
        files = [f"{name}_{i}.png".encode() for i in range(n)]
        batch = {b"data": data, b"labels": [k] * n, b"filenames": files, b"batch_label": b"x"}
        (where / name).write_bytes(pickle.dumps(batch, protocol=2))
    return where


def test_cifar10_in_its_own_layout(tmp_path):
    folder = write_batches(tmp_path / "cifar-10-batches-py")
    for path in (tmp_path, folder):
        train, test = read("cifar10", path)
        assert train.image.shape == (10, 32, 32, 3)
        assert train.image[2, 0, 0].tolist() == [40, 41, 40]
        assert train.image[2, 1, 1].tolist() == [45, 41, 40]
        assert train.label.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
        assert train.file_name[3] == "train/data_batch_2_1.png"
        assert (test.label.tolist(), test.image[0, 0, 0, 1]) == ([5, 5], 201)
        assert train.classes[6] == "frog"


def test_a_cifar10_batch_cannot_run_code(tmp_path):
    folder = write_batches(tmp_path / "cifar-10-batches-py")

    class Order:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    (folder / "data_batch_3").write_bytes(pickle.dumps(Order(), protocol=2))
    with pytest.raises(InputError, match="data_batch_3: no readable CIFAR-10 batch"):
        read("cifar10", tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        (b"labels", [1], "2 images of .*, 1 labels and 2 names"),
        (b"data", np.zeros((2, 9), np.uint8), r"images of \(2, 9\)"),
        (b"filenames", None, "no readable CIFAR-10 batch"),
    ],
)
def test_a_cifar10_batch_that_does_not_fit(tmp_path, part, value, message):
    file = write_batches(tmp_path / "b") / "test_batch"
    batch = pickle.loads(file.read_bytes()) | {part: value}
    file.write_bytes(pickle.dumps(batch, protocol=2))
    with pytest.raises(InputError, match=f"test_batch: .*{message}"):
        read("cifar10", tmp_path / "b")


@pytest.mark.parametrize(
    ("dataset", "below", "name"),
    [
        ("mnist", "", "3"),
        ("mnist", "MNIST/raw", "3"),
        ("fashion_mnist", "FashionMNIST/raw", "Dress"),
        ("digits", "", "3"),
    ],
)
def test_idx_and_torchvision_folders_are_recognised(tmp_path, dataset, below, name):
    write_mnist(tmp_path / below)
    train, test = read(dataset, tmp_path)
    assert (train.label.tolist(), test.label.tolist()) == ([0, 1, 2, 0], [0, 1])
    assert train.file_name[3] == f"{dataset}/train/00003.png"
    assert dataset == "digits" or train.classes[3] == name


@pytest.mark.parametrize("dataset", ["cifar10", "mnist", "fashion_mnist"])
def test_parquet_is_recognised(tmp_path, dataset):
    images = [encoded(flat(k)) for k in range(2)]
    for split in ("train", "test"):
        write_parquet(tmp_path / f"{split}-00000-of-00001.parquet", images, [9, 0])
    train, test = read(dataset, tmp_path)
    assert train.label.tolist() == test.label.tolist() == [9, 0]
    assert len(train.classes) == 10
    assert test.file_name[1] == f"{dataset}/test/00001.png"
    alone = read(dataset, tmp_path / "train-00000-of-00001.parquet", test_share=0.5)
    assert [len(one.label) for one in alone] == [1, 1]


def test_a_folder_without_the_dataset_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no mnist there; set prepare\.path"):
        read("mnist", tmp_path)


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
def test_what_torchvision_has_downloaded_is_used(tmp_path, monkeypatch, dataset):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    name = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}[dataset]
    write_mnist(tmp_path / "hardrare" / name / "raw")  # all that torchvision's class looks for
    train, test = read(dataset)
    assert (len(train.label), len(test.label)) == (4, 2)
    assert train.image[1, :, :, 0].tolist() == [[6, 7, 8], [9, 10, 11]]


def stand_in(monkeypatch, act):
    """Replace torchvision by a module whose CIFAR10 calls act(root)."""

    def fetch(root, download):
        assert download is True
        act(root)

    module = types.ModuleType("torchvision")
    module.datasets = types.SimpleNamespace(CIFAR10=fetch)
    monkeypatch.setitem(sys.modules, "torchvision", module)


def test_cifar10_is_downloaded_to_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    stand_in(monkeypatch, lambda root: write_batches(root / "cifar-10-batches-py"))
    train, _ = read("cifar10")
    assert train.image.shape == (10, 32, 32, 3)
    assert (tmp_path / "hardrare" / "cifar-10-batches-py").is_dir()


@pytest.mark.parametrize("kind", [urllib.error.URLError, RuntimeError])
def test_without_a_network_the_remedy_is_named(tmp_path, monkeypatch, kind):
    def fail(root):
        raise kind("no\nroute.")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    stand_in(monkeypatch, fail)
    with pytest.raises(InputError, match=r"cannot download CIFAR10 .* set prepare\.path") as caught:
        read("cifar10")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not CIFAR10.is_dir(), reason="shared/datasets/cifar10 is not here")
def test_the_real_cifar10():
    train, test = read("cifar10", CIFAR10, limit=100, test_limit=20)
    assert np.bincount(train.label).tolist() == [10] * 10
    assert np.bincount(test.label).tolist() == [2] * 10
    assert train.image.shape == (100, 32, 32, 3)
    for name, label in zip(train.file_name, train.label, strict=True):
        split, folder, _ = name.split("/")  # train/frog/0000.jpg
        assert (split, folder) == ("train", train.classes[label])
    assert train.image.std() > 40


@pytest.mark.slow
@pytest.mark.skipif(not FASHION_MNIST.is_dir(), reason="dataset-fashion-mnist is not installed")
def test_the_real_fashion_mnist():
    train, test = read("fashion_mnist", FASHION_MNIST)
    assert (train.image.shape, test.image.shape) == ((60000, 28, 28, 1), (10000, 28, 28, 1))
    assert np.bincount(train.label).tolist() == [6000] * 10
    assert train.label[:5].tolist() == [9, 0, 0, 3, 0]
    assert round(train.image.mean() / 255, 4) == 0.286
