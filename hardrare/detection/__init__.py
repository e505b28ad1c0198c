"""Detection: how well each score finds each injected artefact, and whether pixels tell it, too.

`detection` makes the rows, `auroc` the areas with their intervals, `residual` what is left of a
score once the pixel statistics are known, `stump` the best single threshold.
"""
