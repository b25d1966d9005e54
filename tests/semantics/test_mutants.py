"""The test of the tests: faults planted in the venue, the reports and the ledger must be seen.

Each mutant is a small lie told in one place. A fixed set of generated runs is played with it and
held against the calculator; a lie that no run notices means that the comparison has a hole.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from msgspec import structs

from sims.seeds import stream
from sims.simulation import Simulation
from sims.venue import VenueRules
from sims.venue.bars import Bars
from sims.venue.book import UNLIMITED, Book, Stance, WorkingOrder
from sims.venue.life import Fill, Life
from tests.oracle.ledger import Position
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.semantics.bridge import simulation
from tests.semantics.cases import KINDS, generated
from tests.semantics.reading import differences, observed
from trader.kernels.accounting import booked
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import Liquidity, OrderFilled, OrderType
from trader.model.units import Lots, Money, Nanoseconds, Ticks

Method = Callable[..., Any]
"""A method that tells the truth, or one that lies in its place."""


def late(opening: Method) -> Method:
    """Lets an order wait for one opening too many."""

    def lie(bars: Bars, book: Book, now: Nanoseconds) -> None:
        new = {id_: order for id_, order in book.orders.items() if order.ts_arrived == now}
        for id_ in new:
            del book.orders[id_]
        opening(bars, book, now)
        book.orders |= new

    return lie


def peeking(opening: Method) -> Method:
    """Fills at the close what trades at the opening."""

    def lie(bars: Bars, book: Book, now: Nanoseconds) -> None:
        bar = book.bar
        book.bar = BarClosed(
            bar.instrument,
            bar.interval_ns,
            bar.close_ticks,
            bar.high_ticks,
            bar.low_ticks,
            bar.close_ticks,
            bar.lots,
            bar.ts_open,
            bar.ts_close,
        )
        opening(bars, book, now)
        book.bar = bar

    return lie


def kind(taken: Method) -> Method:
    """Slips in the trader's favour."""
    return lambda rules, ticks, lots: 2 * ticks - taken(rules, ticks, lots)


def floored_fee(fee: Method) -> Method:
    """Rounds fees down."""

    def lie(
        rules: VenueRules, lots: Lots, ticks: Ticks, liquidity: Liquidity, half: Money
    ) -> Money:
        rate = rules.taker if liquidity is Liquidity.TAKER else rules.maker
        owed = lots * abs(ticks) * 2 * half * rate + lots * rules.per_lot
        down = owed // rules.fee_quanta * rules.fee_quanta
        assert down <= fee(rules, lots, ticks, liquidity, half)
        return down

    return lie


def generous(inside: Method) -> Method:
    """Forgets inside a bar what its opening has taken of the volume."""

    def lie(bars: Bars, book: Book, now: Nanoseconds) -> None:
        book.served_ts = -1
        inside(bars, book, now)

    return lie


def full(begin: Method) -> Method:
    """Knows no share of the volume."""

    def lie(bars: Bars, book: Book) -> None:
        begin(bars, book)
        book.budget = UNLIMITED

    return lie


def newest_first(opening: Method) -> Method:
    """Serves whoever came last first."""

    def lie(bars: Bars, book: Book, now: Nanoseconds) -> None:
        book.orders = dict(reversed(book.orders.items()))
        opening(bars, book, now)
        book.orders = dict(reversed(book.orders.items()))

    return lie


def all_makers(at_opening: Method) -> Method:
    """Thinks that every limit gives liquidity."""

    def lie(bars: Bars, order: WorkingOrder, ticks: Ticks) -> Fill | None:
        at: Fill | None = at_opening(bars, order, ticks)
        is_limit = order.order_type is OrderType.LIMIT
        return (at[0], Liquidity.MAKER) if at is not None and is_limit else at

    return lie


def forgetful(opening: Method) -> Method:
    """Lets a triggered stop become a stop again."""

    def lie(bars: Bars, book: Book, now: Nanoseconds) -> None:
        opening(bars, book, now)
        for order in book.orders.values():
            if order.order_type is OrderType.STOP:
                order.stance = Stance.WAITS

    return lie


def eager(grant: Method) -> Method:
    """Lets a stop work for its whole entry once that is filled in part."""

    def lie(life: Life, book: Book, parent: WorkingOrder, *rest: Any) -> Any:
        grown = grant(life, book, parent, *rest)
        for child in (book.orders[id_] for id_ in parent.children if id_ in book.orders):
            child.room = child.size - child.done
        return grown

    return lie


def naked(settle: Method) -> Method:
    """Cancels the stops of an entry that is filled."""

    def lie(life: Life, book: Book, order: WorkingOrder, now: Nanoseconds) -> None:
        settle(life, book, order, now)
        for id_ in order.children:
            if id_ in book.orders:
                life.end(book, book.orders[id_], "lost", now)

    return lie


def touchy(inside: Method) -> Method:
    """Stops only beyond the stop, not at it."""

    def lie(bars: Bars, order: WorkingOrder, bar: BarClosed) -> Fill | None:
        reached = bar.high_ticks if order.lots > 0 else bar.low_ticks
        if order.order_type is OrderType.STOP and reached == order.stop_ticks:
            return None
        at: Fill | None = inside(bars, order, bar)
        return at

    return lie


def twice(fill: Method) -> Method:
    """Reports the first fill of a run twice, under two names: it is booked twice."""

    def lie(life: Life, *rest: Any) -> None:
        fill(life, *rest)
        if life.trades == 1:
            life.reports.append(renamed(life.reports[-1]))

    return lie


def echo(fill: Method) -> Method:
    """Reports every fill twice under one name: that is no lie, and is booked once."""

    def told(life: Life, *rest: Any) -> None:
        fill(life, *rest)
        life.reports.append(life.reports[-1])

    return told


def renamed(report: Message) -> OrderFilled:
    assert isinstance(report, OrderFilled)
    return structs.replace(report, trade_id="again")


LIES: list[tuple[type, str, Callable[[Method], Method]]] = [
    (Bars, "opening", late),
    (Bars, "opening", peeking),
    (Bars, "opening", newest_first),
    (Bars, "opening", forgetful),
    (Bars, "inside", generous),
    (Bars, "_inside", touchy),
    (Bars, "_at_opening", all_makers),
    (Bars, "_begin", full),
    (VenueRules, "taken", kind),
    (VenueRules, "fee", floored_fee),
    (Life, "grant", eager),
    (Life, "settle", naked),
    (Life, "fill", twice),
]


@cache
def witnesses() -> list[tuple[OracleRun, OracleResult]]:
    """The runs that look at every mutant, with what is right: an honest venue agrees on them."""
    found = []
    for seed in range(60):
        rng = stream(seed, "witness")
        kinds = [rng.choice(KINDS) for _ in range(4)]
        run = generated(rng, (40, 20), kinds)
        right = compute(run)
        if not lies(simulation(run), right):
            found.append((run, right))
    return found


def seen() -> int:
    """How many of the witnesses see the venue lie."""
    return sum(lies(simulation(run), right) for run, right in witnesses())


def lies(whole: Simulation, right: OracleResult) -> bool:
    """Whether a run differs, or breaks an assertion of the core on its way."""
    try:
        whole.run()
    except (AssertionError, KeyError, ValueError):
        return True
    return bool(differences(observed(whole), right))


def test_an_honest_venue_is_believed() -> None:
    """On all that was drawn."""
    assert seen() == 0
    assert len(witnesses()) == 60


def test_a_venue_that_repeats_itself_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    witnesses()
    monkeypatch.setattr(Life, "fill", echo(Life.fill))

    assert seen() == 0


@pytest.mark.parametrize(("where", "method", "lie"), LIES, ids=[lie.__name__ for _, _, lie in LIES])
def test_a_lying_venue_is_seen(
    monkeypatch: pytest.MonkeyPatch, where: type, method: str, lie: Callable[[Method], Method]
) -> None:
    witnesses()
    monkeypatch.setattr(where, method, lie(getattr(where, method)))

    assert seen() > 0


def shifted(run: OracleRun) -> OracleRun:
    """One close, of one bar, one tick higher: of the sixteenth, when most indicators are ready."""
    source = run.sources[0]
    bar = source.bars[15]
    other = type(bar)(**{**vars(bar), "close": bar.close + 1, "high": bar.high + 1})
    bars = (*source.bars[:15], other, *source.bars[16:])
    return type(run)(
        **{**vars(run), "sources": (type(source)(source.instrument, bars), *run.sources[1:])}
    )


def test_one_tick_in_one_bar_is_seen() -> None:
    found = [lies(simulation(shifted(run)), right) for run, right in witnesses()]

    assert sum(found) > len(found) // 3


LEDGERS = ("booked", "floored", "through")
Booking = Callable[[int, int, int, int], tuple[int, int]]


def floored(position: int, cost: int, lots: int, ticks: int) -> tuple[int, int]:
    """A copy of the ledger's kernel that rounds the released cost down instead of toward zero."""
    closed = min(abs(position), abs(lots)) if position * lots < 0 else 0
    if closed == 0:
        return 0, cost + lots * ticks
    released = cost * closed // abs(position)
    side = 1 if position > 0 else -1
    return side * closed * ticks - released, cost - released + (lots + side * closed) * ticks


def through(position: int, cost: int, lots: int, ticks: int) -> tuple[int, int]:
    """A copy that realizes nothing of a fill through zero."""
    if position * lots < 0 and abs(lots) > abs(position):
        return 0, cost + lots * ticks
    return booked(position, cost, lots, ticks)


@pytest.mark.parametrize(
    ("booking", "agrees"), [(booked, True), (floored, False), (through, False)], ids=LEDGERS
)
def test_a_lying_ledger_is_seen(booking: Booking, agrees: bool) -> None:
    """A thousand positions, fill by fill, against the calculator's."""
    rng = stream(7, "ledger")
    same = True
    for _ in range(1_000):
        theirs, lots, cost, realized = Position(fees=Fraction(0)), 0, 0, 0
        for _ in range(rng.randint(1, 9)):
            size, ticks = rng.randint(-9, 9) or 1, rng.randint(1, 500)
            theirs.fill(size, ticks)
            gained, cost = booking(lots, cost, size, ticks)
            realized += gained
            lots += size
            same = same and (theirs.lots, theirs.cost, theirs.realized_units) == (
                lots,
                cost,
                realized,
            )

    assert same is agrees
