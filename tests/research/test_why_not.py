"""Why not: what a strategy saw at a moment, what it wanted, and what held it back."""

from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from tests.research import stories
from tests.research.making import run
from tests.research.stories import CROSS, FLAT, crossing, minute, why_not
from trader.errors import UsageError, VerificationError
from trader.model.units import MINUTE_NS
from trader.research.folder import open_run
from trader.research.why_not import apart, instant_of

TICKS: Final = Path(__file__).parents[2] / "config" / "ticks.yaml"


def conditions(told: dict[str, Any]) -> dict[str, bool]:
    return {each["name"]: each["holds"] for each in told["conditions"]}


def test_between_two_crosses_the_rule_is_what_holds_it(tmp_path: Path) -> None:
    told = why_not(crossing(tmp_path), "cross", minute(4))

    assert (told["run"], told["strategy"], told["time"]) == ("out", "cross", minute(4))
    assert conditions(told) == {"ready": True, "cross": False}
    assert (told["position_lots"], told["target_lots"]) == (10, 10)
    assert told["last_decision"]["name"] == "4.1"
    assert (told["last_decision"]["reason"], told["last_decision"]["target_lots"]) == (
        "cross_up",
        10,
    )
    assert any(each.startswith("its rule: cross is") for each in told["held_back"])
    assert told["trading"] == {"state": "ACTIVE", "latched": False, "reason": ""}


def test_what_it_saw_is_the_last_bar_with_its_inputs(tmp_path: Path) -> None:
    """The fast average is the close of 102, the slow one 2/3 of it and 1/3 of the one before."""
    told = why_not(crossing(tmp_path), "cross", minute(4))
    inputs = {each["name"]: each["price"] for each in told["inputs"]}

    assert (told["saw"]["name"], told["saw"]["ts"]) == ("5.0", minute(4))
    assert told["saw"]["row"] == told["saw"]["heard"]
    assert told["saw"]["row"]["close"] == inputs["close"] == inputs["fast_ema"] == "102"
    assert told["state"]["count"] == 5
    assert told["rows"] == 5


def test_between_two_rows_it_is_the_last_one_that_counts(tmp_path: Path) -> None:
    folder = crossing(tmp_path)
    at, later = (
        why_not(folder, "cross", minute(4).replace(":00Z", f":{s}Z")) for s in ("00", "59")
    )

    assert later["saw"] == at["saw"]
    assert (later["rows"], later["state"]) == (at["rows"], at["state"])


def test_of_quotes_and_prints_of_one_instrument_it_is_the_kind_it_hears(tmp_path: Path) -> None:
    """Each file's columns are arrays, of other lengths."""
    sets = [f"data.{number}.synthetic.rows=400" for number in (0, 1)]
    run(TICKS, tmp_path / "ticks", sets)
    told = why_not(open_run(tmp_path / "ticks"), "imbalance", "2024-01-01T00:01:00Z")

    assert told["saw"]["row"]["kind"] == "quotes"
    assert told["saw"]["ts"] < "2024-01-01T00:01:00Z"
    assert {each["name"] for each in told["inputs"]} == {"bid_lots", "ask_lots", "held"}


def test_nanoseconds_and_iso_are_one_instant(tmp_path: Path) -> None:
    folder = crossing(tmp_path)
    ns = str(stories.START_NS + 5 * MINUTE_NS)

    assert why_not(folder, "cross", ns) == why_not(folder, "cross", minute(4))


def test_a_denied_target_stands_and_says_so(tmp_path: Path) -> None:
    folder = crossing(tmp_path, risk="{lots_max: 15}")

    told = why_not(folder, "cross", minute(6))

    assert (told["position_lots"], told["target_lots"]) == (10, -10)
    assert told["last_order"]["kind"] == "denial"
    assert told["held_back"][0] == (
        "its target of -10 lots stands, but risk denied main-cross-1-2: lots_exceed_max"
    )
    assert told["held_back"][1] == (
        "its rule goes by its target and takes itself for short; it is long: it holds 10 lots"
    )


def test_a_target_that_its_order_has_not_reached_says_so(tmp_path: Path) -> None:
    venue = "{participation: null, latency_ns: 90000000000}"
    wanted = stories.strategy(stories.script(at_2=[stories.target(10)]))
    folder = stories.ran(tmp_path, stories.config(wanted, venue=venue), [FLAT] * 9)

    under_way, filled = (why_not(folder, "s", minute(k))["held_back"] for k in (3, 8))

    assert under_way[:2] == [
        "its target of 10 lots stands, but it holds 0; working: main-s-1-1",
        "its rule goes by its target and takes itself for long; it is flat: it holds 0 lots",
    ]
    assert not any("its target" in each for each in filled)


def test_a_target_whose_order_has_ended_says_so() -> None:
    told: dict[str, Any] = {"target_lots": 10, "position_lots": 4, "working": []}
    told["last_order"] = None
    ended = {"kind": "order", "client_order_id": "main-s-1-1", "status": "CANCELED"}

    assert apart(told) == ["its target of 10 lots stands, but it holds 4"]
    assert apart({**told, "last_order": ended}) == [
        "its target of 10 lots stands, but it holds 4: main-s-1-1 is CANCELED"
    ]


# -- what the feed made of it ---------------------------------------------------------------------


def test_a_price_that_waits_for_its_second_was_not_heard(tmp_path: Path) -> None:
    bars = [*[FLAT] * 3, (150.0, 150.0, 150.0, 150.0), *[FLAT] * 2]
    text = stories.config(CROSS.replace("EXITS", "[]"), risk="{jump_max: 0.1}")
    folder = stories.ran(tmp_path, text, bars)

    told = why_not(folder, "cross", minute(3))

    assert told["saw"]["row"]["close"] == "150"
    assert told["saw"]["heard"] is None
    assert {each["name"]: each["price"] for each in told["inputs"]}["close"] == "100"


# -- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "time", "told"),
    [
        ("corss", minute(4), "the run has no strategy 'corss', STRATEGY, did you mean cross?"),
        ("cross", "2024-01-02T00:00:59Z", "lies before the run"),
        ("cross", "2024-01-02T00:09:01Z", "lies after the run"),
        ("cross", "1", "lies before the run"),
        ("cross", "2024", "expected a date, got the year 2024, TIME, write 2024-01-01"),
        ("cross", "noon", "expected a date or a time, got 'noon'"),
        ("cross", "2024-01-02T00:05", "has no offset"),
        ("cross", "9" * 30, "outside the years"),
    ],
)
def test_what_the_run_has_not_is_an_error(tmp_path: Path, name: str, time: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        why_not(crossing(tmp_path), name, time)

    assert told in str(error.value)


def test_the_ends_of_the_run_belong_to_it(tmp_path: Path) -> None:
    folder = crossing(tmp_path)

    assert [why_not(folder, "cross", minute(k))["rows"] for k in (0, 8)] == [1, 9]


def test_instants_are_read_exactly() -> None:
    assert instant_of("1704153600000000001") == stories.START_NS + 1
    assert instant_of("2024-01-02T01:00:00+01:00") == stories.START_NS
    assert instant_of("2024-01-02") == stories.START_NS


def test_another_run_in_its_place_is_found(tmp_path: Path) -> None:
    folder = crossing(tmp_path)
    path = folder.path / "fills.parquet"
    pl.read_parquet(path).with_columns(ticks=pl.col("ticks") + 1).write_parquet(path)

    with pytest.raises(VerificationError, match="played again, the run is another one") as error:
        why_not(folder, "cross", minute(6))

    assert error.value.where == "first in fills at 4.5"
    assert why_not(folder, "cross", minute(1))["rows_compared"] >= 1
