"""Which networks judged the images, and how well what they see fits these images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TIMES = {1: "", 2: ", twice", 3: ", three times"}


@dataclass(frozen=True)
class Judges:
    """Who judged.

    Attributes:
        networks: frozen networks that looked at the images, and figures of how well what each
            sees fits them, or None.
        heads: whether small heads were trained on their features.
        trained: whether networks were trained on the images' pixels.
        seeds: how often they were.
    """

    networks: Mapping[str, Mapping[str, float] | None]
    heads: bool
    trained: bool
    seeds: int

    def lead(self) -> str:
        """One or two sentences for the top of the page."""
        said, times = [], TIMES.get(self.seeds, f", {self.seeds} times")
        if self.networks:
            names = " and ".join(self.networks)
            head = f"; small heads learnt from what it sees{times}" if self.heads else ""
            what = "Features that you brought" if names == "given" else f"The network {names}"
            look = "tell of every image" if names == "given" else "looked at every image"
            said.append(f"{what}, never trained on them, {look}{head}.")
        if self.trained:
            said.append(f"Small networks learnt from these images alone{times}.")
        return " ".join(said)

    def fits(self) -> list[str]:
        """A sentence for each network whose fit is known."""
        return [_fit(name, value) for name, value in self.networks.items() if value is not None]


def judges(
    scores: Sequence[str],
    networks: Sequence[str],
    fit: Mapping[str, Mapping[str, float]],
    seeds: int,
) -> Judges:
    """Who judged, from the names of the scores that make the axes.

    Args:
        scores: `<run>/<metric>` each.
        networks: the frozen networks of the study.
        fit: network to its figures, of those where they are known.
        seeds: how many runs of each kind.
    """
    runs = {name.partition("/")[0] for name in scores} - {"appearance", "pixels"}
    heads = any(run.startswith("features_") for run in runs)
    used = [network for network in networks if network in runs or heads]
    trained = any(not run.startswith("features_") and run not in networks for run in runs)
    return Judges({network: fit.get(network) for network in used}, heads, trained, seeds)


def _fit(name: str, figures: Mapping[str, float]) -> str:
    agreed, retrieved = (100 * figures[k] for k in ("neighbour_agreement", "view_retrieval"))
    return (
        f"How well {name} fits these images: two altered views of an image share {agreed:.0f} % "
        f"of their {figures['neighbours']:.0f} nearest images, and in {retrieved:.0f} % of "
        f"{figures['samples']:,.0f} images the one view finds the other."
    )
