"""What would become of an entry made now: its size, its order, and who says no."""

from pathlib import Path

from tests.research import stories
from tests.research.stories import CROSS, closes, crossing, minute, why_not


def test_entries_of_the_configured_size_are_judged_on_both_sides(tmp_path: Path) -> None:
    """At bar 4 it is long 10: long is there already, and short needs a sale of 20 lots."""
    told = why_not(crossing(tmp_path, risk="{lots_max: 15}"), "cross", minute(4))
    buy, sell = told["entries"]

    assert (buy["side"], buy["target_lots"], buy["lots"]) == ("BUY", 10, 0)
    assert (buy["withheld"], buy["denied"]) == ("target_already", None)
    assert (sell["lots"], sell["withheld"]) == (-20, None)
    assert sell["denied"]["code"] == "lots_exceed_max"
    assert sell["denied"]["compared"] == "20 lots, allowed 15"
    assert (
        "risk would deny a sell of 20 lots: lots_exceed_max, 20 lots, allowed 15"
        in (told["held_back"])
    )


def test_asking_changes_nothing(tmp_path: Path) -> None:
    """A rule that counts what was sent of late counts no question."""
    folder = crossing(tmp_path, risk="{orders_max: 1, orders_window_ns: 60000000000}")

    first, second = (why_not(folder, "cross", minute(4)) for _ in range(2))

    assert first == second
    assert [each["denied"] for each in first["entries"]] == [None, None]


def test_exits_that_warm_up_hold_every_entry(tmp_path: Path) -> None:
    told = why_not(crossing(tmp_path, exits="[{kind: atr_stop, n: 8, k: 1}]"), "cross", minute(3))

    assert [each["withheld"] for each in told["entries"]] == ["warming_up", "warming_up"]
    assert told["last_decision"]["reason"] == "warming_up"
    assert told["exits"][0]["ready"] is False
    assert "a buy: its exits are warming up" in told["held_back"]


def test_a_strategy_before_its_time_says_from_when_on_it_decides(tmp_path: Path) -> None:
    text = stories.config(CROSS.replace("EXITS", "[]"))
    text = text.replace("seed: 7", "seed: 7, from: 2024-01-02T00:08:00Z")
    folder = stories.ran(tmp_path, text, closes(100, 99, 98, 101, 102, 103, 99, 98, 97, 96))

    told = why_not(folder, "cross", minute(4))

    assert told["decides_from"] == "2024-01-02T00:08:00Z"
    assert [each["withheld"] for each in told["entries"]] == ["not_yet", "not_yet"]


def test_a_halt_is_the_first_thing_that_holds(tmp_path: Path) -> None:
    bars = closes(100, 99, 98, 101, 60, 60, 60)
    text = stories.config(CROSS.replace("EXITS", "[]"), risk="{drawdown_max: 0.01}")
    folder = stories.ran(tmp_path, text, bars)

    told = why_not(folder, "cross", minute(5))

    assert told["held_back"][0] == "trading is HALTED: drawdown_max"
    assert told["trading"] == {"state": "HALTED", "latched": True, "reason": "drawdown_max"}
    assert {each["denied"]["code"] for each in told["entries"] if each["denied"]} == {
        "trading_halted"
    }
