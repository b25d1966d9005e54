"""Rows of a made-up market read as recorded ones do, and all kinds tell of one market."""

from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pytest

from sims.synthetic import make_actions, make_file
from tests.sims.making import config, instrument
from trader.config.parts import Synthetic
from trader.config.schema import Config, DataSource
from trader.errors import DataError
from trader.model.control import InstrumentHalted, InstrumentResumed
from trader.model.units import MINUTE_NS

START = 1_700_000_000_000_000_000
WHOLE = config(instruments=(instrument(tick=Decimal("0.01")),))


def data(kind: Literal["bars", "quotes", "trades"], **fields: Any) -> DataSource:
    made = Synthetic(**{"start": START, "rows": 3_000, "price": Decimal(100), **fields})
    interval = "1m" if kind == "bars" else None
    return DataSource(kind=kind, instrument="X.sim", interval=interval, synthetic=made)


def test_bars_are_sound_and_have_no_holes() -> None:
    [made] = make_file(WHOLE, data("bars")).batches(0, 3_000, 3_000)

    assert len(made) == 3_000
    assert (made.low <= np.minimum(made.open, made.close)).all()
    assert (made.high >= np.maximum(made.open, made.close)).all()
    assert (made.low > 0).all()
    assert (made.ts_close - made.ts_open == MINUTE_NS).all()
    assert (made.ts_open[1:] == made.ts_close[:-1]).all()
    assert (made.lots > 0).all()


def test_quotes_are_never_crossed() -> None:
    [made] = make_file(WHOLE, data("quotes", spread_ticks=4)).batches(0, 3_000, 3_000)

    assert (made.bid < made.ask).all()
    assert (made.bid > 0).all()
    assert (made.bid_lots > 0).all()
    assert len(set((made.ask - made.bid).tolist())) > 1


def test_prints_are_at_the_quotes_of_their_instants() -> None:
    """Each takes a part of what the bid or the ask shows."""
    whole = make_file(WHOLE, data("quotes")).columns
    prints = make_file(WHOLE, data("trades")).columns
    at = prints["trade_id"] - 1

    assert 0.25 < len(at) / 3_000 < 0.42
    assert np.array_equal(prints["ts"], whole["ts"][at])
    bought = prints["side"] > 0
    assert np.array_equal(prints["ticks"], np.where(bought, whole["ask"][at], whole["bid"][at]))
    shown = np.where(bought, whole["ask_lots"][at], whole["bid_lots"][at])
    assert (prints["lots"] <= shown).all()
    assert (prints["lots"] > 0).all()


def test_the_digest_tells_markets_apart() -> None:
    one, two = make_file(WHOLE, data("quotes")), make_file(WHOLE, data("quotes", lots=5))

    assert one.digest == make_file(WHOLE, data("quotes")).digest
    assert one.digest != two.digest


def test_a_window_is_found_by_time() -> None:
    file = make_file(WHOLE, data("bars"))

    assert file.window(None, None) == (0, 3_000)
    assert file.window(START + 10 * MINUTE_NS, START + 20 * MINUTE_NS) == (10, 20)
    assert file.window(START + 10 * MINUTE_NS, None, 4) == (6, 3_000)
    assert file.window(START + 2 * MINUTE_NS, None, 4) == (0, 3_000)
    with pytest.raises(DataError, match=r"nothing of X\.sim lies in the run's time"):
        file.window(START + 4_000 * MINUTE_NS, None)


def test_batches_are_the_rows_in_order() -> None:
    file = make_file(WHOLE, data("trades"))

    pieces = list(file.batches(5, file.rows - 5, 7))

    assert [len(piece) for piece in pieces[:-1]] == [7] * (len(pieces) - 1)
    joined = np.concatenate([piece.ticks for piece in pieces])
    assert np.array_equal(joined, file.columns["ticks"][5:-5])
    with pytest.raises(AttributeError):
        _ = pieces[0].bid


def told(whole: Config, source: DataSource) -> list[tuple[int, str]]:
    file = make_actions(whole, source)
    assert file is not None
    return [
        (int(ts), type(message).__name__)
        for piece in file.batches(0, len(file.messages), 3)
        for ts, message in zip(piece.ts, piece.messages, strict=True)
    ]


def test_suspensions_are_told_in_order() -> None:
    found = told(WHOLE, data("quotes", halts=Decimal(300)))

    assert len(found) > 3
    assert [ts for ts, _ in found] == sorted(ts for ts, _ in found)
    names = [InstrumentHalted.__name__, InstrumentResumed.__name__]
    assert [name for _, name in found] == names * (len(found) // 2)


def test_a_market_without_suspensions_has_no_actions() -> None:
    assert make_actions(WHOLE, data("quotes")) is None
    assert make_actions(WHOLE, data("bars", halts=Decimal(300))) is None
