"""The pictures of the samples, whichever table holds them: what all later stages look at.

No stage but `prepare` opens the user's files. A study of photographs keeps them encoded, with
their aspect, at a size of its choice; a study of small images of one size keeps pixels only.
"""

from hardrare.pictures.reader import Pictures, open_pictures

__all__ = ["Pictures", "open_pictures"]
