"""Runner: the graph of dvc.yaml without DVC, in two processes that stay.

`graph` reads dvc.yaml and expands it, `contents` knows files by what they hold, `record` what was
done and why a step is due, `workers` and `worker` are the two sides of a process that runs steps,
`run` puts them in order. `hardrare scan` runs its stages with it, in a folder of somebody's own.

DVC stays what runs a study: it keeps every version and its remotes. For a scan it is too slow:
the 13 steps of a scan of 200 small images took DVC_FIGURES
"""
