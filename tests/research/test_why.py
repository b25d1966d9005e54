"""Why: every kind of thing a person can name, on runs small enough to work out by hand."""

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from tests.research import stories
from tests.research.stories import FLAT, asked, kinds, minute, names, script, target
from trader.errors import DataError, UsageError, VerificationError
from trader.research.folder import RunFolder

FALL = (97.5, 98.0, 97.0, 97.5)
BARS = [FLAT] * 4 + [(99.0, 99.5, 97.0, 97.5)] + [FALL] * 4 + [(97.5, 97.5, 90.0, 90.0)]
STOPPED = stories.strategy(
    script(at_2=[target(10)], at_5=[target(50)], at_6=[target(0)]),
    exits="[{kind: atr_stop, n: 1, k: 1}]",
)
HOLDER = stories.strategy(
    script(at_7=[target(20), {"does": "order", "key": "low", "lots": 5, "limit": 5_000}]), name="h"
)
STORY = stories.config(
    STOPPED,
    HOLDER,
    venue="{participation: null, slippage_bps: 10, taker_bps: 1}",
    risk="{lots_max: 20, drawdown_max: 0.01}",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return stories.ran(tmp_path_factory.mktemp("story"), STORY, BARS)


def test_an_entry_leads_back_to_its_bar(folder: RunFolder) -> None:
    told = asked(folder, "main-s-1-1")
    order, decision, row = told["chain"]

    assert (told["run"], told["kind"], names(told)) == ("out", "order", ["3.2", "3.1", "3.0"])
    assert (order["side"], order["lots"], order["order_type"]) == ("BUY", 10, "MARKET")
    assert (decision["target_lots"], decision["reason"]) == (10, "scripted")
    assert row["ts"] == row["row"]["ts_close"] == minute(2)
    assert row["row"]["open"], row["row"]["close"] == ("100", "100")
    assert row["file"]["place"] == "row 2"
    assert row["file"]["path"].endswith("bars.parquet")
    assert row["file"]["digest"] == folder.run["inputs"][0]["digest"]


def test_a_market_order_is_held_against_the_close_it_was_decided_at(folder: RunFolder) -> None:
    """Decided at 100.00, filled at an opening of 100.00 that is 10 bps worse."""
    [life] = asked(folder, "main-s-1-1")["orders"]
    *_, fill = life["events"]

    assert [each["status"] for each in life["events"]] == ["APPROVED", "ACCEPTED", "FILLED"]
    assert (fill["kind"], fill["lots"], fill["price"]) == ("fill", 10, "100.1")
    assert (fill["reference"], fill["reference_price"]) == ("decision", "100")
    assert fill["slippage_bps"] == 10
    assert (fill["fee"], fill["liquidity"], fill["ts"]) == ("0.1001", "TAKER", minute(2))


def test_what_protected_an_entry_and_the_trade_it_opened(folder: RunFolder) -> None:
    """A range of 2.00 below the close; the stop fills at 97.90, and 10 x 2.20 are lost."""
    [life] = asked(folder, "main-s-1-1")["orders"]
    [stop] = life["protection"]
    [trade] = life["trades"]
    *_, fill = stop["events"]

    assert (stop["exit"], stop["stop"], stop["parent"]) == ("atr_stop", "98", "main-s-1-1")
    assert (fill["price"], fill["reference"], fill["reference_price"]) == ("97.9", "stop", "98")
    assert fill["slippage_bps"] == pytest.approx(10 / 9800 * 10_000, abs=1e-4)
    assert (trade["part"], trade["exit_reason"]) == ("opened", "atr_stop")
    assert trade["pnl"] == "-22.198"


def test_a_stop_leads_back_by_its_entrys_approval(folder: RunFolder) -> None:
    told = asked(folder, "main-s-1-2")

    assert kinds(told) == ["order", "status", "order", "decision", "input"]
    assert names(told) == ["3.4", "3.3", "3.2", "3.1", "3.0"]
    assert told["chain"][1]["status"] == "APPROVED"
    [trade] = told["orders"][0]["trades"]
    assert trade["part"] == "closed"


@pytest.mark.parametrize("id_", ["trade:2", "2", "4.1"])
def test_a_fill_is_named_by_its_trade_or_its_row(folder: RunFolder, id_: str) -> None:
    told = asked(folder, id_)

    assert kinds(told) == ["fill", "status", "order", "status", "order", "decision", "input"]
    assert told["name"] == "4.1"
    assert told["orders"][0]["client_order_id"] == "main-s-1-2"


def test_the_end_of_a_target_leads_back_by_the_fill_that_ended_it(folder: RunFolder) -> None:
    told = asked(folder, "4.2")

    assert told["chain"][0]["reason"] == "atr_stop"
    assert kinds(told)[:3] == ["decision", "fill", "status"]
    assert told["orders"] == []


def test_a_denial_tells_the_rule_and_what_it_compared(folder: RunFolder) -> None:
    told = asked(folder, "main-s-1-3")

    assert kinds(told) == ["denial", "order", "decision", "input"]
    assert told["denial"] == {
        "code": "lots_exceed_max",
        "rule": "No single order of more lots.",
        "compared": "50 lots, allowed 20",
    }
    assert told["played_again"]
    assert told["orders"][0]["ended"]["status"] == "DENIED"


def test_the_tables_alone_know_the_rule_but_not_what_it_compared(folder: RunFolder) -> None:
    told = asked(folder, "main-s-1-3", again=False)

    assert told["denial"]["code"] == "lots_exceed_max"
    assert told["denial"]["compared"] is None
    assert not told["played_again"]


def test_a_halt_tells_the_breaker_and_the_row_that_tripped_it(folder: RunFolder) -> None:
    """-22 of the stop, 20 x (90.00 - 97.60), fees of 0.1001 + 0.0979 + 0.1952."""
    told = asked(folder, "halt")
    state, row = told["chain"]

    assert (state["state"], state["reason"], state["by"]) == ("HALTED", "drawdown_max", "risk")
    assert (row["name"], row["row"]["close"]) == ("10.0", "90")
    assert told["breach"] == {
        "limit": "drawdown_max",
        "value": "174.3932",
        "bound": "100",
        "unit": "USD",
    }


def test_a_halt_after_flattening_tells_the_breaker_that_ordered_it(tmp_path: Path) -> None:
    """20 bought at 97.50 are worth 90 at the last close but one; they are sold at the next."""
    holder = stories.strategy(script(at_7=[target(20)]))
    risk = "{drawdown_max: 0.01, on_breach: flatten}"
    bars = [*BARS, (90.0, 91.0, 89.0, 90.0), (90.0, 91.0, 89.0, 90.0)]
    folder = stories.ran(tmp_path, stories.config(holder, risk=risk), bars)

    told = asked(folder, "halt")

    states = [each for each in told["chain"] if each["kind"] == "state"]
    assert [each["reason"] for each in states] == ["flattened", "drawdown_max"]
    assert told["breach"] == {
        "limit": "drawdown_max",
        "value": "150",
        "bound": "100",
        "unit": "USD",
    }


def test_a_halt_shows_what_it_took_back(folder: RunFolder) -> None:
    [canceled] = asked(folder, "halt")["followed"]

    assert (canceled["status"], canceled["client_order_id"]) == ("PENDING_CANCEL", "main-h-1-2")
    life = asked(folder, "main-h-1-2")["orders"][0]
    assert (life["status"], life["ended"]["because"]["kind"]) == ("CANCELED", "state")


def test_an_order_of_ones_own_leads_to_the_bar_at_once(folder: RunFolder) -> None:
    told = asked(folder, "main-h-1-2")

    assert names(told) == ["8.4", "8.0"]
    assert (told["chain"][0]["role"], told["chain"][0]["limit"]) == ("EXPLICIT", "50")


def test_a_decision_shows_the_life_of_each_order_it_made(folder: RunFolder) -> None:
    told = asked(folder, "3.1")

    assert [each["client_order_id"] for each in told["orders"]] == ["main-s-1-1"]
    assert told["orders"][0]["status"] == "FILLED"


def test_an_input_row_shows_what_it_led_to(folder: RunFolder) -> None:
    told = asked(folder, "6.0")

    assert kinds(told) == ["input"]
    assert [each["kind"] for each in told["followed"]] == ["decision", "order", "denial"]


def test_the_start_of_the_run_is_the_cause_of_its_first_state(folder: RunFolder) -> None:
    told = asked(folder, "0.1")

    assert kinds(told) == ["state", "start"]
    assert told["breach"] is None


def test_every_row_of_every_table_has_a_chain(folder: RunFolder) -> None:
    tables = ("decisions", "orders", "statuses", "fills", "denials", "states", "equity")
    for table in tables:
        for seq, n in folder.frame(table).select("seq", "n").iter_rows():
            chain = asked(folder, f"{seq}.{n}", again=False)["chain"]
            assert chain[-1]["kind"] in {"input", "start"}
            for each, cause in pairwise(chain):
                assert each["cause"] == cause["name"]


# -- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "told"),
    [
        ("main-s-1-9", "no order, fill or row is called 'main-s-1-9'"),
        ("trade:99", "no order, fill or row is called 'trade:99'"),
        ("3.99", "no row is called 3.99"),
        ("99.0", "the run read no row 99"),
        ("", "no order, fill or row is called ''"),
    ],
)
def test_what_the_run_has_not_is_an_error_with_a_hint(
    folder: RunFolder, id_: str, told: str
) -> None:
    with pytest.raises(UsageError) as error:
        asked(folder, id_)

    assert told in error.value.message
    assert error.value.hint


def test_a_trade_id_of_two_fills_is_asked_back(tmp_path: Path, folder: RunFolder) -> None:
    copy = _copied(folder, tmp_path)
    fills = copy.frame("fills").with_columns(trade_id=pl.lit("7"))
    fills.write_parquet(copy.path / "fills.parquet")

    with pytest.raises(UsageError, match="fills have the trade_id '7'") as error:
        asked(copy, "trade:7")

    assert "3.8, 4.1" in error.value.hint


def test_a_broken_chain_is_told(tmp_path: Path, folder: RunFolder) -> None:
    copy = _copied(folder, tmp_path)
    copy.frame("decisions").filter(pl.col("seq") != 3).write_parquet(
        copy.path / "decisions.parquet"
    )

    with pytest.raises(DataError, match=r"3\.2 was caused by 3\.1, which is in no table"):
        asked(copy, "main-s-1-1")


def test_a_run_that_cannot_be_played_again_is_told(tmp_path: Path, folder: RunFolder) -> None:
    """The tables name a denial that no run of this configuration has."""
    copy = _copied(folder, tmp_path)
    for table in ("denials", "statuses"):
        late = pl.when(pl.col("seq") == 6).then(77).otherwise(pl.col("n")).cast(pl.Int64)
        copy.frame(table).with_columns(n=late).write_parquet(copy.path / f"{table}.parquet")

    with pytest.raises(VerificationError, match=r"the name 6\.77"):
        asked(copy, "main-s-1-3")
    assert asked(copy, "main-s-1-3", again=False)["kind"] == "denial"


def _copied(folder: RunFolder, to: Path) -> RunFolder:
    for path in folder.path.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return RunFolder(path=to, run=folder.run, metrics=folder.metrics)
