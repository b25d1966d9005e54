"""The whole core as a snapshot: taken at any step, it goes on as if nothing had been."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.assembly import Core, Snapshot
from tests.core.making import A, B, awake, bar, config, strategy
from trader.config.schema import ReportConfig
from trader.model.envelope import Envelope, Message
from trader.model.orders import OrderFilled
from trader.model.units import DAY_NS, MINUTE_NS

BUY = [{"does": "target", "lots": 10}]
SELL = [{"does": "target", "lots": -10}]
BOOM = [{"does": "raise"}]


def play(core: Core, rows: int = 1, *, start: int = 1) -> None:
    """So many bars of A at 100 ticks."""
    for row in range(start, start + rows):
        made = bar(100, row=row, high=105, low=95)
        core.reactor.row(made, made.ts_close)


def test_the_state_hash_is_over_every_actor() -> None:
    """Each of them alone moves it."""
    core, _ = awake(config([strategy()]))
    start = core.state_hash()
    hashes = {start}
    for actor in core.reactor.actors:
        snapshot = core.snapshot()
        changed: Any = actor
        first = next(iter(msgspec.to_builtins(changed.state)))
        setattr(changed.state, first, None)
        hashes.add(core.state_hash())
        core.restore(snapshot)
        assert core.state_hash() == start

    assert len(hashes) == 1 + len(core.reactor.actors)


def test_a_snapshot_stays_as_it_was_when_the_run_goes_on() -> None:
    core, _ = awake(config([strategy(script={0: BUY, 2: BOOM}), strategy("two")]))
    play(core)
    snapshot = core.snapshot()
    written = msgspec.msgpack.encode(snapshot)

    play(core, rows=2, start=2)
    while core.timers.due(2 * DAY_NS, after_bars=True):
        pass

    assert msgspec.msgpack.encode(snapshot) == written
    again = Core(config([strategy(script={0: BUY, 2: BOOM}), strategy("two")]), patient=False)
    again.restore(snapshot)
    play(again, rows=2, start=2)
    assert again.reactor.state.quarantined.keys() == {"strategy:one"}
    assert msgspec.msgpack.encode(snapshot) == written


LINES = st.sampled_from(
    [
        [],
        BUY,
        SELL,
        [{"does": "target", "lots": 3}, {"does": "order", "key": "k", "lots": 2, "limit": 99}],
        [{"does": "cancel", "key": "k"}],
        BOOM,
    ]
)
SCRIPTS = st.lists(LINES, min_size=5, max_size=5).map(lambda lines: dict(enumerate(lines)))
EVENTS = st.one_of(
    st.tuples(st.just("bar"), st.sampled_from([A, B]), st.integers(95, 105)),
    st.tuples(st.just("bar"), st.sampled_from([A, B]), st.integers(95, 105)),
    st.tuples(st.just("fill"), st.integers(0, 5), st.integers(1, 3)),
    st.tuples(st.just("time"), st.integers(0, DAY_NS)),
)


@settings(max_examples=60)
@given(st.tuples(SCRIPTS, SCRIPTS), st.lists(EVENTS, min_size=5, max_size=25), st.integers(0, 25))
def test_a_core_goes_on_from_a_snapshot_as_if_nothing_had_been(
    scripts: tuple[dict[int, Any], dict[int, Any]], events: list[Any], at: int
) -> None:
    """Broken strategies stay out, timers ring, orders keep their causes: through bytes and back."""
    one, two = scripts
    whole = config(
        [strategy(script=one, stop_n=1), strategy("two", instrument=B, script=two, weight="0.1")],
        report=ReportConfig(equity_interval="1h"),
    )
    core, said = awake(whole)
    run = Steps(core)
    for event in events[:at]:
        run.take(event)
    written = msgspec.msgpack.encode(core.snapshot())
    again = Core(whole, patient=False)
    again.restore(msgspec.msgpack.decode(written, type=Snapshot))
    told: list[Envelope] = []
    again.reactor.observer = told.append
    assert again.state_hash() == core.state_hash()
    said.clear()

    other = Steps(again, run)
    for event in events[at:]:
        assert other.take(event) == run.take(event)

    assert told == said
    assert again.state_hash() == core.state_hash()
    assert again.snapshot() == core.snapshot()


class Steps:
    """Feeds a core with bars, fills of its own orders, and time; where it stands can be copied."""

    def __init__(self, core: Core, like: "Steps | None" = None) -> None:
        self.core = core
        self.now: int = like.now if like else MINUTE_NS
        self.rows: dict[str, int] = dict(like.rows) if like else {A: 1, B: 1}
        self.trades: int = like.trades if like else 0

    def take(self, event: tuple[Any, ...]) -> list[Message]:
        """The effects of one event."""
        match event:
            case ("bar", instrument, close):
                made = bar(close, row=self.rows[instrument], instrument=instrument, high=110)
                self.rows[instrument] += 1
                self.now = max(self.now, made.ts_close)
                return list(self.core.reactor.row(made, self.now))
            case ("fill", pick, lots):
                return self._fill(pick, lots)
            case ("time", span):
                return self._wait(span)
            case _:
                raise ValueError(event)

    def _fill(self, pick: int, lots: int) -> list[Message]:
        orders = self.core.order_manager.state.orders
        working = [i for d in self.core.order_manager.state.desks.values() for i in d.working]
        if not working:
            return []
        id_ = working[pick % len(working)]
        left = orders[id_].left
        self.trades += 1
        fill = OrderFilled(
            client_order_id=id_,
            trade_id=str(self.trades),
            last_lots=max(-lots, min(lots, left)),
            last_ticks=100,
        )
        return list(self.core.reactor.note(fill, self.now))

    def _wait(self, span: int) -> list[Message]:
        self.now += span
        effects: list[Message] = []
        while (fired := self.core.timers.due(self.now, after_bars=True)) is not None:
            effects += self.core.reactor.note(fired, self.now)
        return effects
