"""A study on a machine without DVC, in minutes of a GPU: `python -m hardrare.elsewhere`.

The stages of dvc.yaml run as soon as what they read is there: those that train on the GPU, and
their pieces, a few at a time, beside those that only count on the CPU. What has been written is
kept, so the same command goes on. When the seconds are over no stage starts, what still runs is
stopped, and whatever is complete, be it some runs or arms of a stage, is packed into files of
limited size, scores first. Nothing here needs DVC, polars or the network; stages need what they
always need.
"""
