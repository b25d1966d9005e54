"""Two runs: where they part first, and in what they differ."""

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from tests.research import stories
from tests.research.making import quiet
from tests.research.stories import CROSS, closes, minute
from trader.errors import DataError, VerificationError
from trader.research.compare import Comparison
from trader.research.folder import RunFolder
from trader.research.playing import Playing
from trader.research.reopening import reopen
from trader.research.telling import Told
from trader.research.why_not import WhyNot

BARS = closes(100, 99, 98, 101, 102, 103, 99, 98, 97, 101, 103)
ONE = CROSS.replace("EXITS", "[]")
OTHER = ONE.replace("name: cross", "name: other")


def ran(folder: Path, text: str, bars: Any = BARS) -> RunFolder:
    folder.mkdir()
    return stories.ran(folder, text, bars)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return ran(tmp_path_factory.mktemp("base") / "a", stories.config(ONE))


def stood(folder: RunFolder, strategy: str, time: str) -> Told:
    reopened = reopen(folder)
    playing = Playing(reopened, quiet, perf_counter)
    return WhyNot(reopened, playing).document(strategy, time)


def compared(a: RunFolder, b: RunFolder, *, again: bool = True) -> Told:
    return Comparison(a, b, stood if again else None).document()


def test_a_run_is_the_same_as_itself(base: RunFolder) -> None:
    told = compared(base, base)

    assert told["same"]
    assert [told[each] for each in ("decision", "order", "fill")] == [None, None, None]
    assert told["config"] == told["inputs"] == []
    assert {each["key"] for each in told["metrics"]} >= {"equity_final", "strategies.cross.fills"}
    assert all(each["a"] == each["b"] for each in told["metrics"])


def test_another_size_shows_in_the_first_decision(base: RunFolder, tmp_path: Path) -> None:
    other = ran(tmp_path / "b", stories.config(ONE.replace("lots: 10", "lots: 7")))

    told = compared(base, other)
    first = told["decision"]

    assert not told["same"]
    assert first["same_before"] == 0
    assert (first["a"]["target_lots"], first["b"]["target_lots"]) == (10, 7)
    assert first["a"]["name"] == first["b"]["name"] == "4.1"
    assert first["a"]["inputs"] == first["b"]["inputs"]
    assert (told["order"]["a"]["lots"], told["order"]["b"]["lots"]) == (10, 7)
    assert (told["fill"]["a"]["lots"], told["fill"]["b"]["lots"]) == (10, 7)
    assert told["config"] == [{"key": "strategies.cross.params.lots", "a": 10, "b": 7}]


def test_worse_fills_leave_the_decisions_as_they_are(base: RunFolder, tmp_path: Path) -> None:
    other = ran(
        tmp_path / "b", stories.config(ONE, venue="{participation: null, slippage_ticks: 3}")
    )

    told = compared(base, other)

    assert told["decision"] is None
    assert told["order"] is None
    assert (told["fill"]["a"]["price"], told["fill"]["b"]["price"]) == ("101", "101.03")
    assert told["config"] == [{"key": "venue.slippage_ticks", "a": 0, "b": 3}]


def test_where_one_decides_nothing_it_is_asked_where_it_stood(
    base: RunFolder, tmp_path: Path
) -> None:
    """A slower average of six closes crosses only later."""
    other = ran(tmp_path / "b", stories.config(ONE.replace("slow: 2", "slow: 6")))

    told = compared(base, other)
    first = told["decision"]

    assert first["a"]["reason"] == "cross_up"
    assert first["b"] is None
    assert first["stood"]["a"] is None
    assert first["stood"]["b"]["time"] == minute(3)
    assert first["stood"]["b"]["conditions"][0]["holds"] is False
    assert compared(base, other, again=False)["decision"]["stood"] == {"a": None, "b": None}


def test_what_cannot_be_asked_is_told(base: RunFolder, tmp_path: Path) -> None:
    other = ran(tmp_path / "b", stories.config(ONE.replace("slow: 2", "slow: 6")))
    (tmp_path / "b" / "bars.parquet").unlink()

    told = compared(base, other)["decision"]["stood"]["b"]

    assert "no such file" in told["error"]


def test_only_strategies_that_both_have_are_compared(base: RunFolder, tmp_path: Path) -> None:
    """The other one stands before it in every table, and changes nothing of it."""
    both = ran(tmp_path / "b", stories.config(OTHER, ONE))

    told = compared(base, both)

    assert told["compared"]["strategies"] == ["cross"]
    assert (told["compared"]["only_a"], told["compared"]["only_b"]) == ([], ["other"])
    assert [told[each] for each in ("decision", "order", "fill")] == [None, None, None]
    assert {each["key"].split(".")[1] for each in told["config"]} == {"other"}


def test_only_the_time_that_both_cover_is_compared(base: RunFolder, tmp_path: Path) -> None:
    """The longer one reads the same bars and two more, at which it decides once more."""
    longer = ran(tmp_path / "b", stories.config(ONE), [*BARS, *closes(103, 90, 80)])

    told = compared(base, longer)

    assert told["compared"]["to"] == minute(10)
    assert [told[each] for each in ("decision", "order", "fill")] == [None, None, None]
    [source] = told["inputs"]
    assert (source["source"], source["a"]["rows"], source["b"]["rows"]) == ("X.y bars", 11, 14)


def test_runs_without_anything_in_common_have_no_difference(
    base: RunFolder, tmp_path: Path
) -> None:
    told = compared(base, ran(tmp_path / "b", stories.config(OTHER)))

    assert told["compared"]["strategies"] == []
    assert told["decision"] is None
    assert told["same"] is False


def test_a_table_of_another_version_is_told(base: RunFolder, tmp_path: Path) -> None:
    other = ran(tmp_path / "b", stories.config(ONE))
    path = other.path / "orders.parquet"
    other.frame("orders").drop("role").write_parquet(path)

    with pytest.raises(DataError, match="the orders have no column role"):
        compared(base, other)


def test_a_changed_configuration_is_told(base: RunFolder, tmp_path: Path) -> None:
    other = ran(tmp_path / "b", stories.config(ONE))
    path = other.path / "config.yaml"
    path.write_text(path.read_text().replace("slippage_ticks: 0", "slippage_ticks: 1"))

    with pytest.raises(VerificationError, match="was changed since the run"):
        compared(base, other)
