"""Ranking: a label-free verdict on every sample, on four separate axes.

`hard`, `rare`, `noisy` and `duplicate`: `tables.meanings` says what each means. An axis is a list
of scores; `axes` says how they become one. `table` lays the axes side by side, `parquet_and_csv`
writes them for people. Nothing here imports torch, and nothing reads a label.
"""
