"""What we know of an order: what was asked for, and what was reported since.

The venue may be further: a ticket knows of fills, ends and changes only what has been told. What
follows from that without any doubt, the venue's own reductions of a group and of children, is
counted at once. One change is asked for at a time; what else is wanted meanwhile waits for the
answer, and then goes out as one change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracle.orders import ENDED, Change, Order
from tests.oracle.splits import split_lots, split_price

WORKING = ("ACCEPTED", "PARTIALLY_FILLED")


class Role(Enum):
    TARGET = "target"
    PROTECTIVE = "protective"
    OWN = "own"


if TYPE_CHECKING:
    from tests.oracle.covers import Cover


@dataclass(frozen=True)
class Sent:
    """An order as it left us, whatever became of it."""

    order_type: str
    lots: int
    limit_ticks: int | None
    stop_ticks: int | None
    parent: int | None


@dataclass(eq=False)
class Ticket:
    """Our view of an order; sizes are positive.

    `ordered` is the size it was sent for. `size` and the prices are what the venue said last,
    `expected` is the size it must have once it has heard all we have asked and has told all it has
    done, `aim` the size that it shall have. `wished` is a size that a script has named and that
    waits; `crossed` is what fills of its group took while a size is asked for.
    """

    order: Order
    role: Role
    sent: Sent
    reason: str
    size: int
    limit_ticks: int | None
    stop_ticks: int | None
    ordered: int = 0
    expected: int = 0
    aim: int = 0
    booked: int = 0
    filled: int = 0  # the same, but not carried across a split once the order is over
    wanted: Change = field(default_factory=Change)  # prices that wait for the answer to a change
    asked: Change | None = None  # the change that is not answered
    wished: int | None = None
    crossed: int = 0
    next_reason: str = ""  # once the change is answered
    statuses: list[str] = field(default_factory=lambda: ["INITIALIZED"])
    is_cancel_sent: bool = False
    cover: Cover | None = None  # what it is an order of
    occasion: int = 0  # the decision or report that it was sent for, counted by its strategy
    decided_at: int | None = None  # the price at which it was decided
    is_accepted: bool = False  # by the venue, as far as we have heard

    def __post_init__(self) -> None:
        self.ordered = self.expected = self.aim = self.size

    @property
    def status(self) -> str:
        return self.statuses[-1]

    @property
    def side(self) -> int:
        return 1 if self.sent.lots > 0 else -1

    @property
    def is_over(self) -> bool:
        """Denied, ended, or filled, as far as we know."""
        return self.status in ENDED

    @property
    def has_arrived(self) -> bool:
        """The venue has said so."""
        return "ACCEPTED" in self.statuses

    @property
    def works(self) -> bool:
        """Not over, and not being canceled."""
        return not self.is_over and not self.is_cancel_sent

    @property
    def stop_aimed_at(self) -> int | None:
        asked = None if self.asked is None else self.asked.stop_ticks
        stops = [self.stop_ticks, asked, self.wanted.stop_ticks]
        return [stop for stop in stops if stop is not None][-1]

    @property
    def expects(self) -> int | None:
        """The price that a fill of it should have; of limits and stop-limits nobody asks."""
        kind = self.sent.order_type
        return self.decided_at if kind == "market" else self.stop_ticks if kind == "stop" else None

    @property
    def limits_in_question(self) -> list[int]:
        """Its limit, and the one that is asked for; what still waits is judged when it is."""
        asked = None if self.asked is None else self.asked.limit_ticks
        limits = (self.limit_ticks, asked)
        return [limit for limit in limits if limit is not None]

    @property
    def lots_left(self) -> int:
        """Signed lots that it may still fill until its end is known."""
        return self.side * (self.size - self.booked)

    @property
    def lots_open(self) -> int:
        """Signed lots still to come; none from what is being canceled."""
        return self.side * (self.aim - self.booked) if self.works else 0

    def become(self, status: str) -> None:
        if status != self.status:
            self.statuses.append(status)

    def accept(self) -> None:
        self.is_accepted = True
        if self.status in ("APPROVED", "SUBMITTED"):
            self.become("ACCEPTED")

    def fill(self, lots: int) -> None:
        self.booked += lots
        self.filled += lots
        if self.status in ("CANCELED", "EXPIRED"):
            return
        if self.booked == self.size:
            self.become("FILLED")
        elif not self.status.startswith("PENDING"):
            self.become("PARTIALLY_FILLED")

    def end(self, status: str) -> None:
        if not self.is_over:
            self.become(status)

    def ask_cancel(self) -> None:
        self.is_cancel_sent = True
        self.become("PENDING_CANCEL")

    def reduced(self, lots: int) -> None:
        """The venue has made it smaller by itself; a change under way overrides that."""
        self.aim -= lots
        if self.asked is None or self.asked.size is None:
            self.expected -= lots

    def ask(self) -> Change | None:
        """The change that can and must be asked for now; a price that it has is none.

        Of an order that has nothing left, as far as we can know, nothing is asked.
        """
        if self.status not in WORKING or self.expected <= self.booked:
            return None
        wanted, self.wanted = self.wanted, Change()
        self.wished = None
        change = Change(
            None if self.aim == self.expected else self.aim,
            _other(wanted.limit_ticks, self.limit_ticks),
            _other(wanted.stop_ticks, self.stop_ticks),
        )
        if change == Change():
            return None
        self.asked = change
        self.expected = self.aim
        self.become("PENDING_REPLACE")
        return change

    def changed(self, size: int, limit_ticks: int | None, stop_ticks: int | None) -> None:
        """The venue says what the order is from now on.

        Of a script's own order nothing is counted beforehand: it shall be what it is told to be.
        """
        if self.role is Role.OWN and (self.asked is None or self.asked.size is None):
            self.aim = size if self.wished is None else self.aim
            self.expected = size
        self.size, self.limit_ticks, self.stop_ticks = size, limit_ticks, stop_ticks

    def answered(self, what: str) -> None:
        """A cancel was refused, or a change done or refused."""
        if what == "cancel" and self.status == "PENDING_CANCEL":
            self.is_cancel_sent = False
            self._work_on()
        elif what == "replace":
            if self.role is Role.OWN and self.asked is not None and self.asked.size is not None:
                self._settle(self.asked.size)
            if self.asked is not None and self.asked.stop_ticks is not None:
                self.reason, self.next_reason = self.next_reason or self.reason, ""
            self.asked, self.crossed = None, 0
            if self.status == "PENDING_REPLACE":
                self._work_on()

    def _settle(self, asked: int) -> None:
        """A script's own order is what it is told to be; what its group took comes off its wish."""
        if self.wished is None:
            self.aim = min(self.size, asked - self.crossed)
        self.expected = self.size

    def denied(self, expected: int) -> None:
        """Risk has refused a change: the order stays what it was."""
        if self.role is Role.OWN:
            self.aim = expected
        self.asked, self.next_reason = None, ""
        self.expected = expected
        self._work_on()

    def split(self, ratio: Fraction) -> None:
        self.ordered = split_lots(self.ordered, ratio)
        self.size = split_lots(self.size, ratio)
        self.expected = split_lots(self.expected, ratio)
        self.aim = split_lots(self.aim, ratio)
        self.booked = split_lots(self.booked, ratio)
        self.filled = self.filled if self.is_over else self.booked
        self.limit_ticks = split_price(self.limit_ticks, ratio)
        self.stop_ticks = split_price(self.stop_ticks, ratio)
        self.decided_at = split_price(self.decided_at, ratio)
        prices = (self.wanted.limit_ticks, self.wanted.stop_ticks)
        self.wanted = Change(None, *(split_price(ticks, ratio) for ticks in prices))

    def _work_on(self) -> None:
        self.become("PARTIALLY_FILLED" if self.booked else "ACCEPTED")


def _other(wanted: int | None, has: int | None) -> int | None:
    return None if wanted == has else wanted


def merged(first: Change, then: Change) -> Change:
    """Two changes as one."""
    return Change(
        first.size if then.size is None else then.size,
        first.limit_ticks if then.limit_ticks is None else then.limit_ticks,
        first.stop_ticks if then.stop_ticks is None else then.stop_ticks,
    )
