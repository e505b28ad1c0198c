"""Embedding: the features of pictures and of their views by a network that is not trained here.

`settings` is what a network's section of the parameters says, `frozen` makes of it a function
from images to features, `embed` runs it over all pictures that `taken` does not know from before.
`given` reads features that people
bring themselves. No label has a way in.
"""

from hardrare.embedding.embed import embed
from hardrare.embedding.frozen import Frozen, as_made, frozen
from hardrare.embedding.given import GIVEN, Given, read_given
from hardrare.embedding.settings import Settings
from hardrare.embedding.taken import taken

__all__ = [
    "GIVEN",
    "Frozen",
    "Given",
    "Settings",
    "as_made",
    "embed",
    "frozen",
    "read_given",
    "taken",
]
