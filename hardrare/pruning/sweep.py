"""The arms of a study by name, at its share to keep and at those of the sweep."""

from collections.abc import Sequence

from hardrare.errors import InputError


def swept(
    arms: Sequence[str], keep_fraction: float, sweep: Sequence[float], sweep_arms: Sequence[str]
) -> dict[str, tuple[str, float]]:
    """Every subset to make: its name to its arm and the share of the samples to keep.

    Args:
        arms: kept at `keep_fraction`, under their own name.
        keep_fraction: of the arms.
        sweep: further shares.
        sweep_arms: kept at each of these shares, as `<arm>@<share>`.

    Raises:
        InputError: a share twice or out of range, or an arm whose share is fixed.

    Examples:
        >>> swept(["full"], 0.7, [0.5], ["random"])
        {'full': ('full', 0.7), 'random@0.5': ('random', 0.5)}
    """
    if wrong := [share for share in sweep if not 0 < share < 1]:
        raise InputError(f"prune.sweep holds {wrong[0]}, expected above 0 and below 1.")
    if len({*sweep, keep_fraction}) <= len(sweep):
        raise InputError(
            "prune.sweep names a share twice, or that of prune.keep_fraction, whose arms are "
            "trained already; remove it."
        )
    if "full" in sweep_arms:
        raise InputError("prune.sweep_arms holds full, which keeps every sample; remove it.")
    names = {arm: (arm, keep_fraction) for arm in arms}
    return names | {f"{arm}@{share}": (arm, share) for arm in sweep_arms for share in sweep}
