"""Scan: a study of someone's own folder by one command, made of the stages that every study has.

`command` is the command line, `asked` what it was called with and what it refuses, `source` looks
at what is to be scanned, `layout` writes the study's files, `run` brings them up to date with
`hardrare.runner`, `progress` tells how far that is. Training on pixels takes as long as it may:
`speed` measures this machine, `settings` and `plan` choose what fits into the time. No path and no
order of the stages is written here: both come from dvc.yaml, which is part of the package.
"""
