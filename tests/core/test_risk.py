"""What risk lets pass, what it remembers of it, and when its breaker trips."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from actors.core.risk import Risk
from tests.core import making
from tests.core.making import A, B, bar, filled, given, reborn
from trader.errors import ConfigError
from trader.logic.rules.limits import Facts, Limits, LimitValue
from trader.model.account import EquityMarked
from trader.model.control import LimitBreached, SessionClosed, TradingState, TradingStateChanged
from trader.model.envelope import Message
from trader.model.orders import (
    OrderApproved,
    OrderBusted,
    OrderCanceled,
    OrderDenied,
    OrderEvent,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderRole,
    OrderStatus,
    OrderType,
    SubmitOrder,
)
from trader.model.units import MINUTE_NS

HALTED, ACTIVE = TradingState.HALTED, TradingState.ACTIVE
CANCELED, FILLED, PARTLY = OrderStatus.CANCELED, OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED
NOW = 2 * MINUTE_NS


def submit(lots: int, **fields: Any) -> SubmitOrder:
    """A strategy's own order, unless it is said to be another's."""
    return making.submit(lots, **{"role": OrderRole.EXPLICIT, **fields})


def trades(state: TradingState = ACTIVE, previous: TradingState = HALTED) -> TradingStateChanged:
    return TradingStateChanged(state=state, previous=previous, code="c", by="b")


def cold(**limits: Any) -> Risk:
    """Halted, and without a price."""
    facts = [Facts(name=A, half=1), Facts(name=B, half=2)]
    return Risk(facts, Limits(**limits), read=read)


def read(limit: str, text: str) -> LimitValue:
    """Whole numbers are all that an operator spells here."""
    if not text.isdigit():
        raise ConfigError(f"{limit} is no number")
    return LimitValue(limit, int(text), text)


def risk(**limits: Any) -> Risk:
    """Active, with A and B at 100 ticks."""
    made = cold(**limits)
    given(made, trades(), bar(100), bar(100, instrument=B), now=NOW)
    return made


def verdicts(gate: Risk, *orders: SubmitOrder, now: int = NOW) -> list[str]:
    """For each order the code of its denial, or nothing."""
    answers = given(gate, *orders, now=now)
    assert all(isinstance(answer, OrderApproved | OrderDenied) for answer in answers)
    return [answer.code if isinstance(answer, OrderDenied) else "" for answer in answers]


def numbered(*lots: int, **fields: Any) -> list[SubmitOrder]:
    """Orders of these lots, each under its own id."""
    return [submit(each, client_order_id=f"o{k}", **fields) for k, each in enumerate(lots)]


def exposed(gate: Risk, instrument: str = A) -> tuple[int, int, int]:
    """The account's lots, and what may still be bought and sold."""
    exposure = gate.state.exposures[instrument]
    return exposure.lots, exposure.buys, exposure.sells


def ended(kind: type[OrderEvent], id_: str = "o0") -> Any:
    fields: dict[str, Any] = {"code": "no"} if kind is OrderRejected else {}
    return kind(client_order_id=id_, instrument=A, **fields)


# -- verdicts ------------------------------------------------------------------------------------


def test_an_order_passes_whole_with_the_version_of_the_limits() -> None:
    order = submit(5)

    assert given(risk(), order, now=NOW) == [OrderApproved(order=order, limits_version=1)]


def test_a_denial_says_whose_order_and_by_which_rule() -> None:
    order = submit(6)

    assert given(risk(lots_max=5), order, now=NOW) == [
        OrderDenied(
            client_order_id="main-one-1-1",
            strategy="one",
            instrument=A,
            lots=6,
            code="lots_exceed_max",
            detail="6 lots, allowed 5",
        )
    ]


@pytest.mark.parametrize(
    ("lots", "code"), [(5, ""), (6, "lots_exceed_max"), (-6, "lots_exceed_max")]
)
def test_lots_beyond_the_limit_are_denied(lots: int, code: str) -> None:
    """The limit itself is allowed; one lot beyond it is not, on either side."""
    assert verdicts(risk(lots_max=5), submit(lots)) == [code]


@pytest.mark.parametrize(
    ("before", "now", "code"),
    [
        ([], NOW, "trading_halted"),
        ([bar(100)], NOW, "trading_halted"),  # the first rule that says no decides
        ([trades()], NOW, "price_stale"),
        ([trades(), bar(100)], NOW, ""),
        ([trades(), bar(100)], NOW + MINUTE_NS, ""),
        ([trades(), bar(100)], NOW + MINUTE_NS + 1, "price_stale"),
        ([trades(), bar(100, instrument=B)], NOW, "price_stale"),
        ([trades(), bar(100), trades(HALTED, ACTIVE)], NOW, "trading_halted"),
    ],
)
def test_it_knows_the_trading_state_and_the_age_of_a_price(
    before: list[Message], now: int, code: str
) -> None:
    gate = cold()
    given(gate, *before, now=NOW)

    assert verdicts(gate, submit(5), now=now) == [code]


def test_an_id_is_used_once_in_a_session() -> None:
    """With the session the ids of ended orders are forgotten; one still open stays."""
    gate = risk()
    ended_one, open_one = numbered(1, 1)
    given(gate, ended_one, open_one, ended(OrderCanceled, "o0"), now=NOW)

    duplicate = "duplicate_client_order_id"
    assert verdicts(gate, ended_one, open_one) == [duplicate, duplicate]
    given(gate, SessionClosed(calendar="UTC", session=0))
    assert verdicts(gate, ended_one, open_one) == ["", duplicate]


def test_a_denied_order_leaves_no_trace() -> None:
    gate = risk(lots_max=5)
    given(gate, submit(1, client_order_id="first"), now=NOW)
    before = gate.dump()

    verdicts(gate, submit(6))

    assert gate.dump() == before
    assert verdicts(gate, submit(5)) == [""]  # its id is still free


def test_approvals_are_counted_in_a_window_and_protection_is_not() -> None:
    gate = risk(orders_max=2, orders_window_ns=1_000)
    stop = submit(
        -1,
        client_order_id="stop",
        role=OrderRole.PROTECTION,
        order_type=OrderType.STOP,
        stop_ticks=90,
    )
    first, second, third, fourth = numbered(1, 1, 1, 1)

    assert verdicts(gate, first, stop, second, third) == ["", "", "", "rate_exceeds_max"]
    assert verdicts(gate, third, fourth, now=NOW + 999) == ["rate_exceeds_max"] * 2
    assert verdicts(gate, third, fourth, now=NOW + 1_000) == ["", ""]


def test_without_a_rate_limit_no_instant_is_kept() -> None:
    gate = risk()
    verdicts(gate, *numbered(1, 1, 1))

    assert gate.state.approved_at == []


def test_an_order_that_would_meet_a_resting_one_is_denied_while_that_rests() -> None:
    gate = risk()
    resting = submit(5, client_order_id="o0", order_type=OrderType.LIMIT, limit_ticks=90)

    assert verdicts(gate, resting, submit(-5)) == ["", "self_trade"]
    given(gate, ended(OrderCanceled))
    assert verdicts(gate, submit(-5)) == [""]


@pytest.mark.parametrize(("close", "code"), [(100, ""), (101, "notional_exceeds_max")])
def test_an_order_is_worth_what_the_last_bar_says(close: int, code: str) -> None:
    """A tick x lot of A is worth two."""
    gate = risk(notional_max=1_000)
    given(gate, bar(close, row=2), now=NOW)

    assert verdicts(gate, submit(5)) == [code]


# -- exposure ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], (0, 5, -3)),
        ([filled(2, client_order_id="o0", status=PARTLY)], (2, 3, -3)),
        ([filled(5, client_order_id="o0", status=FILLED)], (5, 0, -3)),
        ([filled(-3, client_order_id="o1", status=FILLED)], (-3, 5, 0)),
        ([ended(OrderCanceled)], (0, 0, -3)),
        ([ended(OrderExpired)], (0, 0, -3)),
        ([ended(OrderRejected)], (0, 0, -3)),
        ([filled(2, client_order_id="o0", status=PARTLY), ended(OrderCanceled)], (2, 0, -3)),
        # A fill that crossed our cancel: the order is forgotten, the lots are there.
        ([ended(OrderCanceled), filled(2, client_order_id="o0", status=CANCELED)], (2, 0, -3)),
        ([ended(OrderCanceled), ended(OrderCanceled)], (0, 0, -3)),
        # More than was ordered counts as held, and what was ordered leaves whole.
        (
            [filled(7, client_order_id="o0", status=PARTLY), ended(OrderCanceled)],
            (7, 0, -3),
        ),
    ],
)
def test_the_worst_case_follows_every_event(
    messages: list[Message], expected: tuple[int, int, int]
) -> None:
    gate = risk()
    given(gate, *numbered(5, -3), now=NOW)

    assert given(gate, *messages) == []
    assert exposed(gate) == expected
    assert exposed(gate, B) == (0, 0, 0)


@pytest.mark.parametrize(("lots", "expected"), [(1, (0, 1, 0)), (-1, (0, 0, -1))])
def test_one_lot_counts_on_its_side(lots: int, expected: tuple[int, int, int]) -> None:
    gate = risk()
    given(gate, submit(lots), now=NOW)

    assert exposed(gate) == expected


def test_an_order_that_is_filled_rests_no_more() -> None:
    gate = risk()
    resting = submit(5, client_order_id="o0", order_type=OrderType.LIMIT, limit_ticks=90)
    given(gate, resting, filled(5, client_order_id="o0", status=FILLED), now=NOW)

    assert gate.state.resting == {}
    assert verdicts(gate, submit(-5)) == [""]


@pytest.mark.parametrize(
    ("lots", "filled_before", "expected"), [(3, 0, (0, 3, 0)), (3, 2, (2, 1, 0)), (2, 2, (2, 0, 0))]
)
def test_a_replacement_lowers_what_may_still_fill(
    lots: int, filled_before: int, expected: tuple[int, int, int]
) -> None:
    gate = risk()
    given(gate, *numbered(5), now=NOW)
    if filled_before:
        given(gate, filled(filled_before, client_order_id="o0", status=PARTLY))
    replaced = OrderReplaced(
        client_order_id="o0", instrument=A, lots=lots, lots_filled=filled_before
    )

    given(gate, replaced)

    assert exposed(gate) == expected
    given(gate, ended(OrderCanceled))
    assert exposed(gate) == (filled_before, 0, 0)
    given(gate, replaced)  # a late one concerns nobody
    assert exposed(gate) == (filled_before, 0, 0)


def test_a_bust_takes_the_lots_back() -> None:
    gate = risk()
    given(gate, *numbered(5), filled(5, client_order_id="o0", status=FILLED), now=NOW)
    bust = OrderBusted(
        client_order_id="o0", instrument=A, trade_id="t", last_lots=2, last_ticks=100
    )

    given(gate, bust)

    assert exposed(gate) == (3, 0, 0)


def test_protection_is_no_exposure_whatever_becomes_of_it() -> None:
    """It works for no more than its entry has filled."""
    gate = risk(position_max=5)
    entry, stop = numbered(5, -5)
    stop = submit(-5, client_order_id="o1", role=OrderRole.PROTECTION)
    assert verdicts(gate, entry, stop) == ["", ""]

    assert exposed(gate) == (0, 5, 0)
    given(gate, filled(5, client_order_id="o0", status=FILLED))
    given(gate, filled(-2, client_order_id="o1", status=PARTLY))
    assert exposed(gate) == (3, 0, 0)
    given(gate, ended(OrderCanceled, "o1"))
    assert exposed(gate) == (3, 0, 0)


def test_the_position_limit_holds_in_the_worst_case() -> None:
    gate = risk(position_max=5)
    buys, sells, more = numbered(5, -5, 1)

    assert verdicts(gate, buys, sells, more) == ["", "", "position_exceeds_max"]
    given(gate, ended(OrderCanceled))
    assert verdicts(gate, more) == [""]


# -- breaker -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "equity", "peak", "tripped"),
    [
        ((1, 10), 100, 100, []),
        ((1, 10), 90, 100, []),  # exactly as much as allowed
        ((1, 10), 89, 100, [LimitBreached(limit="drawdown_max", value=11, bound=10)]),
        ((1, 10), 9, 11, [LimitBreached(limit="drawdown_max", value=2, bound=1)]),
        ((1, 10), -5, 100, [LimitBreached(limit="drawdown_max", value=105, bound=10)]),
        ((3, 10), 70, 100, []),
        ((3, 10), 69, 100, [LimitBreached(limit="drawdown_max", value=31, bound=30)]),
    ],
)
def test_a_drawdown_beyond_the_allowed_trips_the_breaker(
    allowed: tuple[int, int], equity: int, peak: int, tripped: Sequence[Message]
) -> None:
    marked = EquityMarked(equity=equity, peak=peak)

    assert given(risk(drawdown_max=allowed), marked) == tripped
    assert given(risk(), marked) == []


def test_the_breaker_rests_while_trading_is_halted() -> None:
    lost = EquityMarked(equity=1, peak=100)

    assert given(cold(drawdown_max=(1, 10)), lost) == []


# -- restart -------------------------------------------------------------------------------------

IDS = st.sampled_from(["o0", "o1", "o2"])
EVENTS = st.one_of(
    st.builds(
        submit,
        st.integers(-6, 6).filter(bool),
        client_order_id=IDS,
        limit_ticks=st.none() | st.integers(98, 102),
        role=st.sampled_from(OrderRole),
    ),
    st.builds(
        filled,
        st.integers(-4, 4).filter(bool),
        client_order_id=IDS,
        status=st.sampled_from([PARTLY, FILLED, CANCELED]),
    ),
    st.builds(ended, st.sampled_from([OrderCanceled, OrderRejected]), IDS),
    st.builds(bar, st.integers(90, 110)),
    st.builds(EquityMarked, equity=st.integers(80, 100), peak=st.just(100)),
    st.just(SessionClosed(calendar="UTC", session=0)),
)


@generated(st.lists(EVENTS, max_size=20), st.integers(0, 20))
def test_whatever_comes_it_goes_on_after_a_restart_as_before(
    events: list[Message], at: int
) -> None:
    """And nothing is left of the exposure of orders that have all ended."""
    limits: dict[str, Any] = {
        "lots_max": 5,
        "position_max": 9,
        "gross_max": 3_000,
        "notional_max": 1_500,
        "orders_max": 3,
        "drawdown_max": (1, 10),
    }
    gate = risk(**limits)
    given(gate, *events[:at], now=NOW)
    again = reborn(gate, cold(**limits))

    assert given(again, *events[at:], now=NOW) == given(gate, *events[at:], now=NOW)
    assert again.dump() == gate.dump()
    given(gate, *(ended(OrderCanceled, id_) for id_ in ("o0", "o1", "o2")))
    assert exposed(gate)[1:] == (0, 0)
    assert gate.state.resting == {}
