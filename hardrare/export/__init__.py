"""Export: what a ranking says, in a shape that other tools take as it is.

`metadata` is the table that Hugging Face's image-folder loader looks for beside the
images; `image_folder` makes a folder of the kept images with that table in it. The
folder of the source is read and never changed.
"""

from hardrare.export.folder import LINKS, image_folder, known_link
from hardrare.export.metadata import METADATA, metadata, write_metadata

__all__ = ["LINKS", "METADATA", "image_folder", "known_link", "metadata", "write_metadata"]
