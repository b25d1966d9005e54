"""The policy: every rule in the order in which they are asked. The first that says no decides."""

from typing import Final

from trader.logic.rules.case import Case, Maker
from trader.logic.rules.exposure import (
    balance_insufficient,
    concentration_exceeds_max,
    gross_exceeds_max,
    sector_exceeds_max,
    short_forbidden,
)
from trader.logic.rules.filters import filter_violated
from trader.logic.rules.plain import (
    duplicate_client_order_id,
    instrument_restricted,
    intent_duplicate,
    reducing_only,
    trading_halted,
)
from trader.logic.rules.price import price_off_market, self_trade
from trader.logic.rules.repetition import (
    open_orders_exceed_max,
    parent_overrun,
    rate_exceeds_max,
    repeat_exceeds_max,
)
from trader.logic.rules.session import instrument_halted, market_closed, price_stale
from trader.logic.rules.size import lots_exceed_max, notional_exceeds_max, position_exceeds_max
from trader.logic.rules.view import Rule
from trader.model.control import TradingState

POLICY: Final[tuple[Maker, ...]] = (
    trading_halted,
    reducing_only,
    duplicate_client_order_id,
    intent_duplicate,
    instrument_restricted,
    instrument_halted,
    market_closed,
    price_stale,
    price_off_market,
    self_trade,
    filter_violated,
    lots_exceed_max,
    notional_exceeds_max,
    position_exceeds_max,
    gross_exceeds_max,
    concentration_exceeds_max,
    sector_exceeds_max,
    balance_insufficient,
    short_forbidden,
    open_orders_exceed_max,
    rate_exceeds_max,
    repeat_exceeds_max,
    parent_overrun,
)
WAY_OUT: Final[tuple[Maker, ...]] = (
    trading_halted,
    reducing_only,
    duplicate_client_order_id,
    instrument_halted,
    market_closed,
    filter_violated,
)
"""What is asked while flattening: to be out counts more than how."""

CODES: Final = tuple(maker.__name__ for maker in POLICY)
"""The closed set of reasons for which risk denies an order."""


def rules(case: Case) -> tuple[Rule, ...]:
    """The rules that concern such orders, in the policy's order."""
    asked = WAY_OUT if case.trading is TradingState.FLATTENING else POLICY
    return tuple(rule for maker in asked if (rule := maker(case)) is not None)
