"""The kind of run that learns from triplets of labelled images."""

from dataclasses import dataclass

from hardrare.objectives import triplet
from hardrare.protocols.work import Work
from hardrare.training.probing import Probing


@dataclass(frozen=True)
class Triplet:
    """One network that brings the images of a label together: triplets of the hardest.

    Attributes:
        hidden_size: of the projection head; 0 = the network's outputs are the projections.
        output_size: of the projections.
        margin: distance on the unit sphere.
    """

    hidden_size: int
    output_size: int
    margin: float

    words = "learns to bring the images of a label together and to push the nearest others away"
    phases, networks = 1, 1

    def run(self, work: Work) -> None:
        """Train and record."""
        sizes = {"hidden_size": self.hidden_size, "output_size": self.output_size}
        options = work.own(triplet.Settings, **sizes, margin=self.margin)
        work.train_single(triplet, options, Probing())
