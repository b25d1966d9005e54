"""The nouns of traderd: frozen structs in integer ticks, lots and nanoseconds."""
