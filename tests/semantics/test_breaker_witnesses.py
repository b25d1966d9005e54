"""What trading that is stopped once did wrong, each as small as it gets; and that both say so."""

from fractions import Fraction
from typing import Any

from tests.oracle.breakers import Breakers, OnBreach
from tests.oracle.cases import X, bars, flat, told, unit_instrument
from tests.oracle.gate import Limits
from tests.oracle.market import Bar, Happenings, Source, Split
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun
from tests.oracle.strategies import Actions, Scripted, Send, Strategy, Target
from tests.semantics.witnessing import agreed


def stopped(
    market: tuple[Bar, ...], at_bar: Actions, on_breach: OnBreach, share: str, **settings: Any
) -> OracleResult:
    """A run of 10,000 that may lose this share of its peak."""
    return agreed(
        OracleRun(
            Fraction(10_000),
            (unit_instrument(X),),
            (Source(X, market),),
            (Strategy("s", X, Scripted(at_bar)),),
            breakers=Breakers(drawdown_max=Fraction(share), on_breach=on_breach),
            **settings,
        )
    )


def states(result: OracleResult) -> list[tuple[int, str, str]]:
    return [(row.seq, row.state, row.code) for row in result.states]


def test_an_own_order_that_rests_does_not_keep_a_position_in() -> None:
    """Ten are held and a sale of three rests when 110 of 10,000 are lost: all ten are sold.

    What closes them goes at the opening that follows, and not once the cancel is answered.
    """
    at_bar: Actions = {0: (Target(10), Send("o", "limit", -3, limit_ticks=150))}
    market = bars(flat(100), flat(100), flat(89), flat(88), flat(88))
    result = stopped(market, at_bar, "flatten", "0.01")

    assert result.denials == ()
    assert [(order.lots, order.status) for order in result.orders] == [
        (10, "FILLED"),
        (-3, "CANCELED"),
        (-10, "FILLED"),
    ]
    assert [(fill.seq, fill.lots, fill.ticks) for fill in result.fills] == [
        (1, 10, 100),
        (3, -10, 88),
    ]
    assert states(result) == [(3, "FLATTENING", "drawdown_max"), (3, "HALTED", "flattened")]


def test_what_a_fill_lost_is_told_once_its_order_was_judged() -> None:
    """Ten are taken too late, at a loss of 1,000, and have to go back.

    The order that gives them back asks what the account is worth, and once met the loss half made.
    """
    at_bar: Actions = {0: (Target(10),), 1: (Target(0),)}
    market = bars(flat(100), flat(100), (200, 200, 100, 100, 50), *[flat(100)] * 3)
    result = stopped(
        market,
        at_bar,
        "reduce",
        "0.01",
        latency_ns=1,
        limits=Limits(concentration_max=Fraction(1_000)),
    )

    assert states(result) == [(2, "REDUCING", "drawdown_max")]
    assert [(fill.lots, fill.ticks) for fill in result.fills] == [(10, 200), (-10, 100)]


def test_a_group_closes_for_its_strategy_what_one_of_it_can() -> None:
    """Of thirteen a group may sell six, so four more only reduce; four after those do not."""
    low = flat(40)
    sales = (
        Send("b", "limit", -4, limit_ticks=56, group="g"),
        Send("c", "limit", -6, limit_ticks=61, group="g"),
        Send("d", "limit", -4, limit_ticks=59),
        Send("e", "limit", -4, limit_ticks=58),
    )
    at_bar: Actions = {0: (Send("a", "market", 13),), 2: sales}
    result = stopped(bars(flat(46), flat(46), low, low), at_bar, "reduce", "0.001")

    assert states(result) == [(3, "REDUCING", "drawdown_max")]
    assert result.denials == ((5, "reducing_only"),)


def test_a_loss_by_a_split_closes_the_lots_of_after_it() -> None:
    """Ten lots marked at 47 become seventy at six and a half: 15 are lost, and seventy are sold."""
    market = bars(*[flat(47)] * 3, flat(6), flat(6))
    split = Happenings(X, (Split(market[2].ts_close, 7, 1),))
    result = stopped(market, {0: (Target(10),)}, "flatten", "0.001", happenings=(split,))

    assert [(fill.lots, fill.ticks) for fill in result.fills] == [(10, 47), (-70, 6)]
    assert states(result) == [(4, "FLATTENING", "drawdown_max"), (4, "HALTED", "flattened")]


def test_what_a_fill_cost_closes_what_is_held_after_it() -> None:
    """Of ten that are held five are sold five under the close: as many are left to be sold.

    Spoken of before the fill was booked, it sold what the strategy had held before.
    """
    at_bar: Actions = {0: (Target(10),), 1: (Target(0),)}
    market = bars(flat(100), flat(100), flat(95, 50), *[flat(95)] * 3)
    result = agreed(
        OracleRun(
            Fraction(10_000),
            (unit_instrument(X),),
            (Source(X, market),),
            (Strategy("s", X, Scripted(at_bar)),),
            VenueRules(participation=Fraction(1, 10)),
            breakers=Breakers(
                slippage_bps_max=Fraction(100), slippage_window=1, on_breach="flatten"
            ),
        )
    )

    assert told(result) == [(1, 1, 10, 100), (2, 2, -5, 95), (3, 3, -5, 95)]
    assert states(result) == [(2, "FLATTENING", "slippage_bps_max"), (3, "HALTED", "flattened")]
