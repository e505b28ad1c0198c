"""Representation: what the features of a run know of the classes, told by labels.

A score from features that know nothing proves nothing, so these accuracies stand beside
every result. Labels are read for them alone: no score and no ranking looks at them.
`knn` asks each sample's neighbours, `probe` fits a linear classifier, `assess` puts both
into rows with chance and intervals, `judge` does so for the runs of a study. Nothing here
imports torch.
"""

from hardrare.representation.assess import PIXELS, Settings, assess, judged, thinned
from hardrare.representation.judge import Judge, joined

__all__ = ["PIXELS", "Judge", "Settings", "assess", "joined", "judged", "thinned"]
