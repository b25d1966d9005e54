"""Generated quotes, prints and books.

Rows come up to a few minutes apart, so that what stands is stale now and then; some come right at
the end of a day or a session, or just beside it.
"""

from dataclasses import dataclass
from typing import Final, Literal

from tests.oracle.market import Bar
from tests.oracle.tape.rows import Book, Level, Tape, Tick
from tests.oracle.ticks import SECOND_NS, Print, Quote
from tests.semantics.markets import Chance

Kind = Literal["quotes", "trades", "depth"]
PAUSES: Final = (0, 0, SECOND_NS, 20 * SECOND_NS, 61 * SECOND_NS, 200 * SECOND_NS)
SIZES: Final = (None, 0, 1, 3, 8, 20)


@dataclass(frozen=True)
class Hours:
    """When a market begins to be recorded, and the instants that ticks come close to."""

    begins: int
    turns: tuple[int, ...]

    def near(self, rng: Chance, ts: int) -> int:
        """An instant at the next turn or next to it."""
        later = ts + 2 * SECOND_NS
        turn = next((turn for turn in self.turns if turn > later), later)
        return turn + rng.choice((-SECOND_NS, 0, 0, SECOND_NS, 30 * SECOND_NS))


def path(rng: Chance, rows: int, hours: Hours) -> list[tuple[int, int]]:
    """Instants and prices."""
    price, ts, found = rng.randint(30, 200), hours.begins + SECOND_NS + rng.randint(0, 9), []
    for _ in range(rows):
        price = max(6, price + rng.randint(-3, 3))
        found.append((ts, price))
        ts = hours.near(rng, ts) if rng.random() < 0.06 else ts + rng.choice(PAUSES)
    return found


def quote(rng: Chance, price: int) -> Quote:
    bid = price - rng.randint(0, 2)
    ask = price + rng.randint(-1 if rng.random() < 0.1 else 0, 2)
    if rng.random() < 0.03:
        return Quote(None, None, 1, 1)
    one_sided = rng.random()
    return Quote(
        None if one_sided < 0.08 else bid,
        None if one_sided > 0.92 else ask,
        rng.choice(SIZES),
        rng.choice(SIZES),
    )


def printed(rng: Chance, price: int) -> Print:
    ticks = max(1, price + rng.randint(-2, 2))
    return Print(ticks, rng.choice((1, 4, 10)), rng.choice((1, -1, 0)))


def books(rng: Chance, points: list[tuple[int, int]]) -> tuple[Tick, ...]:
    """Snapshots, changes that follow on them, and now and then one that does not."""
    sides: dict[int, dict[int, int]] | None = None
    number, found = 0, []
    for ts, price in points:
        number += 1
        is_snapshot = number == 1 or rng.random() < 0.15
        wanted = _levels(rng, price)
        if is_snapshot:
            sides = {side: {t: n for s, t, n in wanted if s == side} for side in (1, -1)}
            book = Book(wanted, number, None, dict(sides[1]), dict(sides[-1]), is_snapshot=True)
        elif sides is None:
            book = Book(wanted[:1], number, number - 1, None, None)
        elif rng.random() < 0.06:
            sides, number = None, number + 1
            book = Book(wanted[:1], number, number - 1, None, None, is_lost=True)
        else:
            changes = _towards(rng, sides, wanted)
            for side, ticks, lots in changes:
                sides[side].pop(ticks, None)
                if lots:
                    sides[side][ticks] = lots
            book = Book(changes, number, number - 1, dict(sides[1]), dict(sides[-1]))
        found.append(Tick(ts, book))
    return tuple(found)


def _levels(rng: Chance, price: int) -> tuple[Level, ...]:
    """Up to four levels a side, the best always there."""
    return tuple(
        (side, price - side * k, rng.choice((1, 2, 5, 9)))
        for side in (1, -1)
        for k in range(1, 5)
        if k == 1 or rng.random() < 0.6
    )


def _towards(
    rng: Chance, sides: dict[int, dict[int, int]], wanted: tuple[Level, ...]
) -> tuple[Level, ...]:
    """The changes that make the wanted book of what stands; some levels stay."""
    known = {(side, ticks) for side, ticks, _ in wanted}
    best = {side: next(t for s, t, _ in wanted if s == side) for side in (1, -1)}
    gone = [
        (side, ticks, 0)
        for side in (1, -1)
        for ticks in sides[side]
        if (side, ticks) not in known and (side * (ticks - best[-side]) >= 0 or rng.random() < 0.7)
    ]
    return (*gone, *wanted)


def tapes(rng: Chance, name: str, kinds: tuple[Kind, ...], hours: Hours) -> list[Tape]:
    """What is recorded of one instrument: all kinds tell of the same prices."""
    points = path(rng, rng.randint(15, 45), hours)
    found = []
    for kind in kinds:
        near = [p for p in points if len(kinds) == 1 or rng.random() < 0.6] or points
        if kind == "depth":
            ticks = books(rng, near)
        else:
            make = quote if kind == "quotes" else printed
            ticks = tuple(Tick(ts, make(rng, price)) for ts, price in near)
        found.append(Tape(name, kind, ticks))
    return found


def near_bars(recorded: list[Tape]) -> tuple[Bar, ...]:
    """Bars that stand for the market around each row, for a script to name prices from."""
    found, price = [], 50
    for tick in sorted((tick for tape in recorded for tick in tape.ticks), key=lambda t: t.ts):
        match tick.what:
            case Quote(bid, ask):
                price = bid or ask or price
            case Print(ticks):
                price = ticks
            case Book(bids=bids):
                price = max(bids) if bids else price
        found.append(Bar(tick.ts, tick.ts, price, price + 2, max(1, price - 2), price, 9))
    return tuple(found)
