"""`traderd replay`."""

from pathlib import Path

import polars as pl
import pytest
from msgspec import structs

from tests.cli.conftest import Command
from tests.research.making import wave, write_bars
from trader.research.records import end_of, header_of, read_contents, write_journal


@pytest.fixture
def ran(traderd: Command) -> Command:
    assert traderd("--sim", "--config", "traderd.yaml").code == 0
    return traderd


@pytest.mark.parametrize("name", ["trial-1", "runs/trial-1", "runs/trial-1/journal.db"])
def test_a_run_is_named_by_id_folder_or_journal(ran: Command, name: str) -> None:
    said = ran("replay", name)

    assert said.code == 0
    assert said.out.startswith("trial-1 replays to the bit: 1,500 rows\n  digest      ")
    assert "state hash" in said.out


def test_json_tells_the_hashes(ran: Command) -> None:
    document = ran("replay", "trial-1", "--json").document

    assert document["agrees"]
    assert document["digest"]["recorded"] == document["digest"]["replayed"]
    assert document["difference"] is None
    assert "error" not in document


def test_up_to_a_row(ran: Command) -> None:
    assert "agrees up to row 700" in ran("replay", "trial-1", "--until", "700").out


def test_a_difference_is_4_and_both_messages(ran: Command) -> None:
    path = Path("runs/trial-1/fills.parquet")
    frame = pl.read_parquet(path)
    frame[3, "ticks"] = 77
    frame.write_parquet(path)
    name = f"{frame[3, 'seq']}.{frame[3, 'n']}"

    said = ran("replay", "trial-1")
    document = ran("replay", "trial-1", "--json")

    assert said.code == document.code == 4
    assert f"error: the replay differs from the run, first in fills at {name}" in said.err
    assert '"ticks":77' in said.out
    assert said.out.count('"ticks"') == 2
    assert document.document["error"]["code"] == "verification"
    assert document.document["difference"]["recorded"]["ticks"] == 77
    assert document.document["difference"]["replayed"]["ticks"] != 77


def test_a_row_that_is_gone_is_spelled_out(ran: Command) -> None:
    path = Path("runs/trial-1/fills.parquet")
    frame = pl.read_parquet(path)
    frame.head(4).write_parquet(path)

    assert "no such message" in ran("replay", "trial-1").out


def test_a_run_json_of_another_run_is_4(ran: Command) -> None:
    ran("--sim", "--config", "traderd.yaml", "--set", "account.cash=5000")
    other = Path("runs/trial-2/run.json").read_text()
    Path("runs/trial-1/run.json").write_text(other)

    said = ran("replay", "trial-1")

    assert said.code == 4
    assert "run.json does not" in said.err
    assert "note: run.json and the journal tell two digests" in said.err


def test_a_difference_that_no_table_shows_names_the_hash(ran: Command) -> None:
    """Only possible where the journal's end was written anew, chain and all."""
    path = Path("runs/trial-1/journal.db")
    contents = read_contents(path)
    end = end_of(contents)
    assert end is not None
    path.unlink()
    write_journal(path, header_of(contents), structs.replace(end, state_hash="0" * 64))

    said = ran("replay", "trial-1")

    assert said.code == 4
    assert "in its state hash; no table shows where" in said.err
    assert "state hash  recorded  0000" in said.out


def test_changed_data_are_3(ran: Command) -> None:
    write_bars(Path("bars.parquet"), [each + 0.01 for each in wave()])

    said = ran("replay", "trial-1")

    assert said.code == 3
    assert "the data have changed since the run" in said.err


def test_data_that_moved_are_named_anew(ran: Command) -> None:
    Path("moved").mkdir()
    Path("bars.parquet").rename("moved/bars.parquet")

    assert ran("replay", "trial-1").code == 3
    assert ran("replay", "trial-1", "--base-dir", "moved").code == 0


def test_a_flipped_byte_is_4_and_names_the_record(ran: Command) -> None:
    path = Path("runs/trial-1/journal.db")
    content = bytearray(path.read_bytes())
    content[content.index(b'"mode"') + 1] ^= 1
    path.write_bytes(content)

    said = ran("replay", "trial-1", "--json")

    assert said.code == 4
    assert "record 0" in said.document["error"]["message"]


def test_up_to_a_row_beyond_the_end_names_the_last(ran: Command) -> None:
    assert "agrees up to its last row, 1500" in ran("replay", "trial-1", "--until", "9000").out
