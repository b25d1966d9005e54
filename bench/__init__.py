"""How fast: the project beside the least work that does the same trades, in one run."""
