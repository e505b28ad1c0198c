"""Each artefact's numbers, by hand."""

import numpy as np
import pytest
from scipy.stats import chisquare

from hardrare.injection._choice import draw_box
from hardrare.injection._registry import recipes

CIFAR10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
STRENGTH = {  # of artefacts that 1.0 does not suit
    "average": 0.5,
    "contrast_matched": 0.3,
    "cutmix": 0.25,
    "gaussian_noise": 20,
    "blur": 1.0,
    "occlusion": 0.2,
    "long_tail": 0.3,
    "duplicate_shift": 2,
    "duplicate_brightness": 12,
    "duplicate_jpeg": 60,
}


def call(name, *args):
    return recipes()[name].function(*args)


def pixels(*values) -> np.ndarray:
    return np.array(values, np.uint8).reshape(1, -1, 1)


def test_mixes_by_hand() -> None:
    a, b = pixels(0, 255, 10, 3), pixels(101, 255, 20, 4)
    assert call("average", a, b, 0.5).ravel().tolist() == [50, 255, 15, 4]  # 50.5, 3.5 to even
    assert call("average", a, b, 0.25).ravel().tolist() == [76, 255, 18, 4]  # 75.75, 17.5, 3.75
    assert call("maximum", a, b).ravel().tolist() == [101, 255, 20, 4]
    assert call("cutmix", a, b, (0, 1, 1, 2)).ravel().tolist() == [0, 255, 20, 3]
    assert call("occlusion", a, (0, 2, 1, 2)).ravel().tolist() == [0, 255, 127, 127]


def test_contrast_matched_by_hand() -> None:
    # x = 85, 115 has mean 100 and std 15; the parents' stds are 40 and 10: stretched by 25/15.
    mixed = call("contrast_matched", pixels(60, 140), pixels(110, 90), 0.5)
    assert mixed.ravel().tolist() == [75, 125]
    # x = 0, 0, 60, 120 has mean 45 and std sqrt(2475); the stds are 104 and 52, so s = 77.94:
    # 45 + (x - 45) 1.56668 = -25.501, -25.501, 68.5005, 162.502, and what is below 0 is clipped.
    mixed = call("contrast_matched", pixels(0, 0, 0, 240), pixels(0, 0, 120, 0), 0.5)
    assert mixed.ravel().tolist() == [0, 0, 69, 163]
    flat = call("contrast_matched", pixels(0, 200), pixels(200, 0), 0.5)
    assert flat.ravel().tolist() == [100, 100]


def test_contrast_matched_restores_mean_and_std_where_nothing_clips() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(90, 160, (2, 32, 32, 3), np.uint8)
    mixed = call("contrast_matched", a, b, 0.5)
    assert mixed.mean() == pytest.approx((a.mean() + b.mean()) / 2, abs=0.1)
    assert mixed.std() == pytest.approx((a.std() + b.std()) / 2, abs=0.1)
    assert call("average", a, b, 0.5).std() < 0.8 * mixed.std()


def test_noise_and_blur() -> None:
    grey = np.full((64, 64, 3), 128, np.uint8)
    noisy = call("gaussian_noise", grey, 10.0, np.random.default_rng(0)).astype(float)
    assert noisy.std() == pytest.approx(10, rel=0.03)
    assert noisy.mean() == pytest.approx(128, abs=0.5)
    point = np.zeros((9, 9, 2), np.uint8)
    point[4, 4, 0] = 255
    smooth = call("blur", point, 1.0)
    assert smooth[4, 4].tolist() == [41, 0]  # 255 / (2 pi) = 40.6; the other channel stays dark
    assert smooth[4, 5, 0] == smooth[3, 4, 0] == 25  # 40.6 exp(-1/2) = 24.6


def test_label_uniform_is_never_true_and_uniform_over_the_others() -> None:
    rng = np.random.default_rng(0)
    drawn = [call("label_uniform", 3, ["c"] * 10, rng) for _ in range(9000)]
    counts = np.bincount(drawn, minlength=10)
    assert counts[3] == 0
    assert chisquare(np.delete(counts, 3)).pvalue > 0.01


def test_label_asymmetric_maps() -> None:
    mapped = {c: CIFAR10[call("label_asymmetric", i, CIFAR10)] for i, c in enumerate(CIFAR10)}
    changed = {c: to for c, to in mapped.items() if c != to}
    assert changed == {
        "truck": "automobile",
        "bird": "airplane",
        "deer": "horse",
        "cat": "dog",
        "dog": "cat",
    }
    assert [call("label_asymmetric", c, ["0", "1", "2"]) for c in range(3)] == [1, 2, 0]


def test_boxes_lie_inside_and_have_their_area() -> None:
    rng = np.random.default_rng(0)
    for share in (0.01, 0.25, 0.6, 0.99):
        for _ in range(50):
            top, left, height, width = draw_box((20, 30, 3), share, rng)
            assert top >= 0 <= left
            assert top + height <= 20
            assert left + width <= 30
            assert height * width / 600 == pytest.approx(share, abs=0.03)
