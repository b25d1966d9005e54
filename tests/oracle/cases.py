"""Small markets and runs, written the way one works them out on paper.

Markets are hourly bars without holes from START on; one tick is one unit of money and one lot is
one piece, unless a case says otherwise. A fill is told as (rows known, hours since START, signed
lots, ticks): the opening of bar i is (i, i), its inside is (i, i + 1).
"""

from fractions import Fraction

from tests.oracle.exits import Exit
from tests.oracle.market import DAY_NS, Bar, Instrument, Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.strategies import Actions, Scripted, Signal, Strategy

HOUR_NS = 3_600_000_000_000
START = 10 * DAY_NS
CASH = Fraction(10_000)
X = "X.sim"
Y = "Y.sim"

Row = tuple[int, int, int, int, int]  # open, high, low, close, lots
Told = tuple[int, int, int, int]


def bar(index: int, row: Row, interval: int = HOUR_NS, start: int = START) -> Bar:
    ts = start + index * interval
    return Bar(ts, ts + interval, *row)


def bars(*rows: Row, interval: int = HOUR_NS, start: int = START) -> tuple[Bar, ...]:
    return tuple(bar(index, row, interval, start) for index, row in enumerate(rows))


def flat(price: int, lots: int = 1_000) -> Row:
    return (price, price, price, price, lots)


def closes(*prices: int) -> tuple[Bar, ...]:
    """Bars that stand still at one price each."""
    return bars(*(flat(price) for price in prices))


def unit_instrument(name: str) -> Instrument:
    return Instrument(name, Fraction(1), Fraction(1))


def run_one(
    market: tuple[Bar, ...],
    plan: Signal | Scripted,
    rules: VenueRules | None = None,
    stop: Exit | None = None,
    cash: Fraction = CASH,
) -> OracleResult:
    """Run one strategy, named s, on one instrument."""
    run = OracleRun(
        cash=cash,
        instruments=(unit_instrument(X),),
        sources=(Source(X, market),),
        strategies=(Strategy("s", X, plan, () if stop is None else (stop,)),),
        rules=rules or VenueRules(),
    )
    return compute(run)


def run_script(
    market: tuple[Bar, ...],
    at_bar: Actions,
    rules: VenueRules | None = None,
    on_fill: Actions | None = None,
    stop: Exit | None = None,
) -> OracleResult:
    return run_one(market, Scripted(at_bar, on_fill or {}), rules, stop)


def told(result: OracleResult) -> list[Told]:
    return [(f.seq, (f.ts - START) // HOUR_NS, f.lots, f.ticks) for f in result.fills]


def makers(result: OracleResult) -> list[bool]:
    return [not fill.taker for fill in result.fills]


def statuses(result: OracleResult) -> list[str]:
    return [order.status for order in result.orders]


def decided(result: OracleResult) -> list[tuple[int, int, str]]:
    """Each decision as (rows known, target, reason)."""
    return [(d.seq, d.target, d.reason) for d in result.decisions]
