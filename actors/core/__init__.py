"""The actors that decide: synchronous state machines, a message in, messages out."""
