"""Binance spot over its WebSocket API.

    signing    the signature over a request's parameters
    grid       texts of the wire as ticks, lots and money, exactly
    frames     a frame's bytes as an answer or an event
    outcomes   what an error proves: refused, or nothing
    requests   what we ask
    reports    what answers and events mean to the core
    placement  orders on their way out, once each
    inquiry    what became of an order, asked until the venue has proven it
    dialogue   the whole conversation of one connection after the other
"""
