"""Attribution: which families of scores tell the artefacts apart, by models on held-out images.

`attribution` makes the rows, `models` the forest and the logistic regression behind them.
"""

from hardrare.tables import COUNT, FLOAT, TEXT, declare

ATTRIBUTION = declare(
    "attribution/1",
    {
        "artefact": TEXT,
        "model": TEXT,  # forest, logistic
        "inputs": TEXT,  # pixels, scores, both
        "what": TEXT,  # auroc; gain (over pixels); score and family: loss of AUROC if shuffled
        "name": TEXT,  # of the score or family, null otherwise
        "value": FLOAT,
        "low": FLOAT,  # 95 % bootstrap interval over the held-out samples
        "high": FLOAT,
        "used": COUNT,  # inputs that the model reads; of a family: its scores
        "positives": COUNT,
        "n": COUNT,
    },
)
