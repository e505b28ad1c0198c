"""Who is trained on what: a run as members that go through phases together.

A member is one network. In every phase it is trained on some rows of the
images; after every epoch it measures its own rows. The members' rows make up
all samples, so that every epoch has one value for each. A member may also judge
rows that it never trains on; where members do, these rows make up all samples too.
"""

from dataclasses import dataclass, field

import numpy as np

from hardrare.errors import InputError


@dataclass(frozen=True)
class Member:
    """One network: the rows of each phase, those that it measures, and those held out of it."""

    trained_on: tuple[np.ndarray, ...]
    measures: np.ndarray
    held_out: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class Plan:
    """The members of a run; all have the same number of phases."""

    members: tuple[Member, ...]

    @property
    def phases(self) -> int:
        """How many phases each member goes through, each with a fresh optimizer."""
        return len(self.members[0].trained_on)

    @property
    def learns_what_it_measures(self) -> bool:
        """Whether every network learns, in each phase, all samples that it measures or judges."""
        return all(
            np.isin(rows, learnt).all()
            for member in self.members
            for learnt in member.trained_on
            for rows in (member.measures, member.held_out)
        )


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


def folds(label: np.ndarray, count: int, seed: int) -> Plan:
    """Networks that each leave out one fold, stratified by label, and judge that fold too.

    Network f learns all folds but f. It measures fold f + 1 (the first after the last), which
    it learnt, and judges fold f, which it never saw: two values for each sample and epoch.

    Args:
        label: (N,) given labels or pseudo-labels.
        count: of folds, at least 2.
        seed: of the split.

    Raises:
        InputError: fewer than two folds, or fewer than two samples a fold.
    """
    if count < 2:
        raise InputError(f"folds is {count}, it must be at least 2.")
    parts = _parts(f"{count} folds", label, count, [seed, 4])
    members = []
    for f, part in enumerate(parts):
        rest = np.sort(np.concatenate(parts[:f] + parts[f + 1 :]))
        members.append(Member((rest,), parts[(f + 1) % count], part))
    return Plan(tuple(members))


def _halves(kind: str, label: np.ndarray, key: list[int]) -> tuple[np.ndarray, np.ndarray]:
    first, second = _parts(kind, label, 2, key)
    return first, second


def _parts(kind: str, label: np.ndarray, count: int, key: list[int]) -> list[np.ndarray]:
    """Disjoint parts of the rows, sorted, each class divided evenly."""
    if len(label) < 2 * count:
        raise InputError(f"{kind} needs at least {2 * count} samples, there are {len(label)}.")
    order = np.random.default_rng(key).permutation(len(label))
    order = order[np.argsort(label[order], kind="stable")]  # by class, random within
    return [np.sort(order[part::count]) for part in range(count)]


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
