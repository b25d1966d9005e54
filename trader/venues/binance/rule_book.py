"""The venue's rules, read again and again: at each connection, every hour, and when they bite.

What is told is what has changed since it was told last. Nothing here decides what follows from it;
that the venue does not answer is no reason not to trade, since it keeps to its rules itself.
"""

from typing import Final

from msgspec import Raw

from trader.model.control import InstrumentReported
from trader.model.envelope import Message
from trader.model.instrument import Instrument
from trader.model.orders import OrderRejected, ReplaceRejected
from trader.model.units import INT64_MAX, MINUTE_NS, SECOND_NS, Nanoseconds
from trader.venues.binance import requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.exchange_info import ExchangeInfo, instrument_of
from trader.venues.binance.frames import body
from trader.venues.binance.grid import Grid
from trader.venues.execution_client import Turn

AGAIN_NS: Final = MINUTE_NS
"""How long to wait after a question without an answer."""
GAP_NS: Final = SECOND_NS
"""At least so long lies between two readings, however often the venue refuses."""
_FILTER_FAILED: Final = "-1013"
_CLOSED: Final = "Market is closed."


def breaks_rules(message: Message) -> bool:
    """Whether the venue refused an order, or a change, by a rule: ours is no longer its own."""
    if isinstance(message, OrderRejected):
        return message.code == _FILTER_FAILED or message.text == _CLOSED
    return isinstance(message, ReplaceRejected) and message.code == _FILTER_FAILED


class RuleBook:
    """Reads the rules of the symbols of these grids."""

    def __init__(
        self, line: Correspondence, grids: tuple[Grid, ...], every_ns: Nanoseconds | None
    ) -> None:
        """Reads them every so often; None is never."""
        self._line: Final = line
        self._grids: Final = grids
        self._every: Final = every_ns
        self._told: Final[dict[str, Instrument]] = {}
        self._due: Nanoseconds = INT64_MAX
        self._earliest: Nanoseconds = 0
        self._is_asking = False
        self._is_wanted = False
        self.is_known = every_ns is None
        """Whether they were read on this connection, or could not be."""

    @property
    def due(self) -> Nanoseconds:
        """When to ask next."""
        return self._due

    def want(self, now: Nanoseconds) -> None:
        """They may have changed: asks soon, and once more if it is being asked already."""
        if self._every is None:
            return
        if self._is_asking:
            self._is_wanted = True
        else:
            self._due = min(self._due, max(now, self._earliest))

    def forget(self) -> None:
        """The connection is gone; on the next one they are read anew."""
        self._due, self._earliest = INT64_MAX, 0
        self._is_asking = self._is_wanted = False
        self.is_known = self._every is None

    def tick(self, now: Nanoseconds) -> Turn:
        """Asks if it is time."""
        if self._due > now:
            return Turn()
        self._due, self._earliest, self._is_asking = INT64_MAX, now + GAP_NS, True
        return self._line.ask(
            Question(
                request=requests.exchange_info(grid.symbol for grid in self._grids),
                answered=self._read,
                refused=lambda _, at: self._done(at, AGAIN_NS),
                unknown=lambda at: self._done(at, AGAIN_NS),
            ),
            now,
        )

    def _read(self, raw: Raw, now: Nanoseconds) -> Turn:
        info = body(raw, ExchangeInfo)
        self._line.budget.learn(info.limits, now)
        listed = {each.symbol: each for each in info.symbols}
        turn = Turn()
        for grid in self._grids:
            if grid.symbol in listed:
                venue = grid.instrument.rpartition(".")[2]
                instrument = instrument_of(listed[grid.symbol], venue, now)
                turn.messages += self._news(grid.instrument, instrument)
        assert self._every is not None
        return turn + self._done(now, self._every)

    def _news(self, name: str, instrument: Instrument) -> list[Message]:
        told = self._told.get(name)
        [version] = instrument.versions
        if told is not None and told.followed_by(version) is told:
            return []
        self._told[name] = instrument
        return [InstrumentReported(instrument=name, listed=instrument)]

    def _done(self, now: Nanoseconds, pause: Nanoseconds) -> Turn:
        self._is_asking, self.is_known = False, True
        self._due = max(now, self._earliest) if self._is_wanted else now + pause
        self._is_wanted = False
        return Turn()
