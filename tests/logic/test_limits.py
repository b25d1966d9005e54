"""Each limit at its last allowed value and one beyond it, and the order in which they speak."""

import pytest

from tests.logic.making import FRESH_NS, NOW, knows, limit, stop, submit
from trader.logic.limits import (
    ALWAYS,
    Denial,
    Exposure,
    Limits,
    Resting,
    RiskView,
    Rule,
    duplicate_client_order_id,
    gross_exceeds_max,
    lots_exceed_max,
    notional_exceeds_max,
    position_exceeds_max,
    price_stale,
    rate_exceeds_max,
    rules,
    self_trade,
    short_forbidden,
    trading_halted,
)
from trader.model.control import TradingState
from trader.model.orders import OrderRole, SubmitOrder

PROTECTION = OrderRole.PROTECTION


def code(denial: Denial | None) -> str:
    return denial.code if denial else ""


def resting(lots: int, ticks: int | None, *, instrument: str = "A") -> Resting:
    side = 1 if lots > 0 else -1
    role = OrderRole.EXPLICIT
    return Resting(instrument=instrument, left=lots, side=side, role=role, limit_ticks=ticks)


@pytest.mark.parametrize(
    ("trading", "position", "lots", "said"),
    [
        (TradingState.ACTIVE, 0, 5, ""),
        (TradingState.HALTED, 0, 5, "trading_halted"),
        (TradingState.HALTED, 5, -5, "trading_halted"),  # not even out
        (TradingState.REDUCING, 5, -4, ""),
        (TradingState.REDUCING, 5, -5, ""),
        (TradingState.REDUCING, 5, -6, "reducing_only"),  # through zero
        (TradingState.REDUCING, 5, 1, "reducing_only"),
        (TradingState.REDUCING, -5, 5, ""),
        (TradingState.REDUCING, -5, 6, "reducing_only"),
        (TradingState.REDUCING, -5, -1, "reducing_only"),
        (TradingState.REDUCING, 0, 1, "reducing_only"),
        (TradingState.REDUCING, 0, -1, "reducing_only"),
    ],
)
def test_the_trading_state_decides_first(
    trading: TradingState, position: int, lots: int, said: str
) -> None:
    view = knows(lots=position)
    view.trading = trading

    assert code(trading_halted(submit(lots), view, NOW)) == said


def test_before_the_first_bar_there_is_no_price() -> None:
    view = RiskView(exposures={"A": Exposure(tick_lot=1, stale_after_ns=FRESH_NS)})

    assert price_stale(submit(1), view, 1) == Denial("price_stale", "no price yet")


def test_an_id_is_used_once() -> None:
    view = knows()
    view.seen["o1"] = True

    assert code(duplicate_client_order_id(submit(1), view, NOW)) == "duplicate_client_order_id"
    assert duplicate_client_order_id(submit(1, client_order_id="o2"), view, NOW) is None


@pytest.mark.parametrize(
    ("known", "said", "detail"),
    [
        ({"ts": NOW}, "", ""),
        ({"ts": NOW - FRESH_NS + 1}, "", ""),
        ({"ts": NOW - FRESH_NS}, "", ""),  # exactly as old as allowed
        ({"ts": NOW - FRESH_NS - 1}, "price_stale", f"last price is {FRESH_NS + 1} ns old"),
        ({"ts": 0, "ticks": 0}, "price_stale", "no price yet"),
        ({"ts": NOW - FRESH_NS - 1, "lots": -1}, "", ""),  # the way back is open
    ],
)
def test_a_price_grows_stale(known: dict[str, int], said: str, detail: str) -> None:
    denial = price_stale(submit(1), knows(**known), NOW)

    assert code(denial) == said
    assert (denial.detail if denial else "") == detail


def test_a_stop_is_not_measured_by_the_size_of_one_order() -> None:
    """It only ever closes what its entry has opened."""
    stop = submit(-50, role=OrderRole.PROTECTION)

    assert lots_exceed_max(10)(stop, knows(), NOW) is None
    assert notional_exceeds_max(10)(stop, knows(), NOW) is None


def test_a_large_position_may_be_left_at_once() -> None:
    held = knows(lots=20)

    assert lots_exceed_max(10)(submit(-20), held, NOW) is None
    assert notional_exceeds_max(10)(submit(-20), held, NOW) is None
    assert code(lots_exceed_max(10)(submit(-21), held, NOW)) == "lots_exceed_max"


def test_the_way_back_does_not_lead_past_zero() -> None:
    """Twenty short where ten are allowed: nineteen back would pass, thirty-nine would not."""
    rule = position_exceeds_max(10)

    assert rule(submit(19), knows(lots=-20), NOW) is None
    assert code(rule(submit(39), knows(lots=-20), NOW)) == "position_exceeds_max"


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (limit(5, 99), ""),  # below the resting sell
        (limit(5, 100), "self_trade"),  # at it
        (limit(5, 101), "self_trade"),  # through it
        (limit(-5, 91), ""),  # above the resting buy
        (limit(-5, 90), "self_trade"),
        (limit(-5, 89), "self_trade"),
        (submit(5), "self_trade"),  # a market order meets every price
        (submit(-5), "self_trade"),
        (stop(5, 200), ""),  # a stop rests too, and trades later with whoever is there then
        (limit(5, 200, instrument="B"), ""),
        (submit(-5, instrument="B"), "self_trade"),
        (submit(5, instrument="B"), ""),  # beside a buy
    ],
)
def test_no_order_meets_one_of_our_own(order: SubmitOrder, said: str) -> None:
    view = knows()
    view.resting = {
        "stop": resting(-5, None),
        "sell": resting(-5, 100),
        "buy": resting(5, 90),
        "other": resting(5, 40, instrument="B"),
    }

    assert code(self_trade(order, view, NOW)) == said


def test_an_order_of_which_nothing_is_left_is_in_nobodys_way() -> None:
    view = knows()
    view.resting["filled"] = resting(-5, 100)
    view.resting["filled"].left = 0

    assert self_trade(submit(5), view, NOW) is None


@pytest.mark.parametrize(("trading_with", "lots"), [("sell", 5), ("buy", -5)])
def test_the_order_it_would_meet_is_named(trading_with: str, lots: int) -> None:
    view = knows()
    view.resting = {"sell": resting(-5, 100), "buy": resting(5, 90)}
    denial = self_trade(submit(lots), view, NOW)

    assert denial is not None
    assert trading_with in denial.detail


@pytest.mark.parametrize(
    ("lots", "said"),
    [(4, ""), (5, ""), (6, "lots_exceed_max"), (-5, ""), (-6, "lots_exceed_max")],
)
def test_lots_beyond_the_limit_are_denied(lots: int, said: str) -> None:
    rule = lots_exceed_max(5)

    assert code(rule(submit(lots), knows(), NOW)) == said
    assert rule(stop(lots, 90, role=PROTECTION), knows(), NOW) is None


@pytest.mark.parametrize(
    ("order", "worth"),
    [
        (submit(5), 5 * 100 * 2),  # at the last price
        (submit(-5), 5 * 100 * 2),
        (limit(5, 90), 5 * 90 * 2),  # at its own price
        (limit(-5, 130), 5 * 130 * 2),
        (stop(5, 120), 5 * 120 * 2),
    ],
)
def test_worth_beyond_the_limit_is_denied(order: SubmitOrder, worth: int) -> None:
    view = knows(tick_lot=2)

    assert notional_exceeds_max(worth + 1)(order, view, NOW) is None
    assert notional_exceeds_max(worth)(order, view, NOW) is None
    assert code(notional_exceeds_max(worth - 1)(order, view, NOW)) == "notional_exceeds_max"


def test_worth_is_counted_beyond_int64() -> None:
    """A limit must not be slipped under by wrapping around."""
    view = knows(tick_lot=10**12, ticks=10**12)

    assert code(notional_exceeds_max(10**30)(submit(10**9), view, NOW)) == "notional_exceeds_max"


@pytest.mark.parametrize(
    ("lots", "buys", "sells", "order", "worst"),
    [
        (0, 0, 0, 5, 5),
        (0, 0, 0, -5, 5),
        (3, 0, 0, 5, 8),
        (3, 4, 0, 5, 12),  # all buys fill, no sell does
        (3, 4, -9, 5, 12),
        (3, 4, -9, -5, 11),  # all sells fill, no buy does
        (-3, 0, -4, -5, 12),
        (-3, 10, -4, 1, 8),
        (-3, 10, -4, -1, 8),
    ],
)
def test_the_worst_case_counts_the_open_orders_of_one_side(
    lots: int, buys: int, sells: int, order: int, worst: int
) -> None:
    view = knows(lots=lots, buys=buys, sells=sells)

    assert view.exposures["A"].worst(order) == worst
    assert position_exceeds_max(worst + 1)(submit(order), view, NOW) is None
    assert position_exceeds_max(worst)(submit(order), view, NOW) is None
    assert code(position_exceeds_max(worst - 1)(submit(order), view, NOW)) == "position_exceeds_max"


def test_the_worst_case_without_an_order_is_that_of_the_open_ones() -> None:
    assert Exposure(tick_lot=1, stale_after_ns=1, lots=2, buys=3, sells=-9).worst() == 7


@pytest.mark.parametrize(
    ("order", "gross"),
    [
        (submit(5), (2 + 5) * 100 * 1 + 4 * 50 * 3),
        (submit(-5), (5 - 2) * 100 * 1 + 4 * 50 * 3),
        (submit(-5, instrument="B"), 2 * 100 * 1 + (4 + 5) * 50 * 3),
    ],
)
def test_exposure_beyond_the_limit_is_denied(order: SubmitOrder, gross: int) -> None:
    """Over all instruments: 2 lots of A at 100, 4 short in B at 50 with three quanta a tick."""
    view = knows(lots=2)
    view.exposures["B"].lots = -4

    assert gross_exceeds_max(gross + 1)(order, view, NOW) is None
    assert gross_exceeds_max(gross)(order, view, NOW) is None
    assert code(gross_exceeds_max(gross - 1)(order, view, NOW)) == "gross_exceeds_max"


@pytest.mark.parametrize(
    ("lots", "sells", "order", "said"),
    [
        (5, 0, -4, ""),
        (5, 0, -5, ""),  # down to nothing
        (5, 0, -6, "short_forbidden"),
        (5, -3, -2, ""),
        (5, -3, -3, "short_forbidden"),  # both sells could fill
        (0, 0, -1, "short_forbidden"),
        (0, 0, 1, ""),
        (-3, 0, 2, ""),  # a short that is there may be bought back
    ],
)
def test_what_may_not_be_sold_short_never_could_be(
    lots: int, sells: int, order: int, said: str
) -> None:
    rule = short_forbidden(("A",))

    assert code(rule(submit(order), knows(lots=lots, sells=sells), NOW)) == said
    assert rule(submit(order, instrument="B"), knows(lots=lots, sells=sells), NOW) is None


@pytest.mark.parametrize(
    ("approved", "said"),
    [
        ([], ""),
        ([NOW - 1], ""),
        ([NOW - 1, NOW], "rate_exceeds_max"),
        ([NOW - 99, NOW - 98], "rate_exceeds_max"),
        ([NOW - 100, NOW - 99], ""),  # the first has left the window
    ],
)
def test_orders_beyond_the_rate_are_denied(approved: list[int], said: str) -> None:
    """Two in 100 ns are allowed; protection is never held up."""
    view = knows()
    view.approved_at = approved
    rule = rate_exceeds_max(2, 100)

    assert rule(stop(1, 90, role=PROTECTION), view, NOW) is None
    assert code(rule(submit(1), view, NOW)) == said


@pytest.mark.parametrize(
    "rule",
    [
        lots_exceed_max(0),
        notional_exceeds_max(0),
        position_exceeds_max(0),
        gross_exceeds_max(0),
        short_forbidden(("A",)),
        rate_exceeds_max(0, 1),
    ],
    ids=["lots", "notional", "position", "gross", "short", "rate"],
)
def test_rules_of_size_do_not_concern_protection(rule: Rule) -> None:
    """It never works for more than its entry has filled."""
    assert rule(submit(-9), knows(), NOW) is not None
    assert rule(stop(-9, 90, role=PROTECTION), knows(), NOW) is None


EVERYTHING = Limits(
    lots_max=5,
    notional_max=500,
    position_max=5,
    gross_max=500,
    orders_max=1,
    orders_window_ns=100,
    long_only=("A",),
    drawdown_max=(1, 10),
)

POLICY = [
    "trading_halted",
    "duplicate_client_order_id",
    "price_stale",
    "self_trade",
    "lots_exceed_max",
    "notional_exceeds_max",
    "position_exceeds_max",
    "gross_exceeds_max",
    "short_forbidden",
    "rate_exceeds_max",
]


def against_everything() -> RiskView:
    view = knows(ts=NOW - 2 * FRESH_NS)
    view.trading = TradingState.HALTED
    view.seen["o1"] = True
    view.resting["buy"] = resting(5, 90)
    view.approved_at = [NOW]
    return view


def test_the_rules_speak_in_the_order_of_the_policy() -> None:
    """An order against all of them is denied by the first; its code is the reason."""
    view = against_everything()

    assert [code(rule(submit(-6), view, NOW)) for rule in rules(EVERYTHING)] == POLICY


def test_a_limit_that_is_not_set_has_no_rule() -> None:
    assert rules(Limits()) == ALWAYS
    assert [code(rule(submit(-6), against_everything(), NOW)) for rule in ALWAYS] == POLICY[:4]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(lots_max=5), "lots_exceed_max"),
        (Limits(notional_max=500), "notional_exceeds_max"),
        (Limits(position_max=5), "position_exceeds_max"),
        (Limits(gross_max=500), "gross_exceeds_max"),
        (Limits(long_only=("A",)), "short_forbidden"),
        (Limits(orders_max=0), "rate_exceeds_max"),
        (Limits(lots_max=0), "lots_exceed_max"),  # a limit of nothing is a limit
    ],
)
def test_each_limit_brings_its_rule(limits: Limits, said: str) -> None:
    built = rules(limits)

    assert built[: len(ALWAYS)] == ALWAYS
    assert [code(rule(submit(-6), knows(), NOW)) for rule in built[len(ALWAYS) :]] == [said]


def test_an_order_within_every_limit_passes() -> None:
    limits = Limits(lots_max=5, notional_max=500, position_max=5, gross_max=500, orders_max=1)

    assert [rule(submit(5), knows(), NOW) for rule in rules(limits)] == [None] * 9


def test_a_view_starts_halted() -> None:
    assert RiskView(exposures={}).trading is TradingState.HALTED
