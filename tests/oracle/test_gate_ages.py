"""How old a price is, and what an instrument's halt leaves to protection; a market at 100."""

from fractions import Fraction

import pytest

from tests.oracle.cases import CASH, HOUR_NS, START, X, bar, bars, flat, unit_instrument
from tests.oracle.exits import Trailing
from tests.oracle.gate import Limits, stale_after_two_bars
from tests.oracle.market import DAY_NS, Halt, Happenings, Instrument, Source, open_between
from tests.oracle.run import OracleRun, compute
from tests.oracle.strategies import Scripted, Send, Strategy, Target

MORNING = (START, START + 2 * HOUR_NS)
NEXT_MORNING = (START + DAY_NS, START + DAY_NS + 2 * HOUR_NS)


@pytest.mark.parametrize(("calendar", "codes"), [(None, ["price_stale"]), ("C", [])])
def test_a_price_ages_while_its_market_is_open(calendar: str | None, codes: list[str]) -> None:
    """The last hour of a morning, and the script that hears another market a night later."""
    clock = Source("Y.sim", (*bars(flat(100)), bar(22, flat(100))))
    market = Source(X, (*bars(flat(100), flat(100)), bar(24, flat(100))))
    script = Scripted({1: (Target(1),)}, clock="Y.sim")
    run = OracleRun(
        CASH,
        (Instrument(X, Fraction(1), Fraction(1), calendar), unit_instrument("Y.sim")),
        (market, clock),
        (Strategy("s", X, script),),
        limits=Limits({X: 2 * HOUR_NS}),
        calendars={"C": (MORNING, NEXT_MORNING)},
    )

    assert [code for _, code in compute(run).denials] == codes


@pytest.mark.parametrize(
    ("since", "until", "hours"), [(-1, 1, 1), (0, 2, 2), (1, 25, 2), (3, 23, 0), (25, 40, 1)]
)
def test_the_time_that_a_market_is_open(since: int, until: int, hours: int) -> None:
    span = START + since * HOUR_NS, START + until * HOUR_NS

    assert open_between((MORNING, NEXT_MORNING), *span) == hours * HOUR_NS
    assert open_between(None, *span) == (until - since) * HOUR_NS


def test_two_of_the_shortest_bars_are_the_age() -> None:
    """A day's bar lasts as long as the longest session."""
    hour, day = Source(X, bars(flat(100))), Source(X, bars(flat(100), interval=DAY_NS))

    assert stale_after_two_bars((hour, day)) == {X: 2 * HOUR_NS}
    assert stale_after_two_bars((day, hour)) == {X: 2 * HOUR_NS}
    assert stale_after_two_bars((day,)) == {X: 2 * DAY_NS}
    assert stale_after_two_bars((day,), {X: 7 * HOUR_NS}) == {X: 14 * HOUR_NS}


def test_protection_passes_in_a_halt() -> None:
    """At 105 a stop begins to trail the five that are held, though nothing trades."""
    halt = Happenings(X, (Halt(START + 3 * HOUR_NS + 1), Halt(START + 9 * HOUR_NS, is_over=True)))
    rows = (*[(100, 102, 98, 100, 1_000)] * 4, (100, 105, 100, 105, 1_000), flat(105))
    trailing = Trailing(1, Fraction(1), activate=Fraction(1))
    run = OracleRun(
        CASH,
        (unit_instrument(X),),
        (Source(X, bars(*rows)),),
        (
            Strategy("s", X, Scripted({1: (Target(5),)}), (trailing,)),
            Strategy("t", X, Scripted({4: (Send("o", "stop", -1, stop_ticks=50),)})),
        ),
        happenings=(halt,),
    )
    result = compute(run)

    assert [(order.stop_ticks, order.status) for order in result.orders[1:]] == [
        (100, "ACCEPTED"),
        (50, "DENIED"),
    ]
    assert result.denials == ((3, "instrument_halted"),)
