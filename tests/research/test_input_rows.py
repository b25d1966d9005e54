"""Rows of every kind, told with what they say and where they stand."""

from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest

from tests.research import stories
from tests.research.making import quiet
from tests.research.stories import FLAT, START_NS, script
from trader.config.loader import load
from trader.config.notation import instant_text
from trader.model.control import DividendPaid, InstrumentHalted, InstrumentResumed, SplitEffective
from trader.model.market import BookDelta, Quote, Trade
from trader.model.units import MINUTE_NS, NONE
from trader.research.folder import open_run
from trader.research.input_rows import InputRows
from trader.research.reopening import reopen
from trader.research.simulate import Request, simulate

ACTIONS = "  - {kind: actions, instrument: X.y, path: actions.csv}\n"
MADE_UP = """\
run: {name: ticks, seed: 7}
account: {currency: USD, cash: "100000"}
instruments:
  - {symbol: X, venue: y, tick: "0.01", lot: "1", currency: USD}
data:
  - {kind: quotes, instrument: X.y, synthetic: {start: 2024-01-01, rows: 50, price: "100"}}
strategies:
  - {name: s, file: quotes.py, instrument: X.y}
report: {baselines: false, html: false}
"""
HEARS_QUOTES = """\
from msgspec import Struct
from trader.strategies.strategy import Strategy

class Hears(Strategy):
    class Params(Struct):
        pass

    class State(Struct):
        pass

    def on_quote(self, quote):
        return None
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> InputRows:
    folder = tmp_path_factory.mktemp("rows")
    lines = [
        f"{instant_text(START_NS + 2 * MINUTE_NS)},split,2,1,",
        f"{instant_text(START_NS + 3 * MINUTE_NS)},dividend,,,0.25",
    ]
    head = "ts,action,numerator,denominator,amount"
    (folder / "actions.csv").write_text("\n".join([head, *lines]) + "\n")
    text = stories.config(stories.strategy(script()), data=ACTIONS)
    bars = [FLAT] * 2 + [(50.0, 50.5, 49.5, 50.0)] * 3
    return InputRows(reopen(stories.ran(folder, text, bars)))


def test_a_bar_has_its_prices_in_currency_and_its_place(rows: InputRows) -> None:
    told = rows.told(1)

    assert told["row"] == {
        "kind": "bars",
        "instrument": "X.y",
        "interval": "1m",
        "ts_open": "2024-01-02T00:00:00Z",
        "ts_close": "2024-01-02T00:01:00Z",
        "open": "100",
        "high": "101",
        "low": "99",
        "close": "100",
        "lots": 1_000,
    }
    assert (told["name"], told["ts"], told["cause"]) == ("1.0", told["row"]["ts_close"], None)
    assert told["file"]["place"] == "row 0"


def test_actions_are_rows_with_numbers_of_their_own(rows: InputRows) -> None:
    """The split comes after the bar that closes at its instant, the second one."""
    split, dividend = rows.told(3), rows.told(5)

    assert split["row"] == {
        "kind": "actions",
        "instrument": "X.y",
        "action": "split",
        "numerator": 2,
        "denominator": 1,
    }
    assert (dividend["row"]["action"], dividend["row"]["amount_per_lot"]) == ("dividend", "0.25")
    assert rows.splits("X.y") == [(3, rows.row(3).message)]
    assert rows.splits("Z.z") == []


def test_row_0_is_the_start(rows: InputRows) -> None:
    assert rows.told(0) == {"kind": "start", "name": "0.0", "ts": None, "cause": None}


def test_a_price_to_decide_at_is_the_rows_own(rows: InputRows) -> None:
    assert rows.price(1, "X.y") == 10_000
    assert rows.price(1, "other") is None
    assert rows.price(3, "X.y") is None
    assert rows.price(0, "X.y") is None


def test_quotes_and_prints_and_levels_are_told(rows: InputRows) -> None:
    quote = rows.content(Quote("X.y", 9_999, NONE, 5, NONE, 0))
    trade = rows.content(Trade("X.y", 10_001, 7, -1, 12, 0))
    level = rows.content(BookDelta("X.y", 1, 9_998, 3, NONE, NONE, NONE, 1, 0, 0))

    assert quote == {
        "kind": "quotes",
        "instrument": "X.y",
        "bid": "99.99",
        "ask": None,
        "bid_lots": 5,
        "ask_lots": None,
    }
    assert (trade["price"], trade["lots"], trade["side"], trade["trade_id"]) == (
        "100.01",
        7,
        -1,
        12,
    )
    assert (level["price"], level["snapshot"], level["last"]) == ("99.98", True, False)


def test_halts_are_told(rows: InputRows) -> None:
    halt = rows.content(InstrumentHalted(instrument="X.y", reason="news"))
    resumed = rows.content(InstrumentResumed(instrument="X.y"))
    split = rows.content(SplitEffective(instrument="X.y", numerator=3, denominator=1, ts_event=0))
    paid = rows.content(DividendPaid(instrument="X.y", amount=1, ts_event=0))

    assert (halt["action"], halt["reason"], resumed["action"]) == ("halt", "news", "resume")
    assert (split["numerator"], Decimal(paid["amount_per_lot"])) == (3, Decimal("1e-8"))


def test_a_row_that_is_made_up_stands_in_no_file(tmp_path: Path) -> None:
    (tmp_path / "quotes.py").write_text(HEARS_QUOTES)
    path = tmp_path / "traderd.yaml"
    path.write_text(MADE_UP)
    simulate(Request(loaded=load(path), command="", out=tmp_path / "out"), quiet, perf_counter)
    rows = InputRows(reopen(open_run(tmp_path / "out")))

    told = rows.told(1)
    message = rows.row(1).message

    assert told["file"] is None
    assert isinstance(message, Quote)
    assert rows.price(1, "X.y") == (message.bid_ticks + message.ask_ticks) // 2
