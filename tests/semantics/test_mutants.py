"""The test of the tests: faults planted in the venue, the reports and the ledger must be seen.

Each mutant is a small lie told in one place. A fixed set of generated runs is played with it and
held against the calculator; a lie that no run notices means that the comparison has a hole.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import pytest

from sims.book import UNLIMITED, Book, WorkingOrder
from sims.seeds import stream
from sims.simulation import Simulation
from sims.venue import BarVenue
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

At = tuple[Ticks, Liquidity]


class LateVenue(BarVenue):
    """Lets an order wait for one opening too many."""

    def opening(self, book: Book, now: Nanoseconds) -> None:
        new = {id_: order for id_, order in book.orders.items() if order.ts_arrived == now}
        for id_ in new:
            del book.orders[id_]
        super().opening(book, now)
        book.orders |= new


class PeekingVenue(BarVenue):
    """Fills at the close what trades at the opening."""

    def opening(self, book: Book, now: Nanoseconds) -> None:
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
        super().opening(book, now)
        book.bar = bar


class KindVenue(BarVenue):
    """Slips in the trader's favour."""

    def _taken(self, lots: Lots, ticks: Ticks) -> At:
        price, liquidity = super()._taken(lots, ticks)
        return 2 * ticks - price, liquidity


class FloorVenue(BarVenue):
    """Rounds fees down."""

    def _fee(self, book: Book, lots: Lots, at: At) -> Money:
        rules = self._rules
        ticks, liquidity = at
        rate = rules.taker if liquidity is Liquidity.TAKER else rules.maker
        owed = lots * abs(ticks) * 2 * book.half * rate + lots * rules.per_lot
        return owed // rules.fee_quanta * rules.fee_quanta


class GenerousVenue(BarVenue):
    """Forgets inside a bar what its opening has taken of the volume."""

    def inside(self, book: Book, now: Nanoseconds) -> None:
        book.served_ts = -1
        super().inside(book, now)


class FullVenue(BarVenue):
    """Knows no share of the volume."""

    def _fill(self, book: Book, order: WorkingOrder, at: At, room: Lots, now: Nanoseconds) -> Lots:
        book.served_ts = book.bar.ts_open
        book.budget = UNLIMITED
        return super()._fill(book, order, at, room, now)


class NewestFirstVenue(BarVenue):
    """Serves whoever came last first."""

    def opening(self, book: Book, now: Nanoseconds) -> None:
        book.orders = dict(reversed(book.orders.items()))
        super().opening(book, now)
        book.orders = dict(reversed(book.orders.items()))


class MakerVenue(BarVenue):
    """Thinks that every limit gives liquidity."""

    def _at_opening(self, order: WorkingOrder, ticks: Ticks) -> At | None:
        at = super()._at_opening(order, ticks)
        is_limit = order.order_type is OrderType.LIMIT
        return (at[0], Liquidity.MAKER) if at is not None and is_limit else at


class ForgetfulVenue(BarVenue):
    """Lets a triggered stop become a stop again."""

    def opening(self, book: Book, now: Nanoseconds) -> None:
        super().opening(book, now)
        for order in book.orders.values():
            order.triggered = False


class EagerVenue(BarVenue):
    """Lets a stop work for its whole entry once that is filled in part."""

    def _grant(self, book: Book, parent: WorkingOrder, ticks: Ticks) -> dict[str, Lots]:
        former = super()._grant(book, parent, ticks)
        for child in (book.orders[id_] for id_ in parent.children if id_ in book.orders):
            child.granted = abs(child.lots)
        return former


class NakedVenue(BarVenue):
    """Cancels the stops of an entry that is filled."""

    def _settle(self, book: Book, order: WorkingOrder, now: Nanoseconds) -> None:
        children = [id_ for id_ in order.children if id_ in book.orders]
        super()._settle(book, order, now)
        for id_ in children:
            if id_ in book.orders:
                self._end(book, book.orders[id_], "lost", now)


class TouchyVenue(BarVenue):
    """Stops only beyond the stop, not at it."""

    def _inside(self, order: WorkingOrder, bar: BarClosed) -> At | None:
        reached = bar.high_ticks if order.lots > 0 else bar.low_ticks
        if order.order_type is OrderType.STOP and reached == order.stop_ticks:
            return None
        return super()._inside(order, bar)


class TwiceVenue(BarVenue):
    """Reports the first fill of a run twice, under two names: it is booked twice."""

    lies = 1

    def _fill(self, book: Book, order: WorkingOrder, at: At, room: Lots, now: Nanoseconds) -> Lots:
        taken = super()._fill(book, order, at, room, now)
        if taken and self.trades == 1:
            self.reports.append(renamed(self.reports[-1]))
        return taken


class EchoVenue(BarVenue):
    """Reports every fill twice under one name: that is no lie, and is booked once."""

    def _fill(self, book: Book, order: WorkingOrder, at: At, room: Lots, now: Nanoseconds) -> Lots:
        taken = super()._fill(book, order, at, room, now)
        if taken:
            self.reports.append(self.reports[-1])
        return taken


def renamed(report: Message) -> OrderFilled:
    assert isinstance(report, OrderFilled)
    return OrderFilled(
        client_order_id=report.client_order_id,
        trade_id="again",
        last_lots=report.last_lots,
        last_ticks=report.last_ticks,
        fee=report.fee,
        liquidity=report.liquidity,
        ts_event=report.ts_event,
    )


MUTANTS: list[type[BarVenue]] = [
    LateVenue,
    PeekingVenue,
    KindVenue,
    FloorVenue,
    GenerousVenue,
    FullVenue,
    NewestFirstVenue,
    MakerVenue,
    ForgetfulVenue,
    EagerVenue,
    NakedVenue,
    TouchyVenue,
    TwiceVenue,
]


@cache
def witnesses() -> list[tuple[OracleRun, OracleResult]]:
    """The runs that look at every mutant, with what is right."""
    found = []
    for seed in range(60):
        rng = stream(seed, "witness")
        kinds = [rng.choice(KINDS) for _ in range(4)]
        run = generated(rng, (40, 20), kinds)
        found.append((run, compute(run)))
    return found


def seen(venue: type[BarVenue]) -> int:
    """How many of the witnesses see the venue lie."""
    return sum(lies(simulation(run, venue), right) for run, right in witnesses())


def lies(whole: Simulation, right: OracleResult) -> bool:
    """Whether a run differs, or breaks an assertion of the core on its way."""
    try:
        whole.run()
    except (AssertionError, KeyError, ValueError):
        return True
    return bool(differences(observed(whole), right))


@pytest.mark.parametrize("honest", [BarVenue, EchoVenue], ids=lambda venue: venue.__name__)
def test_an_honest_venue_is_believed(honest: type[BarVenue]) -> None:
    assert seen(honest) == 0


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda venue: venue.__name__)
def test_a_lying_venue_is_seen(mutant: type[BarVenue]) -> None:
    assert seen(mutant) > 0


def shifted(run: OracleRun) -> OracleRun:
    """One close, of one bar, one tick higher."""
    source = run.sources[0]
    bar = source.bars[10]
    other = type(bar)(**{**vars(bar), "close": bar.close + 1, "high": bar.high + 1})
    bars = (*source.bars[:10], other, *source.bars[11:])
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
