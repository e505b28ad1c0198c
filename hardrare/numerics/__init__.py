"""Numerics: what several packages compute, once; any of them may import it.

`points` makes rows that can be trusted and `blocks` bounds their memory; on these stand
`neighbours` (with `exact` and `cells`) and `clusters`. `epochs` and `suffix` reduce series over
training, `ranks` and `intervals` serve statistics, `stable_ranking` says when a ranking no
longer changes. Nothing here imports torch.
"""
