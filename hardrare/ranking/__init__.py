"""Ranking: a label-free verdict on every sample, on four separate axes.

`hard` (learnt late or badly), `rare` (far from others), `noisy` (unlearnable and unstable)
and `duplicate` (much like a sample that would be kept before it). An axis is a list of
scores; `axes` says how they become one. `table` lays the axes side by side, `parquet_and_csv`
writes them for people. Nothing here imports torch, and nothing reads a label.
"""
