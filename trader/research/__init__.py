"""Runs as things that are kept: made, measured, written to a folder, read back, replayed.

`simulate` takes a configuration to a run folder; `replay` takes the folder's journal back to a
run and compares. Between them stand the `Outcome` of a run, whichever gear made it, its tables
as columns (`frames`) and the files of the folder (`folder`).
"""
