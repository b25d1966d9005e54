"""The simulated world, equal in rank to the real one: history, the venue, virtual time, chance."""
