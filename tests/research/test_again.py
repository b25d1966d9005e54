"""A run played to a moment: all that is due by then has happened, and nothing else."""

from itertools import pairwise
from pathlib import Path
from time import perf_counter

import polars as pl
import pytest

from sims.simulation import Simulation
from tests.research import stories
from tests.research.making import quiet
from tests.research.stories import FLAT, START_NS, minute, script, target
from trader.config.notation import instant
from trader.logic.tables import SCHEMAS
from trader.model.envelope import Envelope
from trader.model.units import BEFORE_ALL, DAY_NS, MINUTE_NS
from trader.research.again import play_until
from trader.research.reopening import Reopened, reopen

BARS = [FLAT] * 3 + [(100.0, 100.0, 95.0, 95.0)] * 5
TEXT = stories.config(
    stories.strategy(
        script(at_1=[target(10)], at_4=[target(-5)]), exits="[{kind: atr_stop, n: 1, k: 1}]"
    )
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Reopened:
    return reopen(stories.ran(tmp_path_factory.mktemp("again"), TEXT, BARS))


def played(
    run: Reopened, time: int, heard: list[Envelope] | None = None, since: int = 0
) -> Simulation:
    hear = None if heard is None else heard.append
    return play_until(run, time, watch=quiet, clock=perf_counter, hear=hear, hear_from=since)


def rows(simulation: Simulation, table: str) -> list[bytes]:
    one = simulation.core.tables.tables[table]
    return [repr(one.row(index)).encode() for index in range(len(one))]


def test_each_moment_is_the_beginning_of_the_next(run: Reopened) -> None:
    moments = [played(run, START_NS + k * MINUTE_NS // 2) for k in range(2, 17)]

    for before, after in pairwise(moments):
        for table in SCHEMAS:
            assert rows(after, table)[: len(rows(before, table))] == rows(before, table)
    assert len(rows(moments[-1], "fills")) == len(run.folder.frame("fills")) == 4


def test_everything_of_the_instant_has_happened(run: Reopened) -> None:
    """The order of bar 1 is decided at its close and fills at the opening that follows at once."""
    at, before = instant(minute(1)), instant(minute(1)) - 1

    assert [len(rows(played(run, ts), "fills")) for ts in (before, at)] == [0, 1]
    assert played(run, at).core.portfolio.state.positions["s"]["X.y"].lots == 10
    assert [played(run, ts).core.reactor.state.seq for ts in (before, at)] == [1, 2]


def test_what_lies_between_two_rows_waits_for_its_time(tmp_path: Path) -> None:
    """A day lies between two bars; the account is marked at midnight, and not before."""
    stories.write(tmp_path / "bars.parquet", [FLAT] * 2)
    frame = pl.read_parquet(tmp_path / "bars.parquet")
    late = frame.with_columns(ts_open=pl.Series([START_NS, START_NS + DAY_NS + MINUTE_NS]))
    folder = stories.ran(tmp_path, TEXT, [FLAT] * 2, frame=late)
    run, midnight = reopen(folder), START_NS + DAY_NS

    counts = [len(rows(played(run, ts), "equity")) for ts in (midnight - 1, midnight)]

    assert counts == [0, 1]


def test_it_is_listened_to_from_a_moment_on(run: Reopened) -> None:
    heard: list[Envelope] = []
    since, until = instant(minute(3)), instant(minute(4))

    played(run, until, heard, since)

    assert min(each.ts for each in heard) == since
    assert max(each.ts for each in heard) == until


def test_it_can_be_listened_to_from_the_start_on(run: Reopened) -> None:
    heard: list[Envelope] = []

    played(run, instant(minute(0)), heard, BEFORE_ALL)

    assert type(heard[0].body).__name__ == "RunStarted"
