from hardrare.door import Comparison as Comparison
from hardrare.door import Scan as Scan
from hardrare.door import compare as compare
from hardrare.door import rank as rank
from hardrare.door import scan as scan
from hardrare.door import score as score

__version__: str
