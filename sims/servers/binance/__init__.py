"""A loopback venue that speaks the WebSocket API of Binance spot.

    server     sockets: frames in and out, one task a request
    gate       interference between the client and the engine, ordered by a test
    protocol   one request becomes one answer; methods/ holds what each method does
    session    what one connection has subscribed to
    engine     accounts, orders and matching against a price that is told to it

Amounts are integers in units of 10^-8, times inside are int64 nanoseconds since the epoch and
become milliseconds on the wire.
"""
