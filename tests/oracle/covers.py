"""What protects a position: one cover for each entry, and what is cut from it.

A cover's orders are children of its entry and share a group; each is for all lots that the entry
adds. A cover holds what its entry has opened, less what its own orders have filled, less what was
cut from it because the position is smaller than all covers of its side hold.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from tests.oracle.splits import split_lots
from tests.oracle.tickets import Ticket


@dataclass(eq=False)
class Cover:
    """`lots` is what its entry adds; one without an entry was made for lots that nobody held.

    `filled` is what its own orders have filled, `cut` what was taken from it, `refused` the reason
    of a stop that could not be had.
    """

    side: int
    group: str
    lots: int
    entry: Ticket | None
    orders: list[Ticket] = field(default_factory=list)
    filled: int = 0
    cut: int = 0
    refused: str = ""
    settled: int | None = None  # what a past entry had opened, in lots of after a split

    @property
    def opened(self) -> int:
        """Of the lots that its entry adds, those that are filled."""
        if self.entry is None:
            return self.lots
        if self.settled is not None:
            return self.settled
        closing = self.entry.ordered - self.lots
        return min(self.lots, max(0, self.entry.booked - closing))

    @property
    def holds(self) -> int:
        return max(0, self.opened - self.filled - self.cut)

    @property
    def left(self) -> int:
        """What it may still protect, of what is held and of what will be."""
        if self.entry is not None and self.entry.is_over:
            return self.holds
        return max(0, self.lots - self.filled - self.cut)

    @property
    def works(self) -> bool:
        """True while its entry or an order of it works, or what it holds has still to be left."""
        is_coming = self.entry is not None and not self.entry.is_over
        is_to_leave = self.refused != "" and self.holds > 0
        return is_coming or is_to_leave or any(not order.is_over for order in self.orders)

    @property
    def stop(self) -> Ticket | None:
        stops = [each for each in self.orders if each.sent.order_type == "stop" and each.works]
        return stops[-1] if stops else None

    def split(self, ratio: Fraction) -> None:
        """Before its entry is told: what a past entry has opened is no sum any more."""
        if self.entry is None or self.entry.is_over:
            self.lots = self.settled = split_lots(self.holds, ratio)
            self.filled = self.cut = 0
        else:
            self.lots = split_lots(self.lots, ratio)
            self.filled = split_lots(self.filled, ratio)
            self.cut = split_lots(self.cut, ratio)
