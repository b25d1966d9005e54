"""The tables of a run folder: promised columns, names for indices, null for nothing."""

from decimal import Decimal

import msgspec
import polars as pl
import pytest

from tests.research.making import CROSS, configuration, ran
from trader.logic.tables import Tables
from trader.model.money import MoneyScale
from trader.model.units import NONE
from trader.research.folder import RunFolder
from trader.research.frames import Frames

COLUMNS = {
    "orders": "seq ts client_order_id strategy instrument order_type lots limit_ticks stop_ticks"
    " time_in_force status lots_filled role parent lots_made limit_ticks_made stop_ticks_made"
    " cause",
    "statuses": "seq ts client_order_id status lots_filled cause",
    "replacements": "seq ts client_order_id lots limit_ticks stop_ticks cause",
    "fills": "seq ts client_order_id trade_id strategy instrument lots ticks fee liquidity cause",
    "adjustments": "seq ts strategy instrument lots cost income reason cause",
    "decisions": "seq ts strategy instrument target_lots reason inputs cause",
    "denials": "seq ts client_order_id strategy instrument lots code cause",
    "states": "seq ts state previous reason by cause",
    "equity": "ts equity cash realized unrealized drawdown seq cause",
}
STOPPED = CROSS.replace("}}", "}, exits: [{kind: atr_stop, n: 5, k: 1}]}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    more = "risk: {lots_max: 15}\nreport: {baselines: false, equity_interval: 1h}"
    return ran(tmp_path_factory.mktemp("run"), configuration([STOPPED], more=more))


@pytest.mark.parametrize("name", COLUMNS)
def test_every_table_has_its_columns_and_ends_with_n(folder: RunFolder, name: str) -> None:
    frame = folder.frame(name)

    assert frame.columns == [*COLUMNS[name].split(), "n"]
    assert (len(frame) > 0) is (name not in {"replacements", "adjustments"})


def test_orders_show_the_size_and_prices_that_they_had_at_last() -> None:
    """The first stop keeps its size; the second is moved, then made smaller, then moved again."""
    tables = Tables()
    for kind, names in (("orders", ["a", "b"]), ("strategies", ["s"]), ("instruments", ["X.y"])):
        tables.names[kind].take(names)
    for order in (0, 1):
        tables.tables["orders"].append(1, order, 5, 1, 0, order, 0, 0, 2, -30, NONE, 90, 0, 1, NONE)
    for n, (lots, stop) in enumerate([(-30, 95), (-20, NONE), (-20, 97)]):
        tables.tables["replacements"].append(2, n, 6, 1, 0, 1, lots, NONE, stop)

    frames = Frames(tables, MoneyScale(places=2, half={}), 100, {})
    orders = frames.orders().select("client_order_id", "lots", "limit_ticks", "stop_ticks")

    assert orders.rows() == [("a", -30, None, 90), ("b", -20, None, 97)]
    made = frames.orders().select("lots_made", "limit_ticks_made", "stop_ticks_made")
    assert made.rows() == [(-30, None, 90)] * 2
    assert frames.replacements().select("lots", "limit_ticks", "stop_ticks").rows() == [
        (-30, None, 95),
        (-20, None, None),
        (-20, None, 97),
    ]


def test_orders_show_their_last_status(folder: RunFolder) -> None:
    orders, statuses = folder.frame("orders"), folder.frame("statuses")
    last = {row["client_order_id"]: row for row in statuses.iter_rows(named=True)}

    assert {row["status"] for row in last.values()} >= {"FILLED", "DENIED"}
    for order in orders.iter_rows(named=True):
        final = last[order["client_order_id"]]
        assert (order["status"], order["lots_filled"]) == (final["status"], final["lots_filled"])


def test_prices_that_an_order_has_not_are_null(folder: RunFolder) -> None:
    orders = folder.frame("orders")
    stops = orders.filter(pl.col("order_type") == "STOP")
    markets = orders.filter(pl.col("order_type") == "MARKET")

    assert orders["limit_ticks"].null_count() == len(orders)
    assert stops["stop_ticks"].null_count() == 0
    assert markets["stop_ticks"].null_count() == len(markets)
    assert set(orders["time_in_force"]) == {"GTC"}


def test_every_cause_is_a_message_or_an_input_row(folder: RunFolder) -> None:
    """Walking back from any row ends at (seq, 0)."""
    named = {
        f"{row['seq']}.{row['n']}"
        for name in COLUMNS
        for row in folder.frame(name).iter_rows(named=True)
    }

    for name in COLUMNS:
        for cause in folder.frame(name)["cause"]:
            assert cause in named or cause.endswith(".0")


def test_inputs_of_a_decision_are_named_and_floats_are_floats(folder: RunFolder) -> None:
    decisions = folder.frame("decisions")

    for text in decisions["inputs"]:
        seen = msgspec.json.decode(text)
        assert list(seen) == ["close", "fast_ema", "slow_ema"]
        assert isinstance(seen["close"], int)
        assert abs(seen["fast_ema"] - seen["close"]) < 0.1 * seen["close"]


def test_sums_of_fills_are_the_account(folder: RunFolder) -> None:
    """Exact fees and integers: cash to the last quantum, without a float."""
    fills = folder.frame("fills")
    paid = sum(lots * ticks for lots, ticks in fills.select("lots", "ticks").iter_rows())
    fees = sum(fills["fee"].to_list(), Decimal(0))

    cash = Decimal(10_000) - paid * Decimal("0.01") * Decimal("0.1") - fees

    assert fees > 0
    assert cash == Decimal(folder.metrics["cash_final"])


def test_drawdown_is_below_the_highest_row(folder: RunFolder) -> None:
    equity = folder.frame("equity")
    highest = 10_000.0

    for worth, drawdown in equity.select("equity", "drawdown").iter_rows():
        highest = max(highest, worth)
        assert drawdown == pytest.approx((highest - worth) / highest, abs=1e-12)


def test_a_first_state_is_active_by_reconciliation(folder: RunFolder) -> None:
    first = folder.frame("states").row(0, named=True)

    assert (first["seq"], first["n"], first["cause"]) == (0, 1, "0.0")
    assert (first["state"], first["previous"]) == ("ACTIVE", "HALTED")
    assert (first["reason"], first["by"]) == ("reconciled", "reconciler")


def test_tables_without_rows_have_the_same_types() -> None:
    empty = Frames(Tables(), MoneyScale(places=2, half={}), 100, {}).all()

    assert list(empty) == list(COLUMNS)
    assert all(len(frame) == 0 for frame in empty.values())
    assert empty["fills"].schema["fee"] == pl.Decimal(38, 2)
    assert empty["orders"].schema["limit_ticks"] == pl.Int64


def test_an_order_that_nobody_judged_is_initialized() -> None:
    tables = Tables()
    for kind, name in (("orders", "a-1"), ("strategies", "s"), ("instruments", "X.y")):
        tables.names[kind].take([name])
    tables.tables["orders"].append(1, 1, 5, 1, 0, 0, 0, 0, 1, -3, 250, NONE, 0, 0, NONE)

    [order] = Frames(tables, MoneyScale(places=2, half={}), 100, {}).orders().to_dicts()

    assert order == {
        "seq": 1,
        "ts": 5,
        "client_order_id": "a-1",
        "strategy": "s",
        "instrument": "X.y",
        "order_type": "LIMIT",
        "lots": -3,
        "limit_ticks": 250,
        "stop_ticks": None,
        "time_in_force": "GTC",
        "status": "INITIALIZED",
        "lots_filled": 0,
        "role": "TARGET",
        "parent": None,
        "lots_made": -3,
        "limit_ticks_made": 250,
        "stop_ticks_made": None,
        "cause": "1.0",
        "n": 1,
    }


def test_a_float_that_is_no_number_becomes_null() -> None:
    tables = Tables()
    for kind, name in (("strategies", "s"), ("instruments", "X.y"), ("reasons", "r")):
        tables.names[kind].take([name])
    nan = 0x7FF8_0000_0000_0000
    tables.tables["decisions"].append(1, 1, 5, 1, 0, 0, 0, 2, 0, 7, nan, 0, 0)
    inputs = {"s": [("close", False), ("z", True)]}

    [decision] = Frames(tables, MoneyScale(places=2, half={}), 100, inputs).decisions().to_dicts()

    assert decision["inputs"] == '{"close":7,"z":null}'
