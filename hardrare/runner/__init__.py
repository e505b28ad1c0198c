"""Runner: the graph of dvc.yaml without DVC, in two processes that stay.

`graph` reads dvc.yaml and expands it, `contents` knows files by what they hold, `record` what was
done and why a step is due, `workers` and `worker` are the two sides of a process that runs steps,
`run` puts them in order: for a scan in a folder of somebody's own, for a study (`locked`), and for
a study without DVC until the time ends (`hardrare.elsewhere`); `parties` are whom it asks.

DVC stays what runs a study: it keeps every version and its remotes. For a scan it is too slow: the
12 stages of a scan of 48 small images took `dvc repro` 67 s of processor time, this runner 29 s,
so 3 s a stage, most of them the start of a Python with torch; a `dvc repro` of nothing took 3 s.
"""
