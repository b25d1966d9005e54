"""A live journal fed to a core again: agreement, and the first place without it."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from actors.assembly import Core
from actors.edge.journal import END, HEADER, JournalContents, Record
from actors.replay import (
    SNAPSHOT,
    STEP,
    Checkpoint,
    LiveHeader,
    Stop,
    core_config,
    header_of,
    recover,
    replay_live,
)
from actors.runtime.step_record import StepObserver, decode_step, encode_step
from tests.edge.test_market_data import NAME, config
from trader.config.schema import Config, Gateway, RiskConfig, StrategyConfig
from trader.errors import VerificationError
from trader.model.account import AccountReported, PositionReport
from trader.model.control import RunStarted
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import OrderAccepted, OrderApproved, OrderFilled
from trader.model.units import DAY_NS

FLIP = StrategyConfig(
    name="flip",
    file=str(Path(__file__).with_name("flip.py")),
    instrument=NAME,
    params={"lots": 100},
)
MINUTE = 60_000_000_000
BARS = 8


def whole() -> Config:
    usual = config()
    data = tuple(replace(each, interval="1m") for each in usual.data)
    risk = RiskConfig(drawdown_max=Decimal("0.5"))
    return replace(usual, data=data, strategies=(FLIP,), risk=risk)


def bar(number: int) -> BarClosed:
    close = (number + 1) * MINUTE + (DAY_NS if number >= BARS // 2 else 0)
    return BarClosed(NAME, MINUTE, 100, 110, 90, 100 + number, 5, close - MINUTE, close)


class Writer:
    """Takes steps as a daemon would and keeps the records."""

    def __init__(self) -> None:
        self.core = Core(whole(), patient=True, live=True)
        self.records: list[Record] = []
        self._observer = StepObserver()
        self.core.reactor.observer = self._observer
        header = LiveHeader(run="x", config=whole(), code_version="1", money_quantum="0.1")
        self._add(HEADER, msgspec.json.encode(header))

    def step(self, message: Message, now: int) -> None:
        """Takes a step; what it approves is filled in the next ones."""
        self.core.reactor.row(message, now)
        step = self._observer.finish()
        self._add(STEP, encode_step(step))
        for envelope in step.kept:
            if isinstance(envelope.body, OrderApproved):
                order = envelope.body.order
                self.step(OrderAccepted(client_order_id=order.client_order_id), now)
                filled = OrderFilled(
                    client_order_id=order.client_order_id,
                    trade_id=str(envelope.seq),
                    last_lots=order.lots,
                    last_ticks=order.ref_ticks,
                )
                self.step(filled, now)

    def pass_time(self, now: int) -> None:
        while (fired := self.core.timers.due(now, after_bars=True)) is not None:
            self.step(fired, now)

    def snapshot(self) -> None:
        checkpoint = Checkpoint(state_hash=self.core.state_hash(), core=self.core.snapshot())
        self._add(SNAPSHOT, msgspec.msgpack.encode(checkpoint))

    def end(self) -> None:
        stop = Stop(seq=self.core.reactor.state.seq, state_hash=self.core.state_hash())
        self._add(END, msgspec.json.encode(stop))

    def contents(self) -> JournalContents:
        return contents(self.records)

    def _add(self, kind: str, payload: bytes) -> None:
        self.records.append(Record(len(self.records), kind, payload))


def contents(records: Sequence[Record]) -> JournalContents:
    ended = records[-1].kind == END if records else False
    return JournalContents(tuple(records), ended=ended, note="" if ended else "cut")


def written(*, snapshot_at: int | None = None) -> Writer:
    """A start, an agreement, bars with orders and their fills, and a night in between."""
    writer = Writer()
    writer.step(RunStarted(run="x", epoch=1), 1)
    writer.step(PositionReport(instrument=NAME, lots=7, ts_event=2), 2)
    writer.step(AccountReported(request_id="account-1", count=1, ts_event=2), 2)
    for number in range(BARS):
        if number == BARS // 2:
            writer.pass_time(DAY_NS)
        if number == snapshot_at:
            writer.snapshot()
        writer.step(bar(number), bar(number).ts_close)
    writer.end()
    return writer


def test_a_journal_replays_to_the_state_it_recorded() -> None:
    writer = written()

    agrees, text = replay_live(writer.contents())

    assert agrees
    assert writer.core.state_hash() in text
    assert (
        writer.core.portfolio.state.cash
        != Core(whole(), patient=True, live=True).portfolio.state.cash
    )


@pytest.mark.parametrize("snapshot_at", [0, 2, 3, 7, None])
def test_a_core_is_recovered_with_or_without_a_snapshot(snapshot_at: int | None) -> None:
    writer = written(snapshot_at=snapshot_at)
    core = Core(whole(), patient=True, live=True)

    steps = recover(writer.contents(), core)

    total = sum(record.kind == STEP for record in writer.records)
    assert (steps < total) == (snapshot_at is not None)
    assert core.state_hash() == writer.core.state_hash()
    assert core.reactor.state == writer.core.reactor.state
    assert core.timers.state == writer.core.timers.state
    assert core.trading_state() == writer.core.trading_state()


def test_a_recovered_core_goes_on_like_the_first_one() -> None:
    writer = written(snapshot_at=4)
    core = Core(whole(), patient=True, live=True)
    recover(writer.contents(), core)
    observer = core.reactor.observer = StepObserver()

    for message, now in ((bar(2_000), 3 * DAY_NS), (RunStarted(run="x", epoch=2), 3 * DAY_NS)):
        core.reactor.row(message, now)
        before = len(writer.records)
        writer.step(message, now)
        assert encode_step(observer.finish()) == writer.records[before].payload


def altered(writer: Writer, at: int, **changes: object) -> JournalContents:
    """The journal with another record in one place, as other code would have written it."""
    record = writer.records[at]
    step = replace(decode_step(record.payload), **changes)
    writer.records[at] = Record(at, STEP, encode_step(step))
    return writer.contents()


def step_with_order(writer: Writer) -> int:
    for record in writer.records[1:]:
        if record.kind == STEP and decode_step(record.payload).kept:
            step = decode_step(record.payload)
            if isinstance(step.input.body, BarClosed):
                return record.index
    raise AssertionError(writer)


def test_the_first_difference_is_named_with_both_messages() -> None:
    writer = written()
    at = step_with_order(writer)
    kept = decode_step(writer.records[at].payload).kept
    other = replace(kept[0], body=replace(kept[0].body, lots=99))

    agrees, text = replay_live(altered(writer, at, kept=(other, *kept[1:])))

    assert not agrees
    assert f"disagree at record {at} (seq {at})" in text
    assert "lots=99" in text.partition("replayed")[0]
    assert "lots=100" in text.partition("replayed")[2]


@pytest.mark.parametrize("length", [0, 1])
def test_an_output_that_one_side_lacks_is_nothing_there(length: int) -> None:
    writer = written()
    at = step_with_order(writer)
    kept = decode_step(writer.records[at].payload).kept

    _, text = replay_live(altered(writer, at, kept=kept[:length]))

    assert "recorded nothing, replayed " in text
    _, text = replay_live(altered(writer, at, kept=(*kept, kept[0])))
    assert ", replayed nothing" in text


def test_a_difference_in_other_outputs_shows_their_digests() -> None:
    writer = written()

    agrees, text = replay_live(altered(writer, 2, digest=b"x" * 32))

    assert not agrees
    assert f"recorded outputs {(b'x' * 8).hex()}" in text


def test_another_input_is_shown() -> None:
    writer = written()
    step = decode_step(writer.records[2].payload)

    _, text = replay_live(altered(writer, 2, input=replace(step.input, seq=9)))

    assert "PositionReport" in text


def test_a_state_that_differs_at_a_snapshot_is_named() -> None:
    writer = written(snapshot_at=5)
    [at] = [record.index for record in writer.records if record.kind == SNAPSHOT]
    checkpoint = msgspec.msgpack.decode(writer.records[at].payload, type=Checkpoint)
    wrong = replace(checkpoint, state_hash="00")
    writer.records[at] = Record(at, SNAPSHOT, msgspec.msgpack.encode(wrong))

    agrees, text = replay_live(writer.contents())
    assert not agrees
    assert f"record {at} (seq" in text
    assert "recorded state 00" in text
    with pytest.raises(VerificationError, match="recorded state 00"):
        recover(writer.contents(), Core(whole(), patient=True, live=True))


@pytest.mark.parametrize(
    ("at", "kind"), [(0, HEADER), (1, STEP), (-1, END)], ids=["header", "step", "end"]
)
def test_a_record_that_cannot_be_read_is_named(at: int, kind: str) -> None:
    writer = written()
    index = writer.records[at].index
    writer.records[at] = Record(index, kind, b"\xc1")

    with pytest.raises(VerificationError, match=f"^record {index} of the journal is not what"):
        replay_live(writer.contents())


def test_a_journal_without_a_header_is_of_no_live_run() -> None:
    for broken in (contents([]), contents(written().records[1:])):
        with pytest.raises(VerificationError, match="no header"):
            replay_live(broken)


def test_a_journal_that_was_cut_says_so() -> None:
    agrees, text = replay_live(contents(written().records[:-3]))
    assert agrees
    assert text.endswith("; cut")


def test_where_the_venue_and_the_files_are_may_change_between_two_lives() -> None:
    moved = replace(
        whole(),
        gateway=Gateway(venue="binance", ws_api="ws://elsewhere"),
        state_dir="/elsewhere",
        data=tuple(replace(source, path="/elsewhere") for source in whole().data),
    )
    header = header_of(written().contents())
    assert core_config(header.config) == core_config(moved)
    assert core_config(header.config) != core_config(replace(moved, risk=RiskConfig()))
