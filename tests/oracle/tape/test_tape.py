"""Decisions at quotes beside bars, worked by hand; a bar has a range of four ticks."""

from fractions import Fraction

import pytest

from tests.oracle.cases import CASH, START, X, bar, decided, unit_instrument
from tests.oracle.exits import AtrStop
from tests.oracle.market import Source
from tests.oracle.run import OracleResult
from tests.oracle.strategies import Actions, Scripted, Strategy, Target
from tests.oracle.tape.rows import Tape, TapeRun, Tick
from tests.oracle.tape.run import compute_tape
from tests.oracle.ticks import SECOND_NS, Quote

MINUTE_NS = 60 * SECOND_NS
WIDE = (100, 102, 98, 100, 1_000)
STOP = AtrStop(1, Fraction(1))


def run(at_row: Actions, *quotes: Quote | None, bars: int = 2) -> OracleResult:
    """Bars of a minute, then quotes ten seconds apart, and one more bar after a minute."""
    rows = [bar(index, WIDE, MINUTE_NS) for index in range(bars)]
    begins = START + bars * MINUTE_NS
    ticks = [
        Tick(begins + k * 10 * SECOND_NS, each)
        for k, each in enumerate(quotes, 1)
        if each is not None
    ]
    return compute_tape(
        TapeRun(
            CASH,
            (unit_instrument(X),),
            (Source(X, (*rows, bar(bars, WIDE, MINUTE_NS))),),
            (Strategy("s", X, Scripted(at_row), (STOP,), hears_ticks=True),),
            tapes=(Tape(X, "quotes", tuple(ticks)),),
        )
    )


@pytest.mark.parametrize(
    ("quote", "stop_ticks"),
    [
        (Quote(120, 122, 9, 9), 117),
        (Quote(120, 123, 9, 9), 117),  # the middle is rounded down
        (Quote(None, 123, 9, 9), 119),
        (Quote(120, None, 9, 9), 116),
    ],
)
def test_a_stop_goes_with_an_entry_at_a_quote(quote: Quote, stop_ticks: int) -> None:
    """Where that fills at once the stop is sent again, since its parent is gone by then."""
    result = run({3: (Target(5),)}, Quote(99, 101, 9, 9), quote)

    assert {order.stop_ticks for order in result.orders[1:]} == {stop_ticks}


def test_nothing_is_decided_where_there_is_no_price() -> None:
    result = run({2: (Target(5),), 3: ()}, Quote(None, None, 1, 1), Quote(None, None, 1, 1))

    assert decided(result) == [(3, 0, "no_price")]
    assert result.orders == ()


@pytest.mark.parametrize(("again", "targets"), [(5, [5, 0]), (7, [5, 0, 5])])
def test_nothing_asked_for_at_a_quote_lifts_no_block(again: int, targets: list[int]) -> None:
    """Stopped out at row 3, which is told after it; row 6 is the bar, at which nothing is asked."""
    below = Quote(90, 91, 9, 9)
    asks: Actions = {2: (Target(5),), 3: (Target(5),), again: (Target(5),)}
    result = run(asks, Quote(99, 100, 9, 9), below, below, below, None, None, below)

    assert [target for _, target, _ in decided(result)] == targets
