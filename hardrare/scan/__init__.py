"""Scan: a study of someone's own folder by one command, made of the stages that every study has.

`command` is the command line, `source` looks at what is to be scanned, `speed` measures this
machine, `settings` chooses what fits into the time, `study` writes the study's files, `graph`
reads dvc.yaml, `steps` runs what it says, `progress` tells how far that is. No path and no
order of the stages is written here: both come from dvc.yaml, which is part of the package.
"""
