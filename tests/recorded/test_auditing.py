"""An audit passes a run as it was, and notices whatever was altered in it afterwards."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sims.simulation import Simulation
from tests.recorded.__main__ import main
from tests.recorded.auditing import audited
from tests.recorded.books import check_books
from tests.recorded.hearing import Heard
from tests.recorded.market import Bars, Prices, holes_of, marks_of
from tests.recorded.prices import check_prices
from tests.recorded.running import NAME, config_of, simulation
from tests.semantics.reading import rows
from trader.config.schema import Config
from trader.data.grid import Int64s
from trader.data.samples import sample
from trader.model.orders import Liquidity, OrderStatus, OrderType, TimeInForce
from trader.model.units import NONE

IBM = "bars/usa/IBM/1d/20000301-20130301.parquet"
ROWS = 400


@pytest.fixture(name="config", scope="module")
def ibm() -> Config:
    return config_of(sample(IBM), "bars", every=3)


@pytest.fixture(name="whole")
def played(config: Config) -> Simulation:
    whole = simulation(config, ROWS)
    whole.run()
    return whole


def add(table: str, column: str, row: int, amount: int) -> Callable[[Simulation], None]:
    """Alters one number of a table."""

    def alter(whole: Simulation) -> None:
        data = whole.core.tables.tables[table]
        data.data[row * data.width + data.columns.index(column)] += amount

    return alter


def pay(whole: Simulation) -> None:
    whole.core.portfolio.state.cash += 1


def gain(whole: Simulation) -> None:
    whole.core.portfolio.state.equity += 1


def find_a_lot(whole: Simulation) -> None:
    whole.core.portfolio.state.positions["cross"][NAME].lots += 1


def hold_a_lot(whole: Simulation) -> None:
    whole.core.portfolio.state.holdings[NAME].lots += 1


def books_add_up(config: Config, whole: Simulation) -> None:
    check_books(config, whole, marks_of(whole.sources[0], ()), {})


def prices_add_up(config: Config, whole: Simulation) -> None:
    check_prices(config, whole, whole.sources[0], Heard())


def test_a_run_as_it_was_passes(config: Config, whole: Simulation) -> None:
    run = audited(config, lambda: simulation(config, ROWS))

    assert (run.rows, run.heard, run.dropped) == (ROWS, ROWS, 0)
    assert run.gaps == holes_of(whole.sources[0]) > 50
    assert run.fills > 50
    assert run.digest == whole.core.tables.digest()


def test_orders_of_every_kind_are_placed(whole: Simulation) -> None:
    tables = whole.core.tables.tables
    orders, statuses = rows(tables["orders"]), {row["status"] for row in rows(tables["statuses"])}

    assert {row["order_type"] for row in orders} == set(OrderType)
    assert {row["time_in_force"] for row in orders} == set(TimeInForce)
    assert {row["liquidity"] for row in rows(tables["fills"])} == set(Liquidity)
    assert len(tables["replacements"]) > 5
    assert statuses >= {
        OrderStatus.FILLED,
        OrderStatus.CANCELED,
        OrderStatus.REJECTED,
        OrderStatus.EXPIRED,
    }


@pytest.mark.parametrize(
    "alter",
    [
        add("fills", "ticks", 7, 1),
        add("fills", "lots", 7, 1),
        add("fills", "fee", 7, 1),
        add("equity", "cash", 20, 1),
        add("equity", "realized", 20, 1),
        add("equity", "peak", 20, -(10**18)),
        pay,
        gain,
        find_a_lot,
        hold_a_lot,
    ],
    ids=range(10),
)
def test_books_that_were_altered_do_not_add_up(
    config: Config, whole: Simulation, alter: Callable[[Simulation], None]
) -> None:
    books_add_up(config, whole)
    alter(whole)

    with pytest.raises(AssertionError):
        books_add_up(config, whole)


@pytest.mark.parametrize("amount", [-100_000, 100_000])
@pytest.mark.parametrize("row", [0, 1, 2])
def test_prices_beyond_the_market_are_noticed(
    config: Config, whole: Simulation, row: int, amount: int
) -> None:
    prices_add_up(config, whole)
    add("fills", "ticks", row, amount)(whole)

    with pytest.raises(AssertionError):
        prices_add_up(config, whole)


def column(*numbers: int) -> Int64s:
    return np.array(numbers, np.int64)


def test_the_market_of_an_instant_begins_with_the_last_price_before_it() -> None:
    prices = Prices(column(1, 5, 5, 9), column(10, 12, NONE, 20), column(8, NONE, 7, 19))

    assert prices.around(5, 1) == (10, 12)
    assert prices.around(5, -1) == (7, 8)
    assert prices.around(9, -1) == (7, 19)


def test_the_market_of_bars_is_that_which_closes_and_that_which_opens() -> None:
    bars = Bars(column(0, 10, 30), column(10, 20, 40), column(5, 6, 7), column(9, 11, 8))

    assert bars.around(10, 1) == (5, 11)
    assert bars.around(20, 1) == (6, 11)
    assert bars.around(30, 1) == (7, 8)


def test_the_table_has_a_line_for_each_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "bars/usa/IBM/1d"
    folder.mkdir(parents=True)
    shutil.copy(sample(IBM), folder / "whole.parquet")
    (folder / "zero.parquet").write_bytes(b"")

    assert main([str(tmp_path), "--kind", "bars", "--every", "50"]) == 0
    head, whole, zero, total = capsys.readouterr().out.splitlines()
    assert head.split() == ["file", "rows", "events/s", "fills", "dropped", "gaps"]
    assert whole.split()[:2] == ["bars/usa/IBM/1d/whole", "3270"]
    assert "refused: the file is empty (0 bytes)" in zero
    assert total.split() == ["all", "bars", *whole.split()[1:]]
