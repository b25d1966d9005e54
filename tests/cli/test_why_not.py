"""`traderd why-not`."""

import os
import signal
from pathlib import Path
from time import perf_counter

import polars as pl
import pytest

from tests.cli.conftest import Command
from tests.research.making import configuration, project
from trader.config.loader import load
from trader.config.notation import instant_text
from trader.research.folder import open_run
from trader.research.simulate import Request, simulate
from trader.research.stepping import Moment

RUN = ("--sim", "--config", "traderd.yaml")


@pytest.fixture
def ran(traderd: Command) -> Command:
    assert traderd(*RUN).code == 0
    return traderd


def moment(row: int = 9) -> str:
    """The instant of a decision of the cross."""
    decisions = pl.read_parquet("runs/trial-1/decisions.parquet")
    mine = decisions.filter(pl.col("strategy") == "cross")
    return instant_text(mine[row, "ts"])


def test_it_says_what_held_the_strategy_back(ran: Command) -> None:
    said = ran("why-not", "trial-1", "cross", moment())

    assert said.code == 0
    assert said.out.startswith(f"trial-1: cross on WAVE.x at {moment()}")
    for part in (
        "held back",
        "saw ",
        "bar of WAVE.x, 1m",
        "inputs        close ",
        "holds  cross: fast",
        "state         fast 5",
        "position      ",
        "decided last  ",
        "trading       ACTIVE",
        "an entry      ",
        "rows of its tables are the same",
    ):
        assert part in said.out


def test_the_answer_is_one_json_document(ran: Command) -> None:
    document = ran("why-not", "trial-1", "cross", moment(), "--json").document

    assert document["strategy"] == "cross"
    assert document["time"] == moment()
    assert [each["side"] for each in document["entries"]] == ["BUY", "SELL"]
    assert [each["holds"] for each in document["conditions"]] == [True, True]
    assert {
        "blocked",
        "compared_with",
        "conditions",
        "currency",
        "decides_from",
        "disabled",
        "entries",
        "exits",
        "held",
        "held_back",
        "inputs",
        "instrument",
        "last_decision",
        "last_order",
        "position_lots",
        "quarantined",
        "rows",
        "rows_compared",
        "run",
        "saw",
        "state",
        "strategy",
        "target_lots",
        "time",
        "trading",
        "working",
    } == set(document)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("corss", "2020-09-13T13:00:00Z"), "did you mean cross?"),
        (("cross", "2019-01-01"), "lies before the run"),
        (("cross", "2029-01-01"), "lies after the run"),
        (("cross", "13:00"), "expected a date or a time"),
    ],
)
def test_a_wrong_strategy_or_time_is_2_in_one_line(
    ran: Command, words: tuple[str, str], told: str
) -> None:
    said = ran("why-not", "trial-1", *words)

    assert said.code == 2
    assert told in said.err
    assert len(said.err.splitlines()) == 1


def test_a_run_that_another_program_would_make_is_4(ran: Command) -> None:
    path = Path("runs/trial-1/decisions.parquet")
    pl.read_parquet(path).with_columns(target_lots=pl.col("target_lots") * 2).write_parquet(path)

    said = ran("why-not", "trial-1", "cross", moment())

    assert said.code == 4
    assert "played again, the run is another one, first in decisions at " in said.err


def test_a_run_that_was_interrupted_is_asked_up_to_where_it_came(
    traderd: Command, tmp_path: Path
) -> None:
    """The last instant of it was broken off after a row; now all of it is played."""
    text = configuration()
    path = project(tmp_path, text, closes=[100.0 + i % 7 for i in range(20_000)])

    def interrupt(moment: Moment) -> None:
        if moment.rows > 4_000 and not stopped:
            stopped.append(moment.rows)
            os.kill(os.getpid(), signal.SIGINT)

    stopped: list[int] = []
    out = tmp_path / "stopped"
    simulate(Request(loaded=load(path), command="", out=out), interrupt, perf_counter)
    run = open_run(out).run
    assert not run["complete"]
    last = run["reached"]["ts"]

    said = traderd("why-not", "stopped", "cross", last, "--json")

    assert said.document["rows"] == run["reached"]["rows"]
    assert traderd("why", "stopped", f"{run['reached']['rows']}.0").code == 0
    after = traderd("why-not", "stopped", "cross", last.replace("00Z", "01Z"))
    assert (after.code, "lies after the run" in after.err) == (2, True)
