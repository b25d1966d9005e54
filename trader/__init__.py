"""traderd: one deterministic core that trades by rules, live, in simulation and in replay."""
