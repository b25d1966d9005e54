"""What a feed tells: best prices, and what the street takes of them, from instant 0 on."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Quote(NamedTuple):
    """Both best prices and their quantities, in units of 10^-8."""

    at_ns: int
    bid: int
    ask: int
    bid_quantity: int
    ask_quantity: int


class Taken(NamedTuple):
    """Somebody of the street takes up to `quantity` at `price` or better."""

    at_ns: int
    price: int
    quantity: int
    is_buyer: bool


Row = Quote | Taken
Feed = Iterator[Row]


def looped(rows: Callable[[], Iterable[Row]], length_ns: int) -> Feed:
    """Yield the rows again and again, each round `length_ns` after the one before."""
    start = 0
    while True:
        for row in rows():
            yield row._replace(at_ns=start + row.at_ns)
        start += length_ns


def paced(feed: Feed, pace: float) -> Feed:
    """Let a feed run `pace` times as fast."""
    for row in feed:
        yield row._replace(at_ns=int(row.at_ns / pace))
