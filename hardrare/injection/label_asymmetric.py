"""A wrong label that is the class it is easily confused with."""

from hardrare.injection._formula import UNTOUCHED
from hardrare.injection._registry import artefact

# Patrini et al., CVPR 2017, arXiv:1609.03683: the pairs used for CIFAR-10 since.
CIFAR10 = {
    "truck": "automobile",
    "bird": "airplane",
    "deer": "horse",
    "cat": "dog",
    "dog": "cat",
}


@artefact(
    "confused label",
    "the label replaced by that of one similar class; the image is untouched",
    UNTOUCHED,
    note="The images themselves are untouched. What is computed without labels can at most know "
    "which classes the wrong labels came from.",
)
def label_asymmetric(label: int, classes: list[str]) -> int:
    """A fixed map from class to class.

    Where the classes bear CIFAR-10's names: truck to automobile, bird to airplane, deer
    to horse, cat to dog, dog to cat; the other five classes keep their labels, so only
    samples of these five are taken. Elsewhere: class c to (c + 1) mod K.

    Args:
        label: the given one, 0..K-1.
        classes: the K class names.

    Returns:
        The mapped label, 0..K-1; the given one where the map leaves the class alone.

    >>> label_asymmetric(2, ["a", "b", "c"])
    0
    """
    if {*CIFAR10, *CIFAR10.values()} <= set(classes):
        return classes.index(CIFAR10.get(classes[label], classes[label]))
    return (label + 1) % len(classes)
