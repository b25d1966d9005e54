"""What is refused, and by which rule; a market at 100, one lot one piece."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.oracle.cases import CASH, HOUR_NS, START, Row, X, Y, bars, flat, unit_instrument
from tests.oracle.exits import AtrStop
from tests.oracle.filters import Filters
from tests.oracle.gate import Limits
from tests.oracle.market import Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.strategies import Actions, Cancel, Replace, Scripted, Send, Strategy, Target

WIDE = (100, 102, 98, 100, 1_000)


def run(
    *scripts: Actions, limits: Limits | None = None, rows: tuple[Row, ...] = (flat(100),) * 5
) -> OracleResult:
    return compute(
        OracleRun(
            CASH,
            (unit_instrument(X),),
            (Source(X, bars(*rows)),),
            tuple(Strategy(f"s{k}", X, Scripted(each)) for k, each in enumerate(scripts)),
            VenueRules(participation=Fraction(1, 10)),
            limits or Limits(),
        )
    )


def limit(tag: str, lots: int, ticks: int) -> Send:
    return Send(tag, "limit", lots, limit_ticks=ticks)


@pytest.mark.parametrize(
    ("order", "refused"),
    [
        (limit("b", 1, 104), False),
        (limit("b", 1, 105), True),
        (limit("b", 1, 106), True),
        (Send("b", "market", 1), True),
        (Send("b", "stop", 1, stop_ticks=110), False),
        (limit("b", -1, 90), False),
        (Send("b", "market", -1), False),
    ],
)
def test_no_order_that_could_trade_with_one_of_ours(order: Send, refused: bool) -> None:
    """Another strategy's sale rests at 105."""
    result = run({0: (limit("a", -1, 105),)}, {1: (order,)})

    assert [code for _, code in result.denials] == ["self_trade"] * refused
    assert (result.orders[1].status == "DENIED") is refused


def test_an_order_counts_until_its_end_is_reported() -> None:
    """Its cancel is sent before the bar's orders; it is gone one bar later."""
    sale, buy = limit("a", -1, 105), Send("b", "market", 1)
    result = run({0: (sale,), 1: (Cancel("a"), buy), 2: (buy,)})

    assert result.denials == ((2, "self_trade"),)
    assert [o.status for o in result.orders] == ["CANCELED", "DENIED", "FILLED"]


@pytest.mark.parametrize(
    ("limits", "script", "codes"),
    [
        (Limits(lots_max=5), {0: (Target(5),), 1: (Target(11),)}, ["lots_exceed_max"]),
        (Limits(notional_max=Fraction(500)), {0: (limit("a", 5, 100),)}, []),
        (Limits(notional_max=Fraction(500)), {0: (limit("a", 5, 101),)}, ["notional_exceeds_max"]),
        (Limits(notional_max=Fraction(500)), {0: (Target(6),)}, ["notional_exceeds_max"]),
        # working orders count on their side, whatever works on the other one
        (
            Limits(position_max=5),
            {0: (limit("a", 3, 90), limit("b", -3, 110), limit("c", 2, 90), limit("d", 1, 90))},
            ["position_exceeds_max"],
        ),
        (Limits(gross_max=Fraction(300)), {0: (limit("a", 2, 90), limit("b", -3, 110))}, []),
        (
            Limits(gross_max=Fraction(300)),
            {0: (limit("a", 2, 90), limit("b", 2, 90))},
            ["gross_exceeds_max"],
        ),
        # of a group only the order that has most can fill
        (
            Limits(position_max=5),
            {
                0: (
                    Send("a", "limit", 3, limit_ticks=90, group="g"),
                    Send("b", "limit", 2, limit_ticks=80, group="g"),
                    limit("c", 2, 90),
                )
            },
            [],
        ),
        # a child on the other side has nothing to fill while its parent has opened nothing
        (
            Limits(position_max=5),
            {
                0: (
                    limit("a", 5, 90),
                    Send("b", "stop", -5, stop_ticks=80, parent="a"),
                    limit("c", -5, 110),
                )
            },
            [],
        ),
        # the account has 10,000, and five lots are worth 500
        (
            Limits(concentration_max=Fraction(1, 20)),
            {0: (limit("a", 3, 90), limit("b", 2, 90), limit("c", -5, 110))},
            [],
        ),
        (
            Limits(concentration_max=Fraction(1, 20)),
            {0: (limit("a", 3, 90), limit("b", 3, 90), limit("c", -6, 110))},
            ["concentration_exceeds_max"] * 2,
        ),
        (Limits(restricted=(X,)), {0: (Target(1),)}, ["instrument_restricted"]),
        (Limits(collar=Fraction(1, 10)), {0: (limit("a", 1, 90),)}, []),
        (Limits(collar=Fraction(1, 10)), {0: (limit("a", 1, 89),)}, ["price_off_market"]),
        (
            Limits(open_orders_max=1),
            {0: (limit("a", 1, 90), limit("b", 1, 90))},
            ["open_orders_exceed_max"],
        ),
        (
            Limits(open_orders_total_max=1),
            {0: (limit("a", 1, 90), limit("b", 1, 90))},
            ["open_orders_exceed_max"],
        ),
        (Limits(long_only=(X,)), {0: (Target(1),), 1: (Target(0),), 2: (Target(0),)}, []),
        (Limits(long_only=(X,)), {0: (Target(1),), 1: (Target(-1),)}, ["short_forbidden"]),
        (
            Limits(orders_max=2, orders_window_ns=2 * HOUR_NS),
            {0: (limit("a", 1, 90), limit("b", 1, 90), limit("c", 1, 90)), 2: (Target(1),)},
            ["rate_exceeds_max"],
        ),
    ],
)
def test_each_limit(limits: Limits, script: Actions, codes: list[str]) -> None:
    assert [code for _, code in run(script, limits=limits).denials] == codes


@pytest.mark.parametrize(
    ("script", "refused"),
    [
        ({0: (limit("a", 2, 90),), 1: (limit("b", 2, 90),)}, [2]),
        ({0: (limit("a", 2, 90),), 2: (limit("b", 2, 90),)}, []),
        ({0: (limit("a", 2, 90), limit("b", 3, 90), limit("c", 2, 91), limit("d", -2, 110))}, []),
        ({0: (limit("a", 2, 90), Send("b", "stop", 2, stop_ticks=90))}, []),
        # what was refused was not sent: it is taken two hours after the first
        ({index: (limit("abc"[index], 2, 90),) for index in range(3)}, [2]),
        # also where the first has filled: the second buys what nobody may have meant
        ({0: (Send("a", "market", 2),), 1: (Send("b", "market", 2),)}, [2]),
        # a change is an order for what it leaves
        ({0: (limit("a", 2, 90),), 1: (Replace("a", limit_ticks=91), limit("b", 2, 91))}, [2]),
        ({0: (limit("a", 2, 90),), 1: (Replace("a", 3), limit("b", 3, 90))}, [2]),
    ],
)
def test_the_same_order_within_two_hours(script: Actions, refused: list[int]) -> None:
    result = run(script, limits=Limits(intent_window_ns=2 * HOUR_NS))

    assert result.denials == tuple((order, "intent_duplicate") for order in refused)


def test_another_strategy_may_send_the_same_and_a_change_back_is_sent_again() -> None:
    limits = Limits(intent_window_ns=2 * HOUR_NS)
    back: Actions = {0: (limit("a", 2, 90),), 1: (Replace("a", limit_ticks=91),)}
    assert run({0: (limit("a", 2, 90),)}, {0: (limit("a", 2, 90),)}, limits=limits).denials == ()

    soon, late = ({**back, bar: (Replace("a", limit_ticks=90),)} for bar in (2, 3))
    assert run(soon, limits=Limits(intent_window_ns=3 * HOUR_NS)).orders[0].limit_last == 91
    assert run(late, limits=Limits(intent_window_ns=3 * HOUR_NS)).orders[0].limit_last == 90


@pytest.mark.parametrize(
    ("script", "refused"),
    [
        # three in three hours are one too many; from then on everything is, in any hour
        ({index: (limit("abcde"[index], 1, 90 + index),) for index in range(5)}, [3, 4, 5]),
        ({index: (limit("abc"[index // 2], 1, 90),) for index in (0, 2, 4)}, []),
        # the position has changed since the first of the two before
        ({index: (Send("a", "market", index + 1),) for index in range(4)}, []),
        # ... and is again what it was before the first of the last two
        ({index: (Send("a", "market", 1 - 2 * (index % 2)),) for index in range(4)}, [3, 4]),
        # changes count, though what only lowers an order passes
        (
            {
                0: (limit("a", 5, 90),),
                1: (Replace("a", limit_ticks=91),),
                2: (limit("b", 1, 90), Replace("a", 4)),
            },
            [2],
        ),
    ],
)
def test_who_repeats_himself_is_disabled(script: Actions, refused: list[int]) -> None:
    """No more than two orders in three hours that lead to no other position."""
    result = run(script, limits=Limits(repeats_max=2, repeats_window_ns=3 * HOUR_NS))

    assert result.denials == tuple((order, "repeat_exceeds_max") for order in refused)


def test_only_who_repeats_himself_is_disabled_and_also_by_a_change() -> None:
    limits = Limits(repeats_max=2, repeats_window_ns=3 * HOUR_NS)
    first: Actions = {
        0: (limit("a", 2, 90),),
        1: (Replace("a", limit_ticks=91),),
        2: (Replace("a", limit_ticks=92),),
        4: (limit("b", 1, 90), Replace("a", 1)),
    }
    result = run(first, {4: (limit("a", 1, 80),)}, limits=limits)

    assert result.denials == ((2, "repeat_exceeds_max"),)
    assert [(o.size, o.limit_last) for o in result.orders] == [(1, 91), (1, 90), (1, 80)]


BUY_70 = limit("a", 70, 90)  # 6,300 of 10,000


@pytest.mark.parametrize(
    ("script", "refused"),
    [
        ({0: (limit("a", 100, 90), limit("b", 11, 90), limit("c", 11, 91))}, [3]),
        ({0: (Send("a", "stop", 80, stop_ticks=125), Send("b", "market", 1))}, [2]),
        ({0: (BUY_70, Send("b", "market", 37), Send("c", "market", 38))}, [3]),
        # of a group each counts, though only one will fill
        ({0: tuple(Send(tag, "limit", 56, 90, group="g") for tag in "ab")}, [2]),
        # 105 are worth 9,450 at 90 and 9,870 at 94, which counts from when it is asked for
        ({0: (limit("a", 105, 90),), 1: (Replace("a", limit_ticks=94), limit("b", 2, 90))}, [2]),
        (
            {
                0: (Send("a", "stop", 70, stop_ticks=120),),
                1: (Replace("a", stop_ticks=140), limit("b", 3, 90)),
            },
            [2],
        ),
        # what is held may be sold, all that sells together
        ({0: (limit("a", -1, 110),)}, [1]),
        (
            {0: (Target(9),), 2: (limit("a", -5, 110), limit("b", -4, 110), limit("c", -1, 110))},
            [4],
        ),
    ],
)
def test_nothing_is_borrowed(script: Actions, refused: list[int]) -> None:
    result = run(script, limits=Limits(borrow=False))

    assert result.denials == tuple((order, "balance_insufficient") for order in refused)
    assert run(script).denials == ()


@pytest.mark.parametrize(
    ("sectors", "codes"),
    [
        ({X: "one", Y: "one"}, ["3 sector_exceeds_max", "4 sector_exceeds_max"]),
        ({X: "one", Y: "other"}, ["4 sector_exceeds_max"]),
        ({X: "one"}, []),
        ({}, []),
    ],
)
def test_a_sector_is_held_against_the_equity(sectors: dict[str, str], codes: list[str]) -> None:
    """Five lots of both together are a twentieth of 10,000; 3 of X work on its wider side."""
    first = Scripted({0: (limit("a", 3, 90), limit("b", -1, 110))})
    second = Scripted({0: (limit("a", 3, 90), limit("b", 6, 90), limit("c", -2, 110))})
    result = compute(
        OracleRun(
            CASH,
            (unit_instrument(X), unit_instrument(Y)),
            (Source(X, bars(flat(100))), Source(Y, bars(flat(100)))),
            (Strategy("s", X, first), Strategy("t", Y, second)),
            limits=Limits(sector_max=Fraction(1, 20), sectors=sectors),
        )
    )

    assert [f"{order} {code}" for order, code in result.denials] == codes


@pytest.mark.parametrize(
    ("filters", "orders", "refused"),
    [
        (Filters(lots_min=3), (limit("a", 3, 90), limit("b", -2, 110)), [2]),
        (Filters(lots_max=3), (limit("a", 3, 90), limit("b", -4, 110)), [2]),
        (Filters(lots_step=3), (limit("a", 3, 90), limit("b", -4, 110), limit("c", 6, 90)), [2]),
        (Filters(ticks_min=90), (limit("a", 3, 90), limit("b", 3, 89)), [2]),
        (Filters(ticks_max=110), (Send("a", "stop", 3, stop_ticks=111), limit("b", 3, 90)), [1]),
        # three at 90 are worth 270, and three at the market, which is at 100, 300
        (Filters(notional_min=Fraction(280)), (limit("a", 3, 90), Send("b", "market", 3)), [1]),
    ],
)
def test_what_the_venue_does_not_take(
    filters: Filters, orders: tuple[Send, ...], refused: list[int]
) -> None:
    result = run({0: orders}, limits=Limits(filters={X: filters}))

    assert result.denials == tuple((order, "filter_violated") for order in refused)


def test_a_venue_looks_at_the_whole_of_an_order_that_is_changed() -> None:
    """Two of four fill in bar 1; what is left may move, and become more in steps of all."""
    rows = (flat(100), (95, 95, 90, 90, 20), flat(100), flat(100))
    script: Actions = {
        0: (limit("a", 4, 91),),
        1: (Replace("a", limit_ticks=92),),
        2: (Replace("a", 6),),
    }
    result = run(script, limits=Limits(filters={X: Filters(lots_step=4)}), rows=rows)

    assert [(order.size, order.filled, order.limit_last) for order in result.orders] == [(4, 2, 92)]


def test_a_stop_that_the_venue_does_not_take_protects_nothing() -> None:
    """The stop would stand at 96: its entry is taken back before anything has filled."""
    stop = AtrStop(1, Fraction(1))
    result = compute(
        OracleRun(
            CASH,
            (unit_instrument(X),),
            (Source(X, bars(flat(100), WIDE, WIDE)),),
            (Strategy("s", X, Scripted({1: (Target(3),)}), (stop,)),),
            limits=Limits(filters={X: Filters(ticks_min=97)}),
        )
    )

    assert result.denials == ((2, "filter_violated"),)
    assert [order.status for order in result.orders] == ["CANCELED", "DENIED"]


@pytest.mark.parametrize(
    ("limits", "second", "codes"),
    [
        # ten are held at 100, worth 1,000; the market is at 200 when the second order comes
        (Limits(lots_max=10), -10, []),
        (Limits(notional_max=Fraction(1_000)), -10, []),
        (Limits(notional_max=Fraction(1_000)), -11, ["notional_exceeds_max"]),
        (Limits(position_max=10), -10, []),
        (Limits(position_max=10), -20, []),
        (Limits(position_max=10), -21, ["position_exceeds_max"]),
        (Limits(gross_max=Fraction(1_000)), -10, []),
        (Limits(gross_max=Fraction(1_000)), -20, []),
        (Limits(gross_max=Fraction(1_000)), 1, ["gross_exceeds_max"]),
        # the account has become worth 11,000
        (Limits(concentration_max=Fraction(1, 10)), -20, []),
        (Limits(concentration_max=Fraction(1, 10)), 1, ["concentration_exceeds_max"]),
        (Limits(concentration_max=Fraction(2, 10)), 1, []),
        (Limits(concentration_max=Fraction(2, 10)), 2, ["concentration_exceeds_max"]),
    ],
)
def test_the_way_out_is_open(limits: Limits, second: int, codes: list[str]) -> None:
    rows = (flat(100), (100, 200, 100, 200, 1_000), flat(200), flat(200))
    script: Actions = {0: (Target(10),), 1: (Send("o", "market", second),)}

    assert [code for _, code in run(script, limits=limits, rows=rows).denials] == codes


def test_a_price_may_be_stale_on_the_way_back() -> None:
    """The excess of a stop and a sale that met one opening is bought back, however late."""
    rows = (flat(100), WIDE, flat(100))
    late = bars(flat(90), flat(91), start=bars(*rows)[-1].ts_close + 4 * HOUR_NS)
    stop = AtrStop(1, Fraction(1))
    found = [
        compute(
            OracleRun(
                CASH,
                (unit_instrument(X),),
                (Source(X, (*bars(*rows), *late)),),
                (Strategy("s", X, Scripted({1: (Target(10),), 2: (Target(0),)}), (stop,)),),
                limits=Limits({X: hours * HOUR_NS}),
            )
        )
        for hours in (3, 4)
    ]

    assert [result.denials for result in found] == [(), ()]
    assert [result.positions["s", X].lots for result in found] == [0, 0]


def test_nothing_is_sent_between_sessions() -> None:
    """Open in hours 0 to 2 and from 3 on: bars close at 1, at 2 (the session too), and at 4."""
    hours = (START, START + 2 * HOUR_NS), (START + 3 * HOUR_NS, START + 9 * HOUR_NS)
    rows = bars(flat(100), flat(100)) + bars(flat(100), start=START + 3 * HOUR_NS)
    raised = (limit("b", 1, 90), Replace("a", 2))
    script: Actions = {0: (limit("a", 1, 90),), 1: raised, 2: (limit("c", 1, 90),)}

    def codes(*, denies: bool, calendar: str | None = "C") -> list[str]:
        instrument = replace(unit_instrument(X), calendar=calendar)
        strategies = (Strategy("s", X, Scripted(script)),)
        case = OracleRun(CASH, (instrument,), (Source(X, rows),), strategies)
        limits = Limits(denies_closed=denies)
        result = compute(replace(case, limits=limits, calendars={"C": hours}))
        assert result.orders[0].size == 1 + (not result.denials)
        return [f"{order} {code}" for order, code in result.denials]

    assert codes(denies=True) == ["2 market_closed"]
    assert codes(denies=False) == codes(denies=True, calendar=None) == []
