"""Weighted k-nearest-neighbour classification, each sample judged by the others."""

import numpy as np


def knn_correct(
    index: np.ndarray, distance: np.ndarray, label: np.ndarray, temperature: float
) -> np.ndarray:
    """Whether a sample's neighbours name its class, leave-one-out.

    Neighbour j votes for its class with exp(s_ij / temperature), s the cosine of the
    features, s = 1 - norm(u_i - u_j)^2 / 2 for unit-length ones. The class with the most
    votes wins, the first one of equals. Source: Wu et al., CVPR 2018, arXiv:1805.01978
    (instance discrimination; there k = 200, temperature 0.07, judged on the test set).

    Args:
        index: (N, k) the nearest other samples.
        distance: (N, k) Euclidean distance to them of unit-length features, 0..2.
        label: (N,) int, 0 upwards.
        temperature: above 0.

    Returns:
        (N,) bool. Without neighbours (k = 0) the first class is named.
    """
    count, k = index.shape
    weight = np.exp(-(distance**2) / (2 * temperature))  # exp(s / t) / exp(1 / t)
    classes = int(label.max(initial=0)) + 1
    cell = np.repeat(np.arange(count), k) * classes + label[index].ravel()
    votes = np.bincount(cell, weights=weight.ravel(), minlength=count * classes)
    return votes.reshape(count, classes).argmax(axis=1) == label
