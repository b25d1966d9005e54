"""What generated runs must have met before their agreement means anything.

A comparison proves nothing about what it never saw. Each cell is a few words; a generator that
stops reaching one of them fails as if the core were wrong.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from sims.simulation import Simulation
from tests.oracle.orders import TIMES_IN_FORCE, TYPES
from tests.oracle.run import OracleResult
from tests.semantics.reading import rows
from trader.model.orders import OrderStatus


def _fills() -> Iterator[str]:
    """Each type of order with each time in force, filled at an opening, inside a bar, or never."""
    for kind in TYPES:
        for tif in TIMES_IN_FORCE:
            yield f"{kind} {tif} never"
            if tif == "GTX" and kind != "limit":
                continue
            yield f"{kind} {tif} opening"
            is_brief = tif in ("IOC", "FOK")
            if kind == "stop" or (kind in ("limit", "stop_limit") and not is_brief):
                yield f"{kind} {tif} inside"


ENDS: Final = (
    "canceled asked_for",
    "canceled group",
    "canceled parent_ended",
    "canceled post_only",
    "canceled nothing_left",
    "canceled ioc",
    "canceled fok",
    "canceled split",
    "canceled trading_halted",
    "canceled reducing_only",
    "rejected post_only",
    "rejected unknown_parent",
    "expired session_closed",
)
BARS: Final = (
    "stops first",
    "targets first",
    "parent filled inside",
    "session closed inside a bar",
    "cancel inside a bar",
    "replacement inside a bar",
    "split with working orders",
    "halt with working orders",
)
REASONS: Final = (
    "cross_up",
    "cross_down",
    "cross_against_trend",
    "below_band",
    "above_band",
    "rsi_low",
    "rsi_high",
    "below_vwap",
    "above_vwap",
    "flat_at_close",
    "reverted",
    "first_bar",
    "scripted",
    "warming_up",
    "atr_stop",
    "take_profit",
    "trailing",
    "time_stop",
    "drawdown_max",
    "daily_loss_max",
    "slippage_bps_max",
    "unprotected_max",
)
DENIALS: Final = (
    "trading_halted",
    "reducing_only",
    "intent_duplicate",
    "instrument_restricted",
    "instrument_halted",
    "market_closed",
    "price_off_market",
    "open_orders_exceed_max",
    "price_stale",
    "self_trade",
    "filter_violated",
    "lots_exceed_max",
    "notional_exceeds_max",
    "position_exceeds_max",
    "gross_exceeds_max",
    "concentration_exceeds_max",
    "sector_exceeds_max",
    "balance_insufficient",
    "short_forbidden",
    "rate_exceeds_max",
    "repeat_exceeds_max",
)
UNREACHED: Final = {
    "duplicate_client_order_id": "the order manager counts its ids, and no id is given twice",
    "parent_overrun": "the order manager sends what lacks, by the same facts as risk counts from",
}
"""Codes that no generated run is denied by, and why; each has tests of its own."""
BREAKERS: Final = ("drawdown_max", "daily_loss_max", "slippage_bps_max", "unprotected_max")
STATES: Final = (
    "ACTIVE > HALTED",
    "ACTIVE > REDUCING",
    "ACTIVE > FLATTENING",
    "FLATTENING > HALTED",
)
"""What becomes of trading where nobody takes part."""
_PENDING: Final = ("PENDING_CANCEL", "PENDING_REPLACE")
_WORKING: Final = ("ACCEPTED", "PARTIALLY_FILLED")
_ENDED: Final = ("FILLED", "CANCELED", "REJECTED", "EXPIRED")
STEPS: Final = (
    "INITIALIZED > APPROVED",
    "INITIALIZED > DENIED",
    "APPROVED > ACCEPTED",
    "APPROVED > SUBMITTED",
    "SUBMITTED > ACCEPTED",
    "SUBMITTED > REJECTED",
    "SUBMITTED > PENDING_CANCEL",
    "APPROVED > REJECTED",
    "APPROVED > PENDING_CANCEL",
    "APPROVED > CANCELED",
    "ACCEPTED > FILLED",
    "ACCEPTED > PARTIALLY_FILLED",
    "ACCEPTED > CANCELED",
    "ACCEPTED > EXPIRED",
    "ACCEPTED > REJECTED",
    "ACCEPTED > PENDING_CANCEL",
    "ACCEPTED > PENDING_REPLACE",
    "PARTIALLY_FILLED > FILLED",
    "PARTIALLY_FILLED > CANCELED",
    "PARTIALLY_FILLED > EXPIRED",
    "PARTIALLY_FILLED > PENDING_CANCEL",
    "PARTIALLY_FILLED > PENDING_REPLACE",
    "PENDING_CANCEL > CANCELED",
    "PENDING_CANCEL > FILLED",
    "PENDING_CANCEL > EXPIRED",
    "PENDING_CANCEL > REJECTED",
    "PENDING_REPLACE > ACCEPTED",
    "PENDING_REPLACE > PARTIALLY_FILLED",
    "PENDING_REPLACE > CANCELED",
    "PENDING_REPLACE > FILLED",
    "PENDING_REPLACE > REJECTED",
    "PENDING_REPLACE > EXPIRED",
    "PENDING_REPLACE > PENDING_CANCEL",
)
"""From which status to which an order goes in a simulation, as the core has written it down."""
UNREACHED_STEPS: Final = {
    **dict.fromkeys(
        (
            *(f"{status} > IN_DOUBT" for status in ("APPROVED", "SUBMITTED", *_PENDING)),
            *(f"IN_DOUBT > {status}" for status in (*_WORKING, *_ENDED)),
        ),
        "nothing that a simulated venue says is lost on its way",
    ),
    **dict.fromkeys(
        (
            *(f"APPROVED > {status}" for status in ("PARTIALLY_FILLED", "FILLED", "EXPIRED")),
            *(f"SUBMITTED > {status}" for status in ("PARTIALLY_FILLED", "FILLED", "EXPIRED")),
            "SUBMITTED > CANCELED",
        ),
        "a simulated venue first says that it has an order",
    ),
    **dict.fromkeys(
        (f"PENDING_CANCEL > {status}" for status in _WORKING),
        "a simulated venue refuses no cancel but of what has ended",
    ),
    **dict.fromkeys(
        ("REJECTED > PARTIALLY_FILLED", "REJECTED > FILLED"),
        "only an order in doubt is rejected before anybody knows",
    ),
}
"""Steps of the table of an order's life that no simulation takes, and why."""

EXPECTED: Final = frozenset(
    (
        *_fills(),
        *ENDS,
        *BARS,
        *(f"decided {reason}" for reason in REASONS),
        *(f"denied {code}" for code in DENIALS),
        *(f"trading {turn}" for turn in STATES),
        *(f"stopped by {breaker}" for breaker in BREAKERS),
        *STEPS,
        "under way at the end",
        "under way at a split",
    )
)


def reached(result: OracleResult, whole: Simulation) -> Counter[str]:
    """What one run has met: as the calculator counted it, and the steps its orders took."""
    met = result.met.copy()
    met["under way at the end"] += result.in_flight > 0
    states = ["ACTIVE", *(row.state for row in result.states)]
    met.update(f"trading {before} > {after}" for before, after in pairwise(states))
    met.update(f"stopped by {row.code}" for row in result.states)
    told: dict[int, list[str]] = {}
    for row in rows(whole.core.tables.tables["statuses"]):
        story = told.setdefault(row["order"], [OrderStatus.INITIALIZED.name])
        story.append(OrderStatus(row["status"]).name)
    for story in told.values():
        met.update(f"{before} > {after}" for before, after in pairwise(story) if before != after)
    return met
