"""The actions in the package are those that their bars show."""

from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest

from trader.calendars import calendar
from trader.config.notation import instant, instant_text
from trader.data.actions import ActionFile, open_actions
from trader.data.bars import BarFile, open_bars
from trader.data.samples import FOLDER, sample
from trader.data.sessions import Hours
from trader.logic.splits import split_ticks
from trader.model.control import DividendPaid, SplitEffective
from trader.model.money import MoneyScale
from trader.model.units import DAY_NS

CENT = 1_000_000
SHARES = {"AAPL": 5, "MSFT": 38}
XNYS = calendar("XNYS")


def actions(symbol: str) -> ActionFile:
    return open_actions(
        sample(f"actions/usa/{symbol}.csv"),
        name=symbol,
        sessions=XNYS,
        lot=Decimal(1),
        scale=MoneyScale(places=8, half={}),
    )


def bars(symbol: str) -> BarFile:
    return open_bars(
        sample(f"bars/usa/{symbol}/1d/20000301-20130301.parquet"),
        name=symbol,
        interval_ns=DAY_NS,
        tick=Decimal("0.0001"),
        lot=Decimal(1),
        hours=Hours(sessions=XNYS),
    )


@pytest.mark.parametrize("symbol", SHARES)
def test_every_day_of_the_file_is_a_session_and_every_session_a_day(symbol: str) -> None:
    """So the calendar and 13 recorded years agree."""
    file = bars(symbol)
    [batch] = file.batches(0, file.rows)

    assert batch.ts_open[0] == instant("2000-03-01T14:30:00Z")
    day = batch.ts_open[0]
    for opens, closes in zip(batch.ts_open.tolist(), batch.ts_close.tolist(), strict=True):
        assert opens == day
        assert XNYS.session_at(opens) == (opens, closes)
        day = XNYS.next_open(day)


@pytest.mark.parametrize("symbol", SHARES)
def test_the_actions_are_all_that_the_adjusted_closes_know(symbol: str) -> None:
    """The vendor's factor steps by the split, or by the dividend over that day's close."""
    frame = pl.read_parquet(bars(symbol).source.path)
    factor = (frame["adj_close"] / frame["close"]).to_list()
    steps = [now / before - 1 for before, now in pairwise(factor)]
    labels, closes = frame["ts_open"].to_list(), frame["close"].to_list()
    expected = []
    for at, step in enumerate(steps, 1):
        opens = XNYS.session_at(XNYS.next_open(labels[at]))
        assert opens is not None
        if abs(step) > 0.9:
            expected.append((opens.ts_open, round(step) + 1))
        elif abs(step) > 2e-4:
            expected.append((opens.ts_open, round(100 * step * closes[at]) * CENT))

    file = actions(symbol)

    assert len(expected) == SHARES[symbol]
    assert expected == [
        (ts, m.numerator if isinstance(m, SplitEffective) else getattr(m, "amount", None))
        for ts, m in zip(file.ts.tolist(), file.messages, strict=True)
    ]
    file.check_between(bars(symbol))


@pytest.mark.parametrize(
    ("symbol", "dates"), [("AAPL", ["2000-06-21", "2005-02-28"]), ("MSFT", ["2003-02-18"])]
)
def test_prices_go_on_across_a_split(symbol: str, dates: list[str]) -> None:
    """Within a day's usual move, once the close before is carried over."""
    file = actions(symbol)
    splits = [m for m in file.messages if isinstance(m, SplitEffective)]

    assert [instant_text(each.ts_event)[:10] for each in splits] == dates
    for split in splits:
        row = bars(symbol).window(split.ts_event, None, 0)[0]
        [batch] = bars(symbol).batches(row - 1, row + 1)
        carried = split_ticks(int(batch.close[0]), split.numerator, split.denominator)
        assert abs(int(batch.open[1]) / carried - 1) < 0.04


def test_dividends_are_known_amounts() -> None:
    """Apple paid 2.65 dollars three times; Microsoft three dollars at once in 2004."""
    amounts = [m.amount for m in actions("AAPL").messages if isinstance(m, DividendPaid)]

    assert amounts == [265 * CENT] * 3
    assert 308 * CENT in [getattr(m, "amount", 0) for m in actions("MSFT").messages]


def test_the_readme_names_the_actions() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert "actions/usa/{AAPL,MSFT}.csv" in readme
