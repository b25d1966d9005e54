"""The life of an order: prices as they stood, splits on the way, who ended it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.research import stories
from tests.research.stories import FLAT, START_NS, asked, minute, script, target
from trader.config.notation import instant_text
from trader.model.units import MINUTE_NS
from trader.research.folder import RunFolder
from trader.research.telling import Told

RISING = [(100.0 + k, 101.0 + k, 99.0 + k, 100.0 + k) for k in range(8)]
FREE = "{participation: null}"


def life(told: Told) -> Told:
    [found] = told["orders"]
    assert isinstance(found, dict)
    return found


def order(key: str, lots: int, **more: Any) -> dict[str, Any]:
    return {"does": "order", "key": key, "lots": lots, **more}


def ran(
    folder: Path,
    said: dict[str, Any],
    bars: Sequence[Sequence[float]],
    *,
    exits: str = "[]",
    venue: str = FREE,
    actions: Sequence[str] = (),
) -> RunFolder:
    data = ""
    if actions:
        rows = "\n".join(["ts,action,numerator,denominator,amount", *actions])
        (folder / "actions.csv").write_text(rows + "\n")
        data = "  - {kind: actions, instrument: X.y, path: actions.csv}\n"
    text = stories.config(stories.strategy(said, exits=exits), venue=venue, data=data)
    return stories.ran(folder, text, bars)


def test_a_stop_that_trails_is_held_against_where_it_stood(tmp_path: Path) -> None:
    """A range of 2.00: made at 98, it follows the closes of 101 and 102 and fills at 100."""
    bars = [FLAT] * 3 + RISING[1:3] + [(102.0, 102.0, 99.0, 99.0)]
    folder = ran(tmp_path, script(at_2=[target(10)]), bars, exits="[{kind: trailing, n: 1, k: 1}]")

    stop = life(asked(folder, "main-s-1-2"))
    moved = [each["stop"] for each in stop["events"] if each["kind"] == "replacement"]
    fill = stop["events"][-1]

    assert (stop["stop"], moved, stop["exit"]) == ("98", ["99", "100"], "trailing")
    assert (fill["price"], fill["reference_price"], fill["slippage_bps"]) == ("100", "100", 0)
    asks = [each for each in stop["events"] if each["status"] == "PENDING_REPLACE"]
    assert [each["because"]["kind"] for each in asks] == ["input", "input"]
    assert stop["trades"][0]["exit_reason"] == "trailing"


def test_a_stop_whose_target_filled_ends_with_the_word_group(tmp_path: Path) -> None:
    """The limit at 102 is gone through, and the venue takes its lots off the stop."""
    exits = "[{kind: atr_stop, n: 1, k: 1}, {kind: take_profit, n: 1, k: 1}]"
    bars = [FLAT] * 4 + [(101.0, 103.0, 101.0, 102.5)]
    folder = ran(tmp_path, script(at_2=[target(10)]), bars, exits=exits)

    entry = life(asked(folder, "main-s-1-1"))
    told = asked(folder, "main-s-1-2")

    assert [each["exit"] for each in entry["protection"]] == ["atr_stop", "take_profit"]
    assert [each["status"] for each in entry["protection"]] == ["CANCELED", "FILLED"]
    assert (life(told)["ended"]["reason"], told["played_again"]) == ("group", True)
    assert life(told)["ended"]["because"] is None
    gain = entry["protection"][1]["events"][-1]
    assert (gain["liquidity"], gain["reference"], gain["slippage_bps"]) == ("MAKER", "limit", 0)


@pytest.mark.parametrize(
    ("more", "status", "reason"),
    [
        ({"limit": 10_100, "time_in_force": "GTX"}, "REJECTED", "post_only"),
        ({"limit": 9_000, "time_in_force": "IOC"}, "CANCELED", "ioc"),
        ({"limit": 9_000, "time_in_force": "FOK"}, "CANCELED", "fok"),
        ({"limit": 9_000, "parent": "nobody"}, "REJECTED", "unknown_parent"),
    ],
)
def test_the_venue_says_why_it_ended_an_order(
    tmp_path: Path, more: dict[str, Any], status: str, reason: str
) -> None:
    folder = ran(tmp_path, script(at_1=[order("k", 5, **more)]), [FLAT] * 4)

    told = asked(folder, "main-s-1-1")

    assert (life(told)["ended"]["status"], life(told)["ended"]["reason"]) == (status, reason)
    assert life(asked(folder, "main-s-1-1", again=False))["ended"]["reason"] is None


def test_an_order_taken_back_shows_who_asked(tmp_path: Path) -> None:
    """At bar 3 the other side is wanted; the rest of the first order is canceled for it."""
    folder = ran(
        tmp_path,
        script(at_1=[target(900)], at_3=[target(-10)]),
        [FLAT] * 8,
        venue="{participation: 0.1}",
    )

    told = asked(folder, "main-s-1-1")
    ended = life(told)["ended"]

    assert (ended["status"], ended["lots_filled"]) == ("CANCELED", 200)
    assert (ended["because"]["kind"], ended["because"]["target_lots"]) == ("decision", -10)
    assert not told["played_again"]
    assert [each["lots"] for each in life(told)["events"] if each["kind"] == "fill"] == [100, 100]


def test_a_limit_is_held_against_itself_after_a_split(tmp_path: Path) -> None:
    """60 lots to buy at 90 are 120 at 45 after 2:1; they fill at the opening of 44."""
    late = [(50.0, 50.5, 49.5, 50.0), (44.0, 44.5, 43.5, 44.0)]
    folder = ran(
        tmp_path,
        script(at_1=[order("k", 60, limit=9_000)]),
        [FLAT] * 4 + late,
        actions=[f"{instant_text(START_NS + 4 * MINUTE_NS)},split,2,1,"],
    )

    told = life(asked(folder, "main-s-1-1"))
    split, fill = told["events"][-2:]

    assert [each["kind"] for each in told["events"]] == ["status", "status", "split", "fill"]
    assert (split["numerator"], split["denominator"], split["ts"]) == (2, 1, minute(3))
    assert (fill["lots"], fill["price"], fill["reference_price"]) == (120, "44", "45")
    assert fill["slippage_bps"] == pytest.approx(-100 / 4500 * 10_000, abs=1e-4)


def test_an_adjustment_leads_back_to_its_split(tmp_path: Path) -> None:
    late = [(50.0, 50.5, 49.5, 50.0)] * 2
    folder = ran(
        tmp_path,
        script(at_1=[target(5)]),
        [FLAT] * 4 + late,
        actions=[f"{instant_text(START_NS + 4 * MINUTE_NS)},split,2,1,"],
    )
    [row] = folder.frame("adjustments").to_dicts()

    adjustment, action = asked(folder, f"{row['seq']}.{row['n']}")["chain"]

    assert (adjustment["lots"], adjustment["reason"]) == (10, "split")
    assert action["row"]["action"] == "split"
    assert action["file"]["path"].endswith("actions.csv")


def test_a_fill_that_was_told_late_bears_both_instants(tmp_path: Path) -> None:
    """Ten seconds each way: it meets the opening of bar 4, and is told ten seconds later."""
    venue = "{participation: null, latency_ns: 10000000000}"
    folder = ran(tmp_path, script(at_1=[target(5)]), [FLAT] * 6, venue=venue)

    told = life(asked(folder, "main-s-1-1"))
    fill = told["events"][-1]

    assert [each["status"] for each in told["events"]] == [
        "APPROVED",
        "SUBMITTED",
        "ACCEPTED",
        "FILLED",
    ]
    assert (fill["ts"], fill["told"]) == (minute(2), minute(2).replace(":00Z", ":10Z"))


def test_an_order_that_waited_is_held_against_the_decision(tmp_path: Path) -> None:
    """With latency the turn waits for the answer to a cancel, so another order is its cause."""
    bars = [FLAT] * 3 + [(100.0, 100.0, 95.0, 95.0)] * 5
    folder = ran(
        tmp_path,
        script(at_1=[target(900)], at_3=[target(-10)]),
        bars,
        venue="{participation: 0.1, latency_ns: 1000000000}",
    )
    told = asked(folder, "main-s-1-2")

    first = next(each for each in life(told)["events"] if each["kind"] == "fill")

    assert told["chain"][1]["client_order_id"] == "main-s-1-1"
    assert (life(told)["decided"]["target_lots"], told["chain"][3]["target_lots"]) == (-10, 900)
    assert (first["reference"], first["reference_price"]) == ("decision", "95")


def test_an_order_that_still_works_has_no_end(tmp_path: Path) -> None:
    folder = ran(tmp_path, script(at_1=[order("k", 5, limit=5_000)]), [FLAT] * 4)

    assert life(asked(folder, "main-s-1-1"))["ended"] is None
