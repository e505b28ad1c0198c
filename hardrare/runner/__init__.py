"""Runner: the graph of dvc.yaml without DVC, in two processes that stay.

`graph` reads dvc.yaml and expands it, `contents` knows files by what they hold, `record` what was
done and why a step is due, `workers` and `worker` are the two sides of a process that runs steps,
`run` puts them in order. `hardrare scan` runs its stages with it, in a folder of somebody's own.

DVC stays what runs a study: it keeps every version and its remotes. For a scan its own work is
about a second a stage, and each stage is a process of its own that imports torch anew.
"""
