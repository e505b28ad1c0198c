"""Who is trained on what: a run as members that go through phases together.

A member is one network. In every phase it is trained on some rows of the
images; after every epoch it measures its own rows. The members' rows make up
all samples, so that every epoch has one value for each.
"""

from dataclasses import dataclass

import numpy as np

from hardrare.errors import InputError


@dataclass(frozen=True)
class Member:
    """One network: the rows of each phase, and the rows that it measures."""

    trained_on: tuple[np.ndarray, ...]
    measures: np.ndarray


@dataclass(frozen=True)
class Plan:
    """The members of a run; all have the same number of phases."""

    members: tuple[Member, ...]

    @property
    def phases(self) -> int:
        """How many phases each member goes through, each with a fresh optimiser."""
        return len(self.members[0].trained_on)


def single(n: int, rows: np.ndarray | None = None) -> Plan:
    """One network trained on all n samples, or on some rows; it measures all of them."""
    everything = np.arange(n)
    return Plan((Member((everything if rows is None else rows,), everything),))


def second_split(label: np.ndarray, seed: int) -> Plan:
    """Halves A and B, stratified by label: one network learns A then B, another B then A.

    Each measures its first half in both phases: when it was learnt, and when it was
    forgotten while the other half was learnt (Maini et al., NeurIPS 2022, arXiv:2210.15031).

    Args:
        label: (N,) given labels.
        seed: of the split.

    Raises:
        InputError: there are fewer than four samples.
    """
    first, second = _halves("second_split", label, [seed, 2])
    return Plan((Member((first, second), first), Member((second, first), second)))


def holdout(label: np.ndarray, seed: int) -> tuple[Plan, Plan]:
    """Halves A and B, stratified by label: models of the irreducible loss, and target models.

    One model learns A and measures B, another learns B and measures A. Then one target
    learns and measures B, another A, so that a target and the model that judges its
    samples share none (Mindermann et al., ICML 2022, arXiv:2206.07137).

    Args:
        label: (N,) given labels.
        seed: of the split.

    Raises:
        InputError: there are fewer than four samples.
    """
    first, second = _halves("holdout", label, [seed, 3])
    return (
        Plan((Member((first,), second), Member((second,), first))),
        Plan((Member((second,), second), Member((first,), first))),
    )


def _halves(kind: str, label: np.ndarray, key: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Two disjoint halves of the rows, sorted, each class divided evenly."""
    if len(label) < 4:
        raise InputError(f"{kind} needs at least 4 samples, there are {len(label)}.")
    order = np.random.default_rng(key).permutation(len(label))
    order = order[np.argsort(label[order], kind="stable")]  # by class, random within
    return np.sort(order[::2]), np.sort(order[1::2])


def of(kind: str, label: np.ndarray, seed: int) -> Plan:
    """The plan of a kind of run that trains its networks once: supervised, second_split.

    Raises:
        InputError: there is no such kind.
    """
    if kind == "supervised":
        return single(len(label))
    if kind == "second_split":
        return second_split(label, seed)
    raise InputError(f"unknown kind of run {kind!r}; known are supervised, second_split.")


def label_free(protocol: str, n: int, seed: int) -> Plan:
    """The plan of a protocol without labels: single, second_split with random halves.

    Raises:
        InputError: there is no such protocol.
    """
    if protocol == "single":
        return single(n)
    if protocol == "second_split":
        return second_split(np.zeros(n, np.int64), seed)
    raise InputError(f"unknown protocol {protocol!r}; known are single, second_split.")
