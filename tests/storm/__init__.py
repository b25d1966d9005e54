"""Long comparisons outside the suite: one seed after the other, until one fails or all are done.

    python -m tests.storm KIND [--seeds N] [--seed S] [--jobs J]

A kind is a function from a seed to a `Verdict`, and the cells that all verdicts together must
have met; `tests.storm.kinds` lists them.
"""
