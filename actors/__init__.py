"""The actors: the deterministic core, the runtime that drives it, and the edges around it."""
