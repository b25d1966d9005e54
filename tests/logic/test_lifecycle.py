"""The life of an order: every state with every event, against the table as it was agreed on."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from trader.logic.lifecycle import ENDED, TRANSITIONS, Computed, is_duplicate, transition
from trader.model import orders
from trader.model.orders import OrderEvent, OrderStatus

S = OrderStatus

KINDS: Final[tuple[type, ...]] = (orders.OrderApproved, *OrderEvent.__subclasses__())
EVENTS: Final = {kind.__name__: kind for kind in KINDS}

# From each status: event>status. FILL and WORKING depend on what is filled.
AGREED: Final = {
    S.INITIALIZED: "Denied>DENIED Approved>APPROVED",
    S.DENIED: "",
    S.APPROVED: """Submitted>SUBMITTED Accepted>ACCEPTED Rejected>REJECTED Filled>FILL
        Canceled>CANCELED Expired>EXPIRED InDoubt>IN_DOUBT CancelRequested>PENDING_CANCEL""",
    S.SUBMITTED: """Accepted>ACCEPTED Rejected>REJECTED Filled>FILL Canceled>CANCELED
        Expired>EXPIRED InDoubt>IN_DOUBT CancelRequested>PENDING_CANCEL""",
    S.IN_DOUBT: """Accepted>WORKING Rejected>REJECTED Filled>FILL Canceled>CANCELED
        Expired>EXPIRED InDoubt>IN_DOUBT CancelRequested>IN_DOUBT CancelRejected>IN_DOUBT
        Replaced>WORKING ReplaceRejected>WORKING Busted>IN_DOUBT""",
    S.ACCEPTED: """Filled>FILL Canceled>CANCELED Expired>EXPIRED Rejected>REJECTED
        Replaced>ACCEPTED CancelRequested>PENDING_CANCEL ReplaceRequested>PENDING_REPLACE
        Busted>ACCEPTED""",
    S.PARTIALLY_FILLED: """Filled>FILL Canceled>CANCELED Expired>EXPIRED Replaced>PARTIALLY_FILLED
        CancelRequested>PENDING_CANCEL ReplaceRequested>PENDING_REPLACE Busted>PARTIALLY_FILLED""",
    S.PENDING_CANCEL: """Replaced>PENDING_CANCEL ReplaceRejected>PENDING_CANCEL Filled>FILL
        Canceled>CANCELED Expired>EXPIRED Rejected>REJECTED Accepted>PENDING_CANCEL
        CancelRejected>WORKING InDoubt>IN_DOUBT Busted>PENDING_CANCEL""",
    S.PENDING_REPLACE: """Filled>FILL Canceled>CANCELED Expired>EXPIRED Rejected>REJECTED
        Replaced>WORKING ReplaceRejected>WORKING CancelRequested>PENDING_CANCEL InDoubt>IN_DOUBT
        Busted>PENDING_REPLACE""",
    S.FILLED: "Busted>FILLED",
    S.CANCELED: "Filled>FILL Busted>CANCELED",
    S.REJECTED: "Filled>FILL Busted>REJECTED",
    S.EXPIRED: "Filled>FILL Busted>EXPIRED",
}

LATE: Final = "Accepted CancelRejected ReplaceRejected Replaced"
# What each status already says, or what comes too late to matter there.
REPEATED: Final = {
    S.INITIALIZED: "",
    S.DENIED: "",
    S.APPROVED: "",
    S.SUBMITTED: "Submitted",
    S.IN_DOUBT: "Submitted",
    S.ACCEPTED: "Submitted Accepted CancelRejected ReplaceRejected",
    S.PARTIALLY_FILLED: "Submitted Accepted CancelRejected ReplaceRejected",
    S.PENDING_CANCEL: "Submitted",
    S.PENDING_REPLACE: "Submitted Accepted CancelRejected",
    S.FILLED: f"Submitted {LATE}",
    S.CANCELED: f"Submitted Canceled {LATE}",
    S.REJECTED: f"Submitted Rejected {LATE}",
    S.EXPIRED: f"Submitted Expired {LATE}",
}

TERMINAL: Final = frozenset({S.DENIED, S.FILLED, S.CANCELED, S.REJECTED, S.EXPIRED})

EVERY_CELL = [(status, event) for status in OrderStatus for event in EVENTS]


def named(event: str) -> type:
    """`Accepted` is OrderAccepted; requests and refusals bear their whole name."""
    return EVENTS[event] if event in EVENTS else EVENTS[f"Order{event}"]


def agreed(status: OrderStatus) -> dict[type, str]:
    cells = (cell.split(">") for cell in AGREED[status].split())
    return {named(event): after for event, after in cells}


def after_fill(status: OrderStatus, lots: int, filled: int) -> OrderStatus:
    """What a fill leaves: ended and pending orders keep their status while something is left."""
    if status in {S.CANCELED, S.EXPIRED}:
        return status
    if filled == lots:
        return S.FILLED
    return status if status in {S.PENDING_CANCEL, S.PENDING_REPLACE} else S.PARTIALLY_FILLED


def expected_after(status: OrderStatus, kind: type, lots: int, filled: int) -> OrderStatus | None:
    match agreed(status).get(kind):
        case None:
            return None
        case "FILL":
            return after_fill(status, lots, filled)
        case "WORKING":
            return S.PARTIALLY_FILLED if filled else S.ACCEPTED
        case after:
            return OrderStatus[after]


@pytest.mark.parametrize(("status", "event"), EVERY_CELL)
def test_every_cell_is_as_agreed(status: OrderStatus, event: str) -> None:
    """A cell that is not in the table is None; `filled` is what is filled after the event."""
    kind = EVENTS[event]
    for lots, filled in ((10, 0), (10, 4), (10, 10), (-10, -4), (-10, -10)):
        expected = expected_after(status, kind, lots, filled)

        assert transition(status, kind, lots=lots, lots_filled=filled) is expected


@pytest.mark.parametrize(("status", "event"), EVERY_CELL)
def test_an_event_is_expected_or_repeated_or_a_contradiction(
    status: OrderStatus, event: str
) -> None:
    """Never two of them, and never an exception."""
    kind = EVENTS[event]
    expected = kind in agreed(status)
    repeated = kind in [named(name) for name in REPEATED[status].split()]

    # Where the table knows the event nobody asks whether it is a duplicate.
    assert not (expected and repeated)
    assert (kind in TRANSITIONS[status]) is expected
    if not expected:
        assert is_duplicate(status, kind) is repeated


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (S.DENIED, "Accepted"),  # it never left
        (S.APPROVED, "Replaced"),
        (S.SUBMITTED, "CancelRejected"),  # nobody asked for a cancel
        (S.FILLED, "Filled"),  # more than there was
        (S.FILLED, "Canceled"),
        (S.CANCELED, "Expired"),
        (S.EXPIRED, "Rejected"),
        (S.REJECTED, "Canceled"),
        (S.PARTIALLY_FILLED, "Rejected"),
        (S.INITIALIZED, "Submitted"),  # nobody let it leave
    ],
)
def test_contradictions(status: OrderStatus, event: str) -> None:
    kind = named(event)

    assert transition(status, kind, lots=10, lots_filled=4) is None
    assert not is_duplicate(status, kind)


class Life(NamedTuple):
    """A status, and what is filled of an order of three lots."""

    status: OrderStatus
    filled: int


MADE: Final = Life(S.INITIALIZED, 0)
LOTS: Final = 3


def next_lives(life: Life) -> Iterator[Life]:
    """Everywhere that one event can bring an order."""
    for kind in TRANSITIONS[life.status]:
        amounts = [life.filled]
        if kind is orders.OrderFilled:
            amounts = list(range(life.filled + 1, LOTS + 1))
        elif kind is orders.OrderBusted:
            amounts = list(range(life.filled))
        for filled in amounts:
            after = transition(life.status, kind, lots=LOTS, lots_filled=filled)
            assert after is not None
            yield Life(after, filled)


def lives_from(start: Life) -> list[Life]:
    found = [start]
    for life in found:
        found += [each for each in dict.fromkeys(next_lives(life)) if each not in found]
    return found


def test_every_status_is_reached() -> None:
    """From an order that was only made."""
    assert {life.status for life in lives_from(MADE)} == set(OrderStatus)


@pytest.mark.parametrize("life", lives_from(MADE), ids=str)
def test_every_life_can_end(life: Life) -> None:
    assert TERMINAL.intersection(each.status for each in lives_from(life))


def test_terminal_orders_only_count_late_fills() -> None:
    """Alone a rejection that was concluded from absence can come back to life."""
    back = {
        (status, after)
        for status in TERMINAL
        for kind in TRANSITIONS[status]
        for filled in (1, 3)
        if (after := transition(status, kind, lots=3, lots_filled=filled)) not in TERMINAL
    }

    assert back == {(S.REJECTED, S.PARTIALLY_FILLED)}
    for status in TERMINAL:
        assert set(TRANSITIONS[status]) <= {orders.OrderFilled, orders.OrderBusted}


def test_the_terminal_statuses_are_the_five_ends() -> None:
    assert {status for status in OrderStatus if status >= ENDED} == TERMINAL


def test_the_table_speaks_of_every_status_and_every_event() -> None:
    told = {kind for row in TRANSITIONS.values() for kind in row}

    assert set(TRANSITIONS) == set(OrderStatus)
    assert told == set(EVENTS.values())
    assert {
        after
        for row in TRANSITIONS.values()
        for after in row.values()
        if isinstance(after, Computed)
    } == set(Computed)
