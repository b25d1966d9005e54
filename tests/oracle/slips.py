"""What the last fills cost beyond what was expected of them."""

from fractions import Fraction

from tests.oracle.tickets import Ticket


class Slips:
    """The fills that count, the latest last: what each cost too much, and what was expected."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._fills: list[tuple[Fraction, Fraction]] = []

    def add(self, ticket: Ticket, lots: int, ticks: int, unit: Fraction) -> None:
        """A fill of signed lots; only of market orders and of stops is a price expected."""
        expected = ticket.expects
        if expected is not None:
            cost = lots * (ticks - expected) * unit
            self._fills.append((cost, abs(lots) * expected * unit))

    def is_beyond(self, bps_max: Fraction | None) -> bool:
        """Whether those in the window cost more basis points than these; only a full one says."""
        last = self._fills[-self._window :]
        if bps_max is None or len(last) < self._window:
            return False
        cost, whole = (sum(parts, Fraction(0)) for parts in zip(*last, strict=True))
        return 10_000 * cost > bps_max * whole
