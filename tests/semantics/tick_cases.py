"""Generated runs on quotes, prints and books: several instruments and kinds in one account.

Rows come up to a few minutes apart, so that what stands is stale now and then. Prices that a script
names are taken from the market around it.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Final, Literal

from sims.seeds import stream
from tests.oracle.gate import Limits
from tests.oracle.market import Bar, Halt, Happenings, Instrument, Source
from tests.oracle.orders import VenueRules
from tests.oracle.strategies import Action, Replace, Scripted, Send, Strategy
from tests.oracle.tape.rows import Book, Level, Tape, TapeRun, Tick
from tests.oracle.ticks import SECOND_NS, Print, Quote
from tests.semantics.cases import GRIDS, script, signal
from tests.semantics.markets import MINUTE_NS, SHAPES, START, Chance, market

Kind = Literal["quotes", "trades", "depth"]
MARKETS: Final[tuple[tuple[Kind, ...], ...]] = (
    ("quotes",),
    ("quotes", "trades"),
    ("trades",),
    ("depth",),
    ("depth", "trades"),
    (),
)
"""The kinds of ticks an instrument may have; without any it trades on bars."""
PAUSES: Final = (0, 0, SECOND_NS, 20 * SECOND_NS, 61 * SECOND_NS, 200 * SECOND_NS)
SIZES: Final = (None, 0, 1, 3, 8, 20)
SIGNALS: Final = ("ema_cross", "bollinger", "hold", "rsi")
LATENCIES: Final = (1, 5 * SECOND_NS, MINUTE_NS, 5 * MINUTE_NS)
DRAWS: Final = 5_000


def path(rng: Chance, rows: int) -> list[tuple[int, int]]:
    """Instants and prices."""
    price, ts, found = rng.randint(30, 200), START + SECOND_NS + rng.randint(0, 9), []
    for _ in range(rows):
        price = max(6, price + rng.randint(-3, 3))
        found.append((ts, price))
        ts += rng.choice(PAUSES)
    return found


def quote(rng: Chance, price: int) -> Quote:
    bid = price - rng.randint(0, 2)
    ask = price + rng.randint(-1 if rng.random() < 0.1 else 0, 2)
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


def _tapes(rng: Chance, name: str, kinds: tuple[Kind, ...]) -> list[Tape]:
    points = path(rng, rng.randint(15, 45))
    tapes = []
    for kind in kinds:
        near = [p for p in points if len(kinds) == 1 or rng.random() < 0.6] or points
        if kind == "depth":
            ticks = books(rng, near)
        else:
            make = quote if kind == "quotes" else printed
            ticks = tuple(Tick(ts, make(rng, price)) for ts, price in near)
        tapes.append(Tape(name, kind, ticks))
    return tapes


def _near(tapes: list[Tape]) -> tuple[Bar, ...]:
    """Bars that stand for the market around each row, for a script to name prices from."""
    found, price = [], 50
    for tick in sorted((tick for tape in tapes for tick in tape.ticks), key=lambda t: t.ts):
        match tick.what:
            case Quote(bid, ask):
                price = bid or ask or price
            case Print(ticks):
                price = ticks
            case Book(bids=bids):
                price = max(bids) if bids else price
        found.append(Bar(tick.ts, tick.ts, price, price + 2, max(1, price - 2), price, 9))
    return tuple(found)


def rules(rng: Chance) -> VenueRules:
    return VenueRules(
        slippage_bps=Fraction(rng.choice((0, 20))),
        slippage_ticks=rng.choice((0, 0, 1)),
        participation=rng.choice((None, Fraction("0.3"))),
        maker_bps=Fraction(rng.choice(("0", "-0.5"))),
        taker_bps=Fraction(rng.choice(("0", "2.5"))),
        per_lot=Fraction(rng.choice(("0", "0.005"))),
    )


def tick_case(seed: int) -> TapeRun:
    """The run of a seed."""
    rng = stream(seed, "tick semantics")
    instruments: list[Instrument] = []
    sources: list[Source] = []
    tapes: list[Tape] = []
    strategies: list[Strategy] = []
    halts: list[Happenings] = []
    for number in range(rng.choice((1, 2, 2, 3))):
        name = f"{'XYZ'[number]}.sim"
        kinds = MARKETS[rng.randint(0, 4 if number == 0 else 5)]
        instruments.append(Instrument(name, *rng.choice(GRIDS)))
        own = _tapes(rng, name, kinds) if kinds else []
        tapes += own
        if not kinds or rng.random() < 0.5:
            bars = market(rng, MINUTE_NS, START, rng.randint(20, 45), rng.choice(SHAPES))
            sources.append(Source(name, bars))
            heard = signal(rng, rng.choice(SIGNALS))
            strategies.append(Strategy(f"s{len(strategies)}", name, heard))
        if own:
            near = _near(own)
            for _ in range(rng.choice((1, 1, 2))):
                kind = rng.choice(("targets", "orders", "brackets", "both"))
                plan = _varied(rng, script(rng, near, kind))
                strategies.append(Strategy(f"s{len(strategies)}", name, plan, hears_ticks=True))
            if rng.random() < 0.2:
                halts.append(_halted(rng, name, near))
    run = TapeRun(
        cash=Fraction(rng.choice((10_000, 500_000))),
        instruments=tuple(instruments),
        sources=tuple(sources),
        strategies=tuple(strategies),
        rules=rules(rng),
        equity_interval_ns=rng.choice((10 * MINUTE_NS, 60 * MINUTE_NS, None)),
        happenings=tuple(halts),
        tapes=tuple(tapes),
        by_volume=rng.random() < 0.5,
        venue_stale_ns=rng.choice((60, 60, 10)) * SECOND_NS,
        seed=seed,
    )
    if rng.random() < 0.25:
        run = replace(run, limits=_limits(rng))
    return _with_latency(rng, run) if rng.random() < 0.4 else run


def _varied(rng: Chance, plan: Scripted) -> Scripted:
    """Some changes ask for a size that orders were sent with, some children have children."""
    sends = [act for acts in plan.at_bar.values() for act in acts if isinstance(act, Send)]

    def varied(act: Action) -> Action:
        if isinstance(act, Replace) and sends and rng.random() < 0.4:
            return replace(act, lots=abs(rng.choice(sends).lots))
        if isinstance(act, Send) and act.parent and act.tag > "b" and rng.random() < 0.3:
            return replace(act, parent="b", lots=-act.lots)
        return act

    return Scripted({at: tuple(map(varied, acts)) for at, acts in plan.at_bar.items()})


def _halted(rng: Chance, name: str, near: tuple[Bar, ...]) -> Happenings:
    begin = rng.choice(near).ts_open + rng.choice((0, SECOND_NS))
    end = begin + rng.choice((1, 90)) * SECOND_NS
    return Happenings(name, (Halt(begin), Halt(end, is_over=True)))


def _limits(rng: Chance) -> Limits:
    return Limits(
        lots_max=rng.choice((None, 10)),
        position_max=rng.choice((None, 10, 25)),
        orders_max=rng.choice((None, 3)),
        orders_window_ns=5 * MINUTE_NS,
    )


def _with_latency(rng: Chance, run: TapeRun) -> TapeRun:
    """Both ways take time, and each message a little more or less."""
    jitter = rng.choice((0, SECOND_NS, 40 * SECOND_NS))
    chance = stream(run.seed, "latency")
    draws = tuple(chance.randint(0, jitter) for _ in range(DRAWS))
    return replace(run, latency_ns=rng.choice(LATENCIES), jitter_ns=jitter, jitter=draws)
