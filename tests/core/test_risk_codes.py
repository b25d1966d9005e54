"""Every reason for which risk denies an order is reached by an order, and none other is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.core import making
from tests.core.making import A, B, bar, given, target
from tests.core.risking import FACTS, NOW, cold, filled, limit, moves, own, risk, stop
from trader.calendars.table import calendar
from trader.logic.rules.limits import Facts, Filters
from trader.logic.rules.policy import CODES
from trader.model.account import EquityMarked
from trader.model.control import InstrumentHalted, StrategyDisabled, TradingState
from trader.model.envelope import Message
from trader.model.orders import OrderDenied, SubmitOrder

WORTH = EquityMarked(equity=1_000, peak=1_000, cash=1_000)


def listed(**fields: Any) -> Facts:
    return Facts(name=A, half=1, **fields)


class Denied(NamedTuple):
    """An order, what came before it, and under which limits."""

    order: SubmitOrder
    before: tuple[Message, ...] = ()
    limits: Mapping[str, Any] = MappingProxyType({})
    facts: tuple[Facts, ...] = FACTS


STORY = {
    "trading_halted": Denied(stop(-1, 90), (moves(TradingState.HALTED),)),
    "reducing_only": Denied(own(1), (moves(TradingState.REDUCING),)),
    "duplicate_client_order_id": Denied(own(1), (own(1),)),
    "intent_duplicate": Denied(own(1), (own(1, "a"),), {"intent_window_ns": 1}),
    "instrument_restricted": Denied(own(1), (), {"restricted": (B, A)}),
    "instrument_halted": Denied(own(1), (InstrumentHalted(instrument=A),)),
    "market_closed": Denied(
        own(1), (), {"closed_orders": "deny"}, (listed(sessions=calendar("XNYS")), FACTS[1])
    ),
    "price_stale": Denied(own(1), (bar(100, row=-9),)),
    "price_off_market": Denied(limit(1, 111), (), {"collar": (1, 10)}),
    "self_trade": Denied(own(1), (limit(-1, 110, "a"),)),
    "filter_violated": Denied(own(1), (), {}, (listed(filters=Filters(lots_min=2)), FACTS[1])),
    "lots_exceed_max": Denied(own(6), (), {"lots_max": 5}),
    "notional_exceeds_max": Denied(own(6), (), {"notional_max": 1_000}),
    "position_exceeds_max": Denied(own(3), (own(3, "a"),), {"position_max": 5}),
    "gross_exceeds_max": Denied(
        own(2), (own(2, "a", strategy="two", instrument=B),), {"gross_max": 1_000}
    ),
    "concentration_exceeds_max": Denied(own(3), (WORTH,), {"concentration_max": (1, 2)}),
    "sector_exceeds_max": Denied(
        own(1),
        (WORTH, own(1, "a", strategy="two", instrument=B)),
        {"sector_max": (1, 2)},
        (listed(sector="tech"), Facts(name=B, half=2, sector="tech")),
    ),
    "balance_insufficient": Denied(own(6), (WORTH,), {"borrow": False}),
    "short_forbidden": Denied(own(-6), (filled(5),), {}, (listed(shortable=False), FACTS[1])),
    "open_orders_exceed_max": Denied(own(1), (own(1, "a"),), {"open_orders_max": 1}),
    "rate_exceeds_max": Denied(own(1), (own(1, "a"),), {"orders_max": 1}),
    "repeat_exceeds_max": Denied(own(2), (own(1, "a"),), {"repeats_max": 1}),
    "parent_overrun": Denied(making.submit(6, client_order_id="o"), (target(5),)),
}


def test_the_set_of_codes_is_closed() -> None:
    """Each stands here once, in the order in which they are asked."""
    assert tuple(STORY) == CODES


@pytest.mark.parametrize("code", CODES)
def test_an_order_is_denied_by_the_rule_that_it_breaks(code: str) -> None:
    """The denial is told once, whole, and leaves nothing behind that counts."""
    story = STORY[code]
    gate = risk(*story.facts, **story.limits)
    given(gate, *story.before, now=NOW)
    exposures = [each.worst() for each in gate.state.exposures.values()]
    resting = dict(gate.state.resting)

    denied, *more = given(gate, story.order, now=NOW)

    assert isinstance(denied, OrderDenied)
    assert (denied.code, denied.client_order_id, denied.strategy) == (
        code,
        "o" if code != "trading_halted" else "s",
        "one",
    )
    assert (denied.instrument, denied.lots) == (A, story.order.lots)
    assert denied.detail
    assert more == [StrategyDisabled(strategy="one", code=code)] * (code == "repeat_exceeds_max")
    assert [each.worst() for each in gate.state.exposures.values()] == exposures
    assert gate.state.resting == resting


@pytest.mark.parametrize("code", CODES)
def test_without_what_it_breaks_the_same_order_passes(code: str) -> None:
    story = STORY[code]
    gate = risk()
    before = [target(6)] if code == "parent_overrun" else []

    answers = given(gate, *before, story.order, now=NOW)

    assert not [each for each in answers if isinstance(each, OrderDenied)]


def test_an_instrument_that_nobody_configured_is_denied() -> None:
    [denied] = given(cold(), own(1, instrument="X.v"), now=NOW)

    assert isinstance(denied, OrderDenied)
    assert denied.code == "instrument_restricted"
