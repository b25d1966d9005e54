"""The command line: one file for each group of verbs, loaded when its verb is called.

`main` is the rim where every error becomes one line and an exit code, `program` the table of
verbs, `output` the one way to stdout.
"""
