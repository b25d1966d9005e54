"""What somebody notes who listens to a run: gaps, tops of books, what happened to the stock."""

from dataclasses import dataclass, field

from tests.recorded.market import Top
from trader.model.control import SplitEffective
from trader.model.envelope import Envelope
from trader.model.market import FeedState, FeedStatus, Quote


@dataclass(slots=True)
class Heard:
    """How often the feed told a gap, the quotes it passed on, and splits by their row."""

    gaps: int = 0
    tops: list[Top] = field(default_factory=list)
    splits: dict[int, SplitEffective] = field(default_factory=dict)

    def hear(self, envelope: Envelope) -> None:
        """Takes note of a message."""
        body = envelope.body
        if isinstance(body, SplitEffective):
            self.splits[envelope.seq] = body
        elif envelope.source == "feed" and isinstance(body, FeedStatus):
            self.gaps += body.status is FeedState.GAP
        elif envelope.source == "feed" and isinstance(body, Quote):
            self.tops.append((envelope.seq, envelope.ts, body.bid_ticks, body.ask_ticks))
