"""A symbol's market: its book, the record of its trades, and who stands on the other side."""
