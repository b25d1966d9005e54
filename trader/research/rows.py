"""What is asked about a run's input rows, whether files hold them or a journal does."""

from typing import Protocol

from trader.model.control import SplitEffective
from trader.model.units import Ticks
from trader.research.telling import Told


class Rows(Protocol):
    """The input rows of one run, numbered from 1."""

    @property
    def total(self) -> int:
        """How many rows there are."""

    def told(self, seq: int) -> Told:
        """The row as the end of a chain of causes; row 0 is the start of the run."""

    def price(self, seq: int, instrument: str) -> Ticks | None:
        """The price at which something is decided on this row; None if it says none."""

    def splits(self, instrument: str) -> list[tuple[int, SplitEffective]]:
        """The splits of an instrument, each with the number of its row."""

    def reported(self, seq: int) -> str | None:
        """The order that the venue reports of in this row, if it does."""
