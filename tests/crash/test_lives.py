"""A daemon's lives: orderly ends, what the next one recovers, and ends that are not orderly."""

import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import msgspec
import pytest

from actors.assembly import Core
from actors.edge.journal import END, JournalContents, open_journal, read_journal
from actors.replay import CRASHED, SNAPSHOT, STEP, header_of, recover, replay_live
from sims.servers.binance.gate import Interference, Verdict, once
from tests.crash.judge import PLACE, judge_end, placed
from tests.crash.running import KEYS, ROOT, Running
from tests.crash.stage import Stage, staged
from trader.model.envelope import decode
from trader.model.market import BarClosed
from trader.ops.client import Client
from trader.ops.protocol import Act

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            yield stage


async def trade(daemon: Running, fills: int = 4) -> None:
    for _ in range(fills):
        await daemon.event("order_filled")


async def live(stage: Stage) -> Running:
    """One life with an orderly end."""
    async with stage.daemon() as daemon:
        await trade(daemon)
        assert await daemon.stop() == 0
    return daemon


def state_of(contents: JournalContents) -> str:
    """The state to which the journal brings a core, from its last snapshot."""
    core = Core(header_of(contents).config, patient=True, live=True)
    recover(contents, core)
    return core.state_hash()


async def test_an_orderly_stop_is_recovered_to_the_same_state(stage: Stage) -> None:
    daemon = await live(stage)
    stopped = daemon.lines[-1]
    contents = await read_journal(stage.journal)
    assert (contents.ended, contents.note) == (True, "")
    assert msgspec.json.decode(contents.records[-1].payload)["state_hash"] == stopped["state_hash"]

    async with stage.daemon() as daemon:
        recovered = await daemon.event("recovered")
        assert (recovered["seq"], recovered["steps"]) == (stopped["seq"], 0)
        await trade(daemon)
        assert await daemon.stop() == 0

    await judge_end(stage)
    assert {id_.split("-")[2] for id_ in placed(stage)} == {"1", "2"}


async def test_a_snapshot_with_its_tail_is_the_whole_replay(stage: Stage) -> None:
    """Two lives: the snapshot ends the first one, the tail is the second."""
    await live(stage)
    await live(stage)
    whole = await read_journal(stage.journal)
    tail = whole.records[: -2 if whole.ended else None]
    assert SNAPSHOT in {record.kind for record in tail}

    short = JournalContents(tail, ended=False, note="")
    plain = JournalContents(
        tuple(record for record in tail if record.kind in {"header", STEP}), ended=False, note=""
    )

    assert state_of(short) == state_of(plain)
    assert state_of(short) == msgspec.json.decode(whole.records[-1].payload)["state_hash"]
    agrees, text = replay_live(whole)
    assert agrees
    assert state_of(whole) in text


async def test_a_killed_daemon_is_recovered_to_its_last_record(stage: Stage) -> None:
    async with stage.daemon() as daemon:
        await trade(daemon)
        daemon.process.kill()
        await daemon.end()
    contents = await read_journal(stage.journal)
    assert not contents.ended

    async with stage.daemon() as daemon:
        recovered = await daemon.event("recovered")

    kinds = [record.kind for record in contents.records]
    since = max((at for at, kind in enumerate(kinds) if kind == SNAPSHOT), default=0)
    assert recovered["steps"] == kinds[since:].count(STEP)
    assert recovered["note"] == contents.note


async def test_a_second_daemon_is_refused(stage: Stage) -> None:
    async with stage.daemon() as first:
        await first.event("connected")
        async with stage.daemon() as second:
            assert await second.end() == 7
        assert "error: another instance" in second.lines[-1]["event"]
        await trade(first, 2)
        assert await first.stop() == 0


async def test_a_second_daemon_of_the_account_is_refused_in_another_folder_too(
    stage: Stage,
) -> None:
    async with stage.daemon() as first:
        await first.event("connected")
        async with stage.daemon("none", 1, "state_dir=elsewhere") as second:
            assert await second.end() == 7
        assert "another daemon on this machine" in second.lines[-1]["event"]
        await trade(first, 2)
        assert await first.stop() == 0


async def test_an_interrupted_daemon_stops_in_order_too(stage: Stage) -> None:
    async with stage.daemon() as daemon:
        await trade(daemon)
        daemon.process.send_signal(signal.SIGINT)
        assert await daemon.end() == 130

    await judge_end(stage)


async def test_a_broken_line_begins_a_new_epoch(stage: Stage) -> None:
    """The order whose answer was lost with the line is asked about, and trading goes on."""
    stage.venue.interference = Interference(
        answers_first=True, before_answer=once(PLACE, Verdict.CLOSE)
    )
    async with stage.daemon() as daemon:
        await daemon.event("edge_failed", edge="gateway")
        await daemon.event("connected", epoch=2)
        await daemon.event("order_filled", client_order_id="main-flip-1-1")
        await daemon.event("trading_state_changed", state="active")
        filled = await daemon.event("order_filled")
        assert await daemon.stop() == 0

    assert filled["client_order_id"].startswith("main-flip-2-")
    assert "order_in_doubt" in [line["event"] for line in daemon.lines]
    await judge_end(stage)


async def test_an_answer_that_never_comes_is_resolved_in_the_same_life(stage: Stage) -> None:
    stage.venue.interference = Interference(
        answers_first=True, before_answer=once(PLACE, Verdict.LOSE)
    )
    async with stage.daemon() as daemon:
        await trade(daemon)
        assert await daemon.stop() == 0
    await judge_end(stage)


async def test_without_a_venue_it_gives_up(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        pass
    async with stage.daemon() as daemon:
        assert await daemon.end() == 6

    failures = [line for line in daemon.lines if line["event"] == "edge_failed"]
    assert [line["attempt"] for line in failures] == [1, 2, 3, 4, 5, 6]


async def test_another_configuration_does_not_go_on_with_the_journal(stage: Stage) -> None:
    await live(stage)
    text = stage.config.read_text()
    stage.config.write_text(text.replace("lots: 100}", "lots: 50}"))

    async with stage.daemon() as daemon:
        assert await daemon.end() == 2

    assert "another configuration" in daemon.lines[-1]["event"]


async def test_the_keys_may_lie_elsewhere_in_the_next_life(stage: Stage) -> None:
    await live(stage)
    elsewhere = stage.config.with_name("keys")
    elsewhere.write_text(KEYS)
    elsewhere.chmod(0o600)
    text = stage.config.read_text()
    stage.config.write_text(text.replace("env: LOOPBACK_KEYS", f"file: {elsewhere}"))

    async with stage.daemon() as daemon:
        await daemon.event("connected")
        await trade(daemon, 1)
        assert await daemon.stop() == 0


async def test_a_stop_that_waits_for_a_channel_is_no_stall(stage: Stage) -> None:
    with stage.config.open("a") as file:
        file.write('alerts: [{name: hangs, command: [/bin/sleep, "60"]}]\n')
        file.write("ops: {stalled_after: 1s}\n")

    async with stage.daemon() as daemon:
        await trade(daemon, 1)
        with Client(stage.journal.parent) as client:
            client.act(Act(verb="halt"))
        assert await daemon.stop() == 5

    assert "stalled" not in [line["event"] for line in daemon.lines]


async def test_a_damaged_journal_is_named_and_nothing_trades(stage: Stage) -> None:
    await live(stage)
    before = len(placed(stage))
    data = bytearray(stage.journal.read_bytes())
    at = data.index(b"BarClosed") + 20
    data[at] ^= 1
    stage.journal.write_bytes(data)

    async with stage.daemon() as daemon:
        assert await daemon.end() == 4

    assert "error: record " in daemon.lines[-1]["event"]
    assert len(placed(stage)) == before


async def test_the_next_life_asks_for_what_filled_since_the_last_fill(stage: Stage) -> None:
    """Also for fills of orders that had ended by all that this one knew."""
    await live(stage)
    before = len(stage.venue.received)

    async with stage.daemon() as daemon:
        await trade(daemon, 1)
        assert await daemon.stop() == 0

    later = list(stage.venue.received)[before:]
    asked = [each.params.get("fromId", 0) for each in later if each.method == "myTrades"]
    assert int(str(asked[0])) > 1


async def test_what_the_code_of_today_would_do_else_is_named(stage: Stage) -> None:
    """A strategy that was changed between two lives does not decide the past anew."""
    own = stage.config.with_name("flip.py")
    shutil.copy(Path(__file__).with_name("flip.py"), own)
    given = Path(__file__).with_name("flip.py")
    stage.config.write_text(stage.config.read_text().replace(str(given), str(own)))
    # What lies before a snapshot is not decided again.
    async with stage.daemon("unsnapped") as daemon:
        await trade(daemon)
        daemon.process.kill()
        await daemon.end()
    own.write_text(own.read_text().replace("% 2", "% 20"))

    async with stage.daemon() as daemon:
        assert await daemon.end() == 4

    said = daemon.lines[-1]["event"]
    assert "disagree at record" in said
    assert "recorded order_manager: SubmitOrder" in said
    agrees, text = replay_live(await read_journal(stage.journal))
    assert not agrees
    assert "disagree at record" in text


async def test_an_epoch_is_not_used_again_when_the_journal_has_lost_its_end(stage: Stage) -> None:
    await live(stage)
    shutil.copy(stage.journal, stage.journal.with_name("copy.db"))
    await live(stage)
    shutil.copy(stage.journal.with_name("copy.db"), stage.journal)

    async with stage.daemon() as daemon:
        await daemon.event("connected", epoch=3)


async def test_a_journal_that_is_gone_is_no_new_beginning(stage: Stage) -> None:
    """What the account holds would be taken for its owner's, and bought once more."""
    await live(stage)
    for left in stage.journal.parent.glob("journal.db*"):
        left.unlink()

    async with stage.daemon() as daemon:
        assert await daemon.end() == 4
    assert "the journal is gone" in daemon.lines[-1]["event"]


async def test_a_core_that_crashes_leaves_its_last_input(stage: Stage) -> None:
    async with stage.daemon("poison", 6) as daemon:
        assert await daemon.end() == 1

    contents = await read_journal(stage.journal)
    last = contents.records[-1]
    assert last.kind == CRASHED
    body = decode(last.payload).body
    assert isinstance(body, BarClosed)
    assert body.instrument == "NOBODY.knows"
    assert "the core crashed on BarClosed" in daemon.lines[-1]["event"]


async def test_the_bundled_configuration_trades(stage: Stage) -> None:
    """At a pace for tests, with a folder of its own."""
    stage.config = ROOT / "config" / "loopback.yaml"
    sets = [
        f"gateway.ws_api={stage.venue.url}",
        "gateway.pace_ns=5000000",
        f"state_dir={stage.journal.parent}",
    ]
    async with stage.daemon("none", 1, *sets) as daemon:
        await daemon.event("trading_state_changed", state="active")
        await trade(daemon, 6)
        assert await daemon.stop() == 0

    assert {order.terms.symbol for order in stage.engine.orders.values()} == {"EURUSDT"}


async def test_a_journal_ends_with_an_end_after_each_life(stage: Stage) -> None:
    await live(stage)
    await live(stage)

    contents = await read_journal(stage.journal)

    kinds = [record.kind for record in contents.records]
    assert kinds.count(END) == 2
    assert kinds[-2:] == [SNAPSHOT, END]
    async with open_journal(stage.journal) as journal:
        assert journal.found == contents
