"""Whole runs with a calendar, across a split: what the account and its tables show."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from msgspec.structs import replace

from sims.build import build, open_sources
from sims.simulation import Simulation
from trader.calendars.table import calendar
from trader.config.loader import load
from trader.config.notation import instant
from trader.errors import DataError

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "split.yaml"
XNYS = calendar("XNYS")


def played(sets: Sequence[str] = (), *, sources: int = 2) -> Simulation:
    """The example with some values changed, and perhaps without its second source."""
    config = load(EXAMPLE, sets=sets).config
    config = replace(config, data=config.data[:sources])
    simulation = build(config, open_sources(config), perf_counter)
    simulation.run()
    return simulation


def rows(simulation: Simulation, table: str, *columns: str) -> list[tuple[Any, ...]]:
    found = simulation.core.tables.tables[table]
    return list(zip(*(found.column(name) for name in columns), strict=True))


def test_a_position_is_carried_across_the_split() -> None:
    """101 shares bought at 88.48 are 202 at 44.24, and worth the same that morning."""
    simulation = played()
    equity = dict(rows(simulation, "equity", "ts", "equity"))
    scale = simulation.core.scale

    friday = scale.text(equity[instant("2005-02-25T21:00:00Z")])
    monday = scale.text(equity[instant("2005-02-28T21:00:00Z")])

    assert friday == "10051.51"  # 10000 + 101 x (88.99 - 88.48)
    assert monday == "10125.24"  # 10000 - 101 x 88.48 + 202 x 44.86


def test_the_position_has_its_cost_and_more_lots() -> None:
    """Told in the table of what was no trade."""
    [row] = rows(played(), "adjustments", "ts", "lots", "cost", "income")

    assert row == (instant("2005-02-28T14:30:00Z"), 202, 101 * 884_800, 0)


def test_the_stop_is_carried_with_it() -> None:
    """At half of its price it sells twice its lots, when the market opens below it."""
    simulation = played()
    [_, (_, made)] = rows(simulation, "orders", "lots", "stop_ticks")

    assert made == 801_682
    assert rows(simulation, "fills", "ts", "lots", "ticks") == [
        (instant("2005-02-24T14:30:00Z"), 101, 884_800),
        (instant("2005-03-09T14:30:00Z"), -202, 396_100),
    ]
    [stop] = played(["run.to=2005-03-09"]).venue.books["AAPL.usa"].orders.values()
    assert (stop.lots, stop.stop_ticks) == (-202, 400_841)


def test_rows_of_equity_stand_at_the_closes_of_the_sessions() -> None:
    simulation = played(["run.to=2005-12-31"])
    times = [ts for (ts,) in rows(simulation, "equity", "ts")]

    assert times[-1] == times[-2] == instant("2005-12-30T21:00:00Z")
    assert all(XNYS.next_close(ts - 1) == ts for ts in times)
    assert instant("2005-11-25T18:00:00Z") in times
    assert [XNYS.next_close(ts) for ts in times[:-2]] == times[1:-1]


def test_without_the_calendar_the_split_would_lie_inside_a_bar() -> None:
    with pytest.raises(DataError, match="at 2000-06-21T00:00:00Z it falls inside the bar"):
        played(["instruments.0.calendar=null"])


def test_without_the_actions_half_of_the_account_is_gone() -> None:
    """The stop meets Monday's opening, which means the same as Friday's close."""
    fallen = played(sources=1)

    assert rows(fallen, "fills", "ts", "lots", "ticks")[1:] == [
        (instant("2005-02-28T14:30:00Z"), -101, 446_800)
    ]


@pytest.mark.parametrize("to", ["2005-02-28", "2005-03-01", "2005-03-04"])
def test_what_comes_later_changes_nothing_before(to: str) -> None:
    """Neither the split nor the fall after it; at the last instant a run ends, and says so."""
    whole, cut = played(), played([f"run.to={to}"])

    for table, found in whole.core.tables.tables.items():
        ts = found.columns.index("ts")
        early = [
            [row for row in rows(run, table, *found.columns) if row[ts] < cut.now]
            for run in (whole, cut)
        ]
        assert early[0] == early[1]
