"""Keeps a source for each channel that somebody listens to, and lets it hear its market."""

from typing import Final

from msgspec import Struct

from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import Market, Turn
from sims.servers.binance.publishing.audience import Audience, Subscriber
from sims.servers.binance.publishing.channels import Channel
from sims.servers.binance.publishing.sources import Source, source
from sims.servers.binance.reports import NS_PER_MS


class Topic(Struct, frozen=True):
    """A channel's audience and the source of what it hears."""

    audience: Audience
    source: Source


class Publisher:
    """Hears an engine's markets; the caller tells it often that time has passed, by `tick`."""

    def __init__(self, engine: Engine) -> None:
        self._engine: Final = engine
        self._topics: Final[dict[Channel, Topic]] = {}
        self._hearing: Final[dict[str, list[Source]]] = {symbol: [] for symbol in engine.markets}
        self._periods: Final[dict[int, int]] = {}
        engine.watch(self._hear)

    def join(self, channel: Channel, subscriber: Subscriber, name: str, unit: int) -> None:
        """Let somebody listen to a channel, which it calls `name`, with times in `unit` ns."""
        topic = self._topics.get(channel)
        if topic is None:
            now = self._engine.now()
            audience = Audience()
            topic = Topic(audience, source(channel, audience, self._engine.markets, now))
            self._topics[channel] = topic
            self._periods.setdefault(channel.period_ms, now // NS_PER_MS // channel.period_ms)
            for symbol in self._symbols(channel):
                self._hearing[symbol].append(topic.source)
        topic.audience.join(subscriber, name, unit)

    def leave(self, channel: Channel, subscriber: Subscriber) -> None:
        """Let somebody go; a channel without an audience is closed."""
        topic = self._topics[channel]
        topic.audience.leave(subscriber)
        if topic.audience:
            return
        del self._topics[channel]
        for symbol in self._symbols(channel):
            self._hearing[symbol].remove(topic.source)

    def tick(self) -> None:
        """Tell what is due at the end of a period, if one has ended."""
        now = self._engine.now()
        ended = set()
        for period_ms, number in self._periods.items():
            current = now // NS_PER_MS // period_ms
            if current != number:
                self._periods[period_ms] = current
                ended.add(period_ms)
        if ended:
            for channel, topic in list(self._topics.items()):
                if channel.period_ms in ended:
                    topic.source.end_period(now)

    def _hear(self, market: Market, turn: Turn) -> None:
        now = self._engine.now()
        for hearing in tuple(self._hearing[market.rules.symbol]):
            hearing.hear(market, turn, now)

    def _symbols(self, channel: Channel) -> list[str]:
        return [channel.symbol] if channel.symbol else list(self._engine.markets)
