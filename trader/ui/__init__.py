"""What people see: progress while a run lasts, a summary when it is over, lists of runs.

Everything here takes plain values and knows nothing of how they came about. Only this package and
the command line speak to the terminal.
"""
