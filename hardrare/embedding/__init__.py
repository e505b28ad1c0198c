"""Embedding: the features of pictures and of their views by a network that is not trained here.

`settings` is what a network's section of the parameters says, `frozen` makes of it a function
from images to features, `embed` runs it over pictures, `by_shards` over all that `taken` does not
know from before: at once, or in pieces that outlive a process, by Ray where that is asked for.
`given` reads features that people bring themselves. No label has a way in.
"""

from hardrare.embedding.by_shards import Looking, look_at
from hardrare.embedding.embed import embed
from hardrare.embedding.frozen import Frozen, as_made, frozen
from hardrare.embedding.given import GIVEN, Given, read_given
from hardrare.embedding.settings import How, Settings
from hardrare.embedding.taken import taken

__all__ = [
    "GIVEN",
    "Frozen",
    "Given",
    "How",
    "Looking",
    "Settings",
    "as_made",
    "embed",
    "frozen",
    "look_at",
    "read_given",
    "taken",
]
