"""The daemon's way in, and its journals, from the command line."""

from pathlib import Path

import anyio
import msgspec
import pytest

from actors.assembly import Core
from actors.edge.journal import END, HEADER, open_journal
from actors.replay import LiveHeader, Stop
from tests.cli.conftest import Command
from trader.config.loader import load

PAPER = Path(__file__).resolve().parents[2] / "config" / "paper.yaml"
ADDRESSES = (
    "--set",
    "gateway.rest=http://127.0.0.1:1",
    "--set",
    "gateway.ws_stream=ws://127.0.0.1:1/stream",
)


def test_the_daemon_does_not_start_without_limits(traderd: Command) -> None:
    said = traderd("--config", "traderd.yaml")

    assert said.code == 2
    assert "a live run needs every limit" in said.err


def test_the_daemon_does_not_start_without_a_configuration(traderd: Command) -> None:
    document = traderd("--json").document

    assert document["error"]["message"] == "the daemon needs a configuration"
    assert "--sim" in document["error"]["hint"]


def write_live_journal(folder: Path, state_hash: str | None = None) -> None:
    """The journal of a live run that stopped before its first input."""
    config = load(Path("traderd.yaml")).config
    header = LiveHeader(run="trial", config=config, code_version="", money_quantum="1")
    stop = Stop(seq=0, state_hash=state_hash or Core(config, patient=True, live=True).state_hash())

    async def write() -> None:
        async with open_journal(folder / "journal.db") as journal:
            records = ((HEADER, header), (END, stop))
            await journal.commit([(kind, msgspec.json.encode(each)) for kind, each in records])

    anyio.run(write)


@pytest.mark.parametrize("name", ["state", "state/journal.db"])
def test_a_live_journal_is_replayed_too(traderd: Command, name: str) -> None:
    write_live_journal(Path("state"))

    said = traderd("replay", name)

    assert said.code == 0
    assert said.out.startswith("state/journal.db replays to the bit: 0 steps")
    assert traderd("replay", name, "--json").document["agrees"]


def test_a_live_journal_that_differs_is_4(traderd: Command) -> None:
    write_live_journal(Path("state"), "0" * 64)

    said = traderd("replay", "state")
    document = traderd("replay", "state", "--json")

    assert said.code == document.code == 4
    assert "disagree" in said.err
    assert document.document["error"]["code"] == "verification"
    assert not document.document["agrees"]


@pytest.mark.parametrize("loopback", ["false", "true"])
@pytest.mark.parametrize("folder", ["traderd.yaml", "/proc/none/state"])
def test_a_folder_that_cannot_be_is_a_mistake_in_the_configuration(
    traderd: Command, folder: str, loopback: str
) -> None:
    market = ADDRESSES if loopback == "false" else ()
    said = traderd("--config", str(PAPER), "--set", f"gateway.loopback={loopback}", *market,
                   "--set", f"state_dir={Path(folder).resolve()}")  # fmt: skip

    assert said.code == 2
    assert "state_dir is no folder and cannot be made one" in said.err


def test_a_loopback_venue_that_does_not_start_says_why(
    traderd: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PAPER.parents[1]))
    Path("state/venue.db").mkdir(parents=True)

    said = traderd("--config", str(PAPER), "--set", f"state_dir={Path('state').resolve()}")

    assert said.code == 6
    assert "the loopback venue did not start: " in said.err
    assert "venue.db" in said.err
