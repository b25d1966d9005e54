"""What it takes to run a daemon: how a running one is asked and told, by any program beside it."""
