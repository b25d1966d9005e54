"""Why and why not, of a live run: from its journal, beside which nothing has to stand."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest

from actors.edge.journal import HEADER, open_journal
from actors.replay import STEP, LiveHeader
from actors.runtime.step_record import Step, encode_step
from tests.endurance.living import Life
from trader.cli.main import main
from trader.config.notation import instant_text
from trader.model.control import SetTradingState, TradingState
from trader.model.envelope import Envelope
from trader.model.orders import OrderDenied, OrderFilled
from trader.model.units import MINUTE_NS

MINUTES = 40


class Kept:
    """A life whose journal stands in a folder."""

    def __init__(self, folder: Path) -> None:
        life = Life()
        steps = [*life.first, *(step for _ in range(MINUTES) for step in life.live(1))]
        life.inbox.put(SetTradingState(state=TradingState.HALTED, by="ann", reason="lunch"))
        steps += life.turn()
        self.folder = folder
        self.steps = steps
        self.outputs = [each for step in steps for each in step.kept]
        self.core = life.core
        header = LiveHeader(
            run="life",
            config=life.config,
            code_version="",
            money_quantum=life.core.scale.quantum,
        )
        anyio.run(self._write, header, steps)

    async def _write(self, header: LiveHeader, steps: Sequence[Step]) -> None:
        records = [(HEADER, msgspec.json.encode(header))]
        records += [(STEP, encode_step(step)) for step in steps]
        async with open_journal(self.folder / "journal.db") as journal:
            await journal.commit(records)

    def output(self, kind: type) -> Envelope:
        """The last output of a kind."""
        return [each for each in self.outputs if isinstance(each.body, kind)][-1]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("state"))


Out = pytest.CaptureFixture[str]


def ask(out: Out, *words: object) -> tuple[int, Any]:
    code = main([*map(str, words), "--json"])
    return code, json.loads(out.readouterr().out)


def test_a_fill_is_followed_through_the_venue_back_to_its_bar(kept: Kept, capsys: Out) -> None:
    """The venue's report is an input; what it reports of was approved, decided and seen before."""
    fill = kept.output(OrderFilled)
    assert isinstance(fill.body, OrderFilled)

    code, told = ask(capsys, "why", kept.folder, f"trade:{fill.body.trade_id}")

    assert code == 0
    kinds = [each["kind"] for each in told["chain"]]
    assert kinds[:2] == ["fill", "input"]
    assert told["chain"][1]["row"]["type"] == "OrderFilled"
    assert told["chain"][1]["row"]["fields"]["trade_id"] == fill.body.trade_id
    assert kinds[2:4] == ["status", "order"]
    assert kinds[-1] == "input"
    last = told["chain"][-1]
    assert last["row"]["kind"] == "bars"
    assert last["file"]["place"] == f"record {int(last['name'].split('.')[0])}"


def test_a_denial_says_what_was_compared(kept: Kept, capsys: Out) -> None:
    denied = kept.output(OrderDenied).body
    assert isinstance(denied, OrderDenied)

    code, told = ask(capsys, "why", kept.folder, denied.client_order_id)

    assert (code, told["kind"]) == (0, "denial")
    assert told["denial"]["code"] == denied.code
    assert told["denial"]["compared"] is not None


def test_a_halt_leads_to_the_person_who_ordered_it(kept: Kept, capsys: Out) -> None:
    code, told = ask(capsys, "why", kept.folder, "halt")

    assert code == 0
    state, row = told["chain"]
    assert (state["state"], state["reason"], state["by"]) == ("HALTED", "lunch", "ann")
    assert row["row"] == {
        "kind": "message",
        "type": "SetTradingState",
        "fields": {"state": "halted", "by": "ann", "reason": "lunch"},
    }


def test_a_strategy_is_asked_at_a_moment(kept: Kept, capsys: Out) -> None:
    """At the end trading is halted; a minute before it was not."""
    end = kept.steps[-1].input.ts
    code, now = ask(capsys, "why-not", kept.folder, "cross", instant_text(end))
    assert code == 0
    assert (now["trading"]["state"], now["rows"]) == ("HALTED", len(kept.steps))
    assert (now["rows_compared"], now["compared_with"]) == (len(kept.steps), "journal")
    assert now["held_back"][0] == "trading is HALTED: lunch"
    position = kept.core.portfolio.state.positions["cross"]
    assert now["position_lots"] == sum(each.lots for each in position.values())

    code, before = ask(capsys, "why-not", kept.folder, "cross", end - MINUTE_NS)
    assert (code, before["trading"]["state"]) == (0, "ACTIVE")
    assert before["saw"]["heard"]["kind"] == "bars"
    assert before["rows"] < now["rows"]


@pytest.mark.parametrize("moment", ["1970-01-01", "2000-01-01"])
def test_a_moment_outside_of_the_journal_is_refused(kept: Kept, moment: str, capsys: Out) -> None:
    code, refused = ask(capsys, "why-not", kept.folder, "cross", moment)
    assert (code, "the run" in refused["error"]["message"]) == (2, True)
    assert "its journal goes from" in refused["error"]["hint"]


def test_a_replay_stops_at_a_row(kept: Kept, capsys: Out) -> None:
    code, told = ask(capsys, "replay", kept.folder, "--until", 20)
    assert (code, told["agrees"]) == (0, True)
    assert told["told"].startswith("20 steps replayed up to row 20, state hash ")


def test_a_journal_that_the_core_contradicts_is_no_source(
    kept: Kept, tmp_path: Path, capsys: Out
) -> None:
    """A step that says something else than it would come to."""

    async def write(records: list[tuple[str, bytes]]) -> None:
        async with open_journal(tmp_path / "journal.db") as journal:
            await journal.commit(records)

    header = LiveHeader(
        run="life", config=Life().config, code_version="", money_quantum=kept.core.scale.quantum
    )
    first, *rest = kept.steps[:9]
    altered = Step(first.input, first.kept, bytes(32))
    steps = [(STEP, encode_step(each)) for each in (altered, *rest)]
    anyio.run(write, [(HEADER, msgspec.json.encode(header)), *steps])

    code, refused = ask(capsys, "why", tmp_path, "1.1")
    assert (code, refused["error"]["code"]) == (4, "verification")
    assert "record 1 (seq 1)" in refused["error"]["message"]


def test_a_daemon_that_has_done_nothing_has_nothing_to_tell(
    kept: Kept, tmp_path: Path, capsys: Out
) -> None:
    header = LiveHeader(
        run="life", config=Life().config, code_version="", money_quantum=kept.core.scale.quantum
    )

    async def write() -> None:
        async with open_journal(tmp_path / "journal.db") as journal:
            await journal.commit([(HEADER, msgspec.json.encode(header))])

    anyio.run(write)
    code, refused = ask(capsys, "why", tmp_path, "halt")
    assert (code, "has not taken a step" in refused["error"]["message"]) == (2, True)


def test_it_is_shown_on_a_screen(kept: Kept, capsys: Out) -> None:
    assert main(["why", str(kept.folder), "halt"]) == 0
    shown = capsys.readouterr().out
    assert "ann moves trading from ACTIVE to HALTED: lunch" in shown
    assert "SetTradingState" in shown
    assert main(["why-not", str(kept.folder), "mixed", str(kept.steps[-1].input.ts)]) == 0
    assert f"{len(kept.steps)} rows of its journal are the same" in capsys.readouterr().out
