"""Whole runs on quotes, prints and books beside bars, worked out the slow way."""
