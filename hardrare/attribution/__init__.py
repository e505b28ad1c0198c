"""Attribution: which families of scores tell the artefacts apart, by models on held-out images.

`attribution` makes the rows, `models` the forest and the logistic regression behind them.
"""
