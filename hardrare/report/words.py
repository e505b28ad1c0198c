"""Words and numbers as readers see them."""

import math

from markupsafe import Markup, escape

# Name for people, what was done, unit of the strength.
ARTEFACTS = {
    "average": ("averaged pair", "two images blended pixel by pixel", "weight"),
    "maximum": ("maximum of a pair", "the brighter of two images at each pixel", ""),
    "contrast_matched": (
        "matched pair",
        "two images blended, then brightness and contrast set to their parents' mean",
        "weight",
    ),
    "cutmix": ("pasted box", "a box of one image pasted into another", "share of the area"),
    "gaussian_noise": ("pixel noise", "Gaussian noise added to every pixel", "grey levels"),
    "blur": ("blur", "Gaussian blur", "pixels (sigma)"),
    "occlusion": ("occlusion", "a box covered with one grey", "share of the area"),
    "label_uniform": (
        "wrong label",
        "the label replaced by another one at random; the image is untouched",
        "",
    ),
    "label_asymmetric": (
        "confused label",
        "the label replaced by that of one similar class; the image is untouched",
        "",
    ),
    "long_tail": ("rare class", "most images of the class removed", "share kept"),
    "duplicate": ("copy", "the image added once more", ""),
    "duplicate_shift": ("moved copy", "the image added once more, moved", "pixels"),
    "duplicate_brightness": ("brighter copy", "the image added once more, brighter", "grey levels"),
    "duplicate_jpeg": ("re-encoded copy", "the image added once more, saved as JPEG", "quality"),
}
RUNS = {
    "autoencoder": "squeezes each image through a few numbers and learns to rebuild it",
    "barlow_twins": "learns to describe two random views of an image alike",
    "simclr": "learns to tell two random views of an image from those of other images",
    "vicreg": "learns to describe two random views of an image alike",
    "byol": "learns to predict how a slower copy of itself describes another view of an image",
    "dino": "learns to predict how a slower copy of itself describes another view of an image",
    "variational_autoencoder": "learns to rebuild each image from a noisy short code",
    "supervised": "a classifier that learns the given labels",
    "second_split": "a classifier that learns one half, then the other, and is watched for what "
    "it forgets",
    "holdout": "a classifier of one half, beside one that learnt the other half: what could be "
    "learnt but is not yet",
    "mc_dropout": "a classifier asked many times with parts of it switched off",
    "mimo": "one network that holds three classifiers",
}
NOTES = {
    "label_uniform": "The images themselves are untouched and the wrong labels drawn at random, so "
    "nothing that is computed without labels can know of them: expect 0.5 there, and more only "
    "of scores with labels.",
    "label_asymmetric": "The images themselves are untouched. What is computed without labels can "
    "at most know which classes the wrong labels came from.",
    **dict.fromkeys(
        ("duplicate", "duplicate_shift", "duplicate_brightness", "duplicate_jpeg"),
        "The images that were copied are left out: they are as much a duplicate as their copies.",
    ),
}
INSIDE = {
    "class_matched": "random, classes as {}",
    "balanced": "as many of each cluster, {}",
    "proportional": "the same share of each cluster, {}",
}
ENDS = {
    "coverage": "evenly over {}, without its hardest",
    "semdedup": "without what repeats others in {}",
    "drop_easy": "without the easiest by {}",
    "drop_hard": "without the hardest by {}",
    "drop_low": "without the lowest {}",
    "drop_high": "without the highest {}",
}


def artefact_name(artefact: str) -> str:
    """An artefact's name for people.

    >>> artefact_name("label_uniform"), artefact_name("own_kind")
    ('wrong label', 'own kind')
    """
    return ARTEFACTS.get(artefact, (artefact.replace("_", " "), "", ""))[0]


def arm_name(arm: str) -> str:
    """A pruning arm in words.

    >>> arm_name("drop_easy-autoencoder-loss_mean")
    'without the easiest by autoencoder/loss_mean'
    >>> arm_name("class_matched-drop_easy-autoencoder-loss_mean")
    'random, classes as without the easiest by autoencoder/loss_mean'
    >>> arm_name("balanced-random")
    'as many of each cluster, random'
    >>> arm_name("semdedup-barlow_twins")
    'without what repeats others in barlow_twins'
    """
    head, _, rest = arm.partition("-")
    if head in INSIDE:
        return INSIDE[head].format(arm_name(rest))
    if head in ENDS:
        return ENDS[head].format(rest.replace("-", "/"))
    return {"full": "all samples", "random": "random"}.get(arm, arm)


def breakable(text: str) -> Markup:
    """A name, escaped, that may be broken after a slash or an underscore.

    >>> str(breakable("a/b_<c"))
    'a/<wbr>b_<wbr>&lt;c'
    """
    return Markup(escape(text).replace("/", Markup("/<wbr>")).replace("_", Markup("_<wbr>")))


def number(value: float | None, digits: int = 2) -> str:
    """A number with a true minus, or a dash where there is none.

    >>> number(-0.125), number(float("nan")), number(-0.001)
    ('−0.12', '–', '0.00')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def percent(share: float, digits: int = 0) -> str:
    """A share as a percentage.

    >>> percent(0.123), percent(float("nan"))
    ('12 %', '–')
    """
    text = number(100 * share, digits)
    return text if text == "–" else f"{text} %"


def interval(value: float, low: float, high: float, digits: int = 2) -> str:
    """A value with its 95 % interval, or alone where there is no interval.

    >>> interval(0.812, 0.78, 0.84)
    '0.81 [0.78, 0.84]'
    """
    if not math.isfinite(low) or not math.isfinite(high):
        return number(value, digits)
    return f"{number(value, digits)} [{number(low, digits)}, {number(high, digits)}]"


def count(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    >>> count(1, "seed"), count(1500, "class", "classes")
    ('1 seed', '1,500 classes')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(words: list[str]) -> str:
    """Words joined as in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
