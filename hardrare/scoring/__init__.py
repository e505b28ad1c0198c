"""Scoring: what runs metrics over the tables of a run and writes the table of scores.

`run` reads what a run left and scores it, `snapshots` and `clusterings` make series and means of
metrics, `table` writes what came out. The metrics themselves know no table.
"""
