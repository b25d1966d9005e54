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
)
DENIALS: Final = (
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
    "trading_halted": "the calculator has no breakers yet, so generated runs set none",
    "reducing_only": "the calculator has no breakers yet, so generated runs set none",
    "duplicate_client_order_id": "the order manager counts its ids, and no id is given twice",
    "parent_overrun": "the order manager sends what lacks, by the same facts as risk counts from",
}
"""Codes that no generated run is denied by, and why; each has tests of its own."""
STEPS: Final = (
    "INITIALIZED > APPROVED",
    "INITIALIZED > DENIED",
    "APPROVED > ACCEPTED",
    "APPROVED > SUBMITTED",
    "SUBMITTED > ACCEPTED",
    "SUBMITTED > REJECTED",
    "APPROVED > REJECTED",
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
    "PENDING_REPLACE > ACCEPTED",
    "PENDING_REPLACE > PARTIALLY_FILLED",
    "PENDING_REPLACE > CANCELED",
    "PENDING_REPLACE > FILLED",
    "PENDING_REPLACE > PENDING_CANCEL",
)
"""From which status to which an order goes in a simulation, as the core has written it down."""

EXPECTED: Final = frozenset(
    (
        *_fills(),
        *ENDS,
        *BARS,
        *(f"decided {reason}" for reason in REASONS),
        *(f"denied {code}" for code in DENIALS),
        *STEPS,
        "under way at the end",
    )
)


def reached(result: OracleResult, whole: Simulation) -> Counter[str]:
    """What one run has met: as the calculator counted it, and the steps its orders took."""
    met = result.met.copy()
    met["under way at the end"] += result.in_flight > 0
    told: dict[int, list[str]] = {}
    for row in rows(whole.core.tables.tables["statuses"]):
        story = told.setdefault(row["order"], [OrderStatus.INITIALIZED.name])
        story.append(OrderStatus(row["status"]).name)
    for story in told.values():
        met.update(f"{before} > {after}" for before, after in pairwise(story) if before != after)
    return met
