"""Binance spot over its WebSocket API.

    signing         the signature over a request's parameters
    grid            texts of the wire as ticks, lots and money, exactly
    frames          a frame's bytes as an answer or an event
    outcomes        what an error proves: refused, or nothing
    requests        what we ask
    reports         what answers and events mean to the core
    correspondence  questions and their ends: answered, refused, unknown
    inquiry         what became of an order, asked until the venue has proven it
    holdings        what the account holds
    dialogue        the whole conversation, from one connection to the next

Nothing here waits, reads a clock or knows a socket.
"""
