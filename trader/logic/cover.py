"""What protects the lots of one entry: a group of orders, each of which covers all of them.

An entry that turns a position closes something before it opens: `closing` lots. What its orders
have filled, or what left the position by another way (`cut`), needs no cover any more. Everything
here is counted in unsigned lots.
"""

from dataclasses import dataclass

from trader.logic.splits import split_lots
from trader.model.units import Lots


@dataclass(slots=True)
class Cover:
    """The cover of one entry, or of lots that no entry took along; `side` is the position's.

    `lots` is what the entry opens if it fills, `opened` what it has opened. `loose` says that some
    of its orders have no parent and grow with what is opened; `refused` is the reason of a stop
    that could not be had, so that what is opened has to be closed.
    """

    side: int
    lots: Lots
    opened: Lots = 0
    closing: Lots = 0
    filled: Lots = 0
    cut: Lots = 0
    loose: bool = False
    refused: str = ""

    @property
    def held(self) -> Lots:
        """Lots of the position that it covers now.

        None, and not fewer, where its orders have filled what was cut from it already.
        """
        return max(0, self.opened - self.filled - self.cut)

    @property
    def left(self) -> Lots:
        """Lots that its orders should have left, those of an entry that still works included."""
        return max(0, self.lots - self.filled - self.cut)

    def open(self, lots_filled: Lots) -> None:
        """The entry has filled so many signed lots in all."""
        self.opened = min(self.lots, max(0, abs(lots_filled) - self.closing))

    def end(self) -> None:
        """The entry has ended: nothing more is opened."""
        self.lots = self.opened

    def split(self, ratio: tuple[int, int], entry: tuple[Lots, Lots] | None) -> None:
        """Counts in the lots of after a split, as the venue does.

        `entry` is the size of an entry that still works, and what of it is filled, after the
        split. What a past one has opened is no sum any more: what is held is carried as a whole.
        """
        if entry is None:
            self.lots = self.opened = split_lots(self.held, *ratio)
            self.filled = self.cut = 0
            return
        self.lots = split_lots(self.lots, *ratio)
        self.filled = split_lots(self.filled, *ratio)
        self.cut = split_lots(self.cut, *ratio)
        self.closing = abs(entry[0]) - self.lots
        self.open(entry[1])
