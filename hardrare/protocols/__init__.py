"""Protocols: which networks learn which samples by which labels, and what is kept of each.

`kinds` are the runs with labels, `pseudo_label` learns clusters instead, `retraining` trains on
subsets and judges on a test set. All of them go through the one loop of `training`.
"""
