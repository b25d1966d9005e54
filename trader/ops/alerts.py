"""What a person has to be told of, and how often.

An alert is made from an event of the daemon, by one table. The same alert again within a channel's
quiet time is counted and not sent; the next one that is sent says how many there were.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from msgspec import Struct

from trader.config.ops_schema import AlertKind
from trader.model.units import Nanoseconds

REMEMBERED_MAX: Final = 1_000
"""Alerts whose repetition is noticed; many are about one order each."""
Event: TypeAlias = Mapping[str, Any]


class Alert(Struct, frozen=True, kw_only=True):
    """One thing that somebody should know. `about` tells two of a kind apart."""

    kind: AlertKind
    about: str
    text: str
    ts: Nanoseconds


class Quiet:
    """Lets an alert through once in a time, and counts the others; it remembers the latest."""

    def __init__(self, time: Nanoseconds) -> None:
        self._time: Final = time
        self._last: dict[tuple[str, str], Nanoseconds] = {}
        self._held: dict[tuple[str, str], int] = {}

    def passes(self, alert: Alert) -> int | None:
        """How many like it were held back before it; None if it is held back itself."""
        key = alert.kind, alert.about
        last = self._last.get(key)
        if last is not None and alert.ts - last < self._time:
            self._held[key] = self._held.get(key, 0) + 1
            return None
        self._last.pop(key, None)
        self._last[key] = alert.ts
        if len(self._last) > REMEMBERED_MAX:
            eldest = next(iter(self._last))
            del self._last[eldest]
            self._held.pop(eldest, None)
        return self._held.pop(key, 0)


def alert_of(event: Event) -> Alert | None:
    """The alert that an event is; most are none."""
    make = _ALERTS.get(event["event"])
    made = None if make is None else make(event)
    if made is None:
        return None
    kind, about, text = made
    return Alert(kind=kind, about=about, text=text, ts=event["ts"])


Made: TypeAlias = tuple[AlertKind, str, str]


def _state(event: Event) -> Made | None:
    if event["state"] == "active" or event["code"] in _TOLD_OTHERWISE:
        return None
    return "halt", event["state"], f"trading is {event['state']}: {event['code']}, {event['by']}"


_TOLD_OTHERWISE: Final = frozenset({"restarted", "clock_untrusted"})


def _clock(event: Event) -> Made:
    text = f"nothing new is traded: our clock is {event['skew_s']} s ahead of the venue's"
    return "halt", "clock", text


def _difference(event: Event) -> Made:
    text = f"{event['kind']} {event['key']}: we have {event['ours']}, the venue {event['theirs']}"
    return "difference", event["key"], text


def _foreign(event: Event) -> Made:
    what = f"trade {event['trade_id']} of order" if event.get("trade_id") else "order"
    text = (
        f"{what} {event['client_order_id']} is somebody else's: {event['size']}"
        f" {event['instrument']} at {event['price']} ({event['policy']})"
    )
    return "difference", event["client_order_id"], text


def _suspended(event: Event) -> Made:
    return "halt", event["instrument"], f"{event['instrument']} is suspended: {event['reason']}"


def _disabled(event: Event) -> Made:
    return "quarantine", event["strategy"], f"{event['strategy']} is disabled: {event['code']}"


def _faulted(event: Event) -> Made:
    return "quarantine", event["strategy"], f"{event['strategy']} is quarantined: {event['error']}"


def _rejected(event: Event) -> Made:
    text = (
        f"{event['client_order_id']} was rejected: {event.get('code', '')} {event.get('text', '')}"
    )
    return "rejected", event.get("instrument", ""), text.strip()


def _doubt(event: Event) -> Made:
    text = f"{event['client_order_id']} is in doubt for {event['age_s']} s"
    return "in_doubt", event["client_order_id"], text


def _stale(event: Event) -> Made:
    return "stale_feed", event["instrument"], f"{event['instrument']} is silent: {event['text']}"


def _edge(event: Event) -> Made:
    text = f"{event['edge']} failed for the {event['attempt']}. time of late: {event['error']}"
    return "edge_failed", event["edge"], text


def _failed(event: Event) -> Made:
    return "failed", "", f"the daemon ends: {event['error']}"


def _stalled(event: Event) -> Made:
    return "stalled", "", f"nothing was done for {event['stalled_s']} s, in {event['at']}"


def _slow(event: Event) -> Made:
    text = f"the journal's disk has not answered for {event['age_s']} s; only cancels leave"
    return "commit_slow", "", text


_ALERTS: Final[Mapping[str, Callable[[Event], Made | None]]] = {
    "trading_state_changed": _state,
    "clock_untrusted": _clock,
    "difference_found": _difference,
    "foreign_found": _foreign,
    "instrument_halted": _suspended,
    "strategy_disabled": _disabled,
    "strategy_faulted": _faulted,
    "order_rejected": _rejected,
    "order_still_in_doubt": _doubt,
    "feed_stale": _stale,
    "edge_failed": _edge,
    "failed": _failed,
    "stalled": _stalled,
    "commit_slow": _slow,
}
"""By an event's name, what makes an alert of it."""
