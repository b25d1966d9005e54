"""Binance spot: orders over its WebSocket API, REST as the second way, and its market streams.

What goes over the wire, and what it proves:

    signing         keys, and signatures over a request's parameters
    methods         what can be asked: one table for both ways
    requests        what we ask
    rest            requests and answers of the second way
    frames          a frame's bytes as an answer or an event
    grid            texts of the wire as ticks, lots and money, exactly
    outcomes        what an error proves: refused, or nothing
    server_clock    the venue's time, and how wrong we may be about it
    budget          how much may still be asked
    exchange_info   what the venue takes, as dated versions of an instrument

The account, from one connection to the next:

    correspondence  questions and their ends: answered, refused, unknown
    dialogue        the whole conversation: logon, subscription, who is told what
    trading         all orders: commands in, reports out
    families        which orders leave together
    terms, names    what an order is called at the venue, and by what kind
    ledger          what is remembered of each order
    placing         new orders, alone and in lists
    waiting         protection that waits for what its entry fills
    changing        cancels and changes of one order
    recasting       cancels and changes of pairs
    inquiry         what became of an order, asked until the venue has proven it
    history         fills that went unheard
    busts           fills that were taken back
    reports         what answers and events mean to the core
    holdings        what the account holds

The market:

    market_client   the conversation about streams
    catch_up        bars that were missed
    market          events as quotes, prints and bars
    book_sync       a book's changes and its snapshot in one sequence
    silence         who was not heard for too long

Nothing here waits, reads a clock or knows a socket.
"""
