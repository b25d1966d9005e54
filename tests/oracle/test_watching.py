"""What fills cost beyond what was expected, and positions without a stop, worked by hand."""

from fractions import Fraction

import pytest

from tests.oracle.bare import SECOND_NS, Bare
from tests.oracle.breakers import Breakers
from tests.oracle.cases import CASH, HOUR_NS, START, X, bars, flat, told, unit_instrument
from tests.oracle.exits import AtrStop, Trailing
from tests.oracle.market import Bar, Source
from tests.oracle.orders import Order, VenueRules
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.slips import Slips
from tests.oracle.strategies import Actions, Scripted, Send, Strategy, Target
from tests.oracle.tickets import Role, Sent, Ticket

MONEY = Fraction(10_000)


def ticket(kind: str, expected: int) -> Ticket:
    """An order of a lot that was decided, or has its stop, at this price."""
    stop = expected if kind != "market" else None
    order = Order(1, 0, 0, "s", X, kind, 1, None, stop, None, 1)
    sent = Sent(kind, 1, None, stop, None)
    return Ticket(order, Role.OWN, sent, "", 1, None, stop, decided_at=expected)


def test_the_mean_goes_by_money_and_only_a_full_window_speaks() -> None:
    """1000 of 1000000 and 600 of 3000000 are 4 basis points together."""
    slips = Slips(2)
    slips.add(ticket("market", 10_000), 100, 10_010, Fraction(1))
    assert not slips.is_beyond(Fraction(0))

    slips.add(ticket("stop", 10_000), -300, 9_998, Fraction(1))
    assert not slips.is_beyond(Fraction(4))
    assert slips.is_beyond(Fraction("3.9"))

    slips.add(ticket("market", 10_000), 300, 10_002, Fraction(1))
    assert not slips.is_beyond(Fraction(2))
    assert slips.is_beyond(Fraction("1.9"))


@pytest.mark.parametrize("kind", ["limit", "stop_limit"])
def test_of_a_limit_no_price_is_expected(kind: str) -> None:
    slips = Slips(1)
    slips.add(ticket(kind, 100), 1, 200, Fraction(1))

    assert not slips.is_beyond(Fraction(0))


def test_half_of_what_is_bare_lasts_twice_as_long() -> None:
    """60000 are 6 seconds of 10000; 4 of them leave 20000, which 5000 use up in 4 more."""
    bare, allowed = Bare(), 6 * MONEY
    bare.turn(MONEY, 0)
    assert bare.due(allowed) == 6 * SECOND_NS + 1

    bare.turn(MONEY / 2, 4 * SECOND_NS)
    assert bare.due(allowed) == 8 * SECOND_NS + 1
    bare.turn(MONEY / 2, 8 * SECOND_NS)
    assert not bare.is_beyond(allowed)
    bare.turn(MONEY / 2, 8 * SECOND_NS + 1)
    assert bare.is_beyond(allowed)
    assert bare.due(allowed) is None


def test_a_stop_for_all_of_it_ends_the_count() -> None:
    bare = Bare()
    bare.turn(MONEY, 0)
    bare.turn(Fraction(0), 4 * SECOND_NS)
    bare.ends()
    assert bare.due(6 * MONEY) is None

    bare.turn(MONEY, 5 * SECOND_NS)
    assert bare.due(6 * MONEY) == 11 * SECOND_NS + 1


def run(
    market: tuple[Bar, ...],
    at_bar: Actions,
    exits: tuple[AtrStop | Trailing, ...] = (),
    **bound: int,
) -> OracleResult:
    return compute(
        OracleRun(
            CASH,
            (unit_instrument(X),),
            (Source(X, market),),
            (Strategy("s", X, Scripted(at_bar), exits),),
            VenueRules(),
            breakers=Breakers(
                **{name: Fraction(value) for name, value in bound.items()},
                slippage_window=1,
                on_breach="flatten",
            ),
        )
    )


@pytest.mark.parametrize(("bps", "is_spoken"), [(100, False), (99, True)])
def test_a_target_decided_at_its_close_fills_at_an_opening_above(bps: int, is_spoken: bool) -> None:
    """Decided at 100, filled at 101; ten lots that are too dear go at the next opening."""
    market = bars(flat(100), flat(101), flat(101))
    result = run(market, {0: (Target(10),)}, slippage_bps_max=bps)

    closing = [(2, 2, -10, 101)] if is_spoken else []
    assert told(result) == [(1, 1, 10, 101), *closing]
    assert [row.code for row in result.states] == ["slippage_bps_max", "flattened"][: 2 * is_spoken]


def test_a_position_whose_stop_comes_later_is_bare_until_then() -> None:
    """Ten at 100 stand without a stop from the opening at 2; 1000 x 1800 s last half an hour."""
    market = bars(*[(100, 102, 98, 100, 1_000)] * 4)
    late = Trailing(1, Fraction(1), Fraction(9))
    result = run(market, {1: (Target(10),)}, (late,), unprotected_max=1_800_000)

    assert [(row.ts, row.seq, row.code) for row in result.states] == [
        (START + 5 * HOUR_NS // 2 + 1, 2, "unprotected_max"),
        (START + 3 * HOUR_NS, 3, "flattened"),
    ]


def test_its_own_orders_of_a_strategy_with_stops_are_bare_too() -> None:
    """The stop of the entry covers its ten lots; the four beside them use up the money alone."""
    market = bars(*[(100, 102, 98, 100, 1_000)] * 5)
    todo: Actions = {1: (Target(10), Send("a", "market", 4))}
    result = run(market, todo, (AtrStop(1, Fraction(9)),), unprotected_max=400 * 60)

    assert result.states[0].ts == START + 2 * HOUR_NS + 60 * SECOND_NS + 1
