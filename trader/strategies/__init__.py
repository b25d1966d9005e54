"""Strategies: the promise, the bundled ones, their exits, and how a person's own file is loaded."""
