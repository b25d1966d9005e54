"""Pure rules: what may happen to an order, what a limit means, what a table holds."""
