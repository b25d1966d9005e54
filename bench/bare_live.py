"""The yardstick of a live run: it decodes a price, commits a row to disk and sends a frame.

`python -m bench.bare_live STREAM WS_API FILE`: it knows no orders, no risk and no journal, but what
leaves is on the disk before, as it is with the daemon.
"""

import sqlite3
import sys

import msgspec
import uvloop
from msgspec import Struct, field
from websockets.asyncio.client import connect

SUBSCRIBE = '{"id": 1, "method": "SUBSCRIBE", "params": ["btcusdt@bookTicker"]}'


class BestPrices(Struct):
    """What is decoded of a `bookTicker`."""

    bid: str = field(name="b")
    bid_size: str = field(name="B")
    ask: str = field(name="a")
    ask_size: str = field(name="A")


class Event(Struct):
    """A combined frame."""

    data: BestPrices | None = None


async def main(stream: str, ws_api: str, path: str) -> None:
    """Answers each price with an order."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE records (id INTEGER PRIMARY KEY, payload BLOB)")
    decoder = msgspec.json.Decoder(Event)
    encoder = msgspec.json.Encoder()
    async with connect(stream) as market, connect(ws_api) as gateway:
        await market.send(SUBSCRIBE)
        count, bid = 0, ""
        while True:
            frame = await market.recv(decode=False)
            best = decoder.decode(frame).data
            if best is None or best.bid == bid:
                continue
            bid = best.bid
            count += 1
            params = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
            order = encoder.encode({"id": str(count), "method": "order.place", "params": params})
            database.execute("INSERT INTO records VALUES (?, ?)", (count, order))
            await gateway.send(order, text=True)
            await gateway.recv()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
