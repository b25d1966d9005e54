"""Where a strategy stands: its exits, its blocks, its faults."""

from pathlib import Path

from tests.research import stories
from tests.research.making import FALLING_OVER
from tests.research.stories import FLAT, crossing, minute, script, target, why_not

FALL = (97.5, 98.0, 97.0, 97.5)


def test_what_exits_look_at_while_a_position_is_held(tmp_path: Path) -> None:
    """Entered at the opening of 101; closes of 102 and 103, ranges of 2.00, a level of 101."""
    exits = "[{kind: trailing, n: 1, k: 1}, {kind: time_stop, bars: 9}]"
    told = why_not(crossing(tmp_path, exits=exits), "cross", minute(5))
    trailing, time_stop = told["exits"]

    assert told["held"] == {"side": "LONG", "entry": "101", "best": "103", "bars": 2}
    assert (trailing["kind"], trailing["distance"], trailing["level"]) == ("trailing", "2", "101")
    assert (time_stop["kind"], time_stop["ends_now"]) == ("time_stop", False)
    assert [each["stop"] for each in told["working"]] == ["101"]


def test_an_entry_that_an_exit_ended_is_blocked(tmp_path: Path) -> None:
    """The script wants its 10 lots at every bar; the stop closed them at bar 4."""
    said = script(**{f"at_{k}": [target(10)] for k in range(2, 7)})
    own = stories.strategy(said, exits="[{kind: atr_stop, n: 1, k: 1}]")
    bars = [FLAT] * 4 + [(99.0, 99.5, 97.0, 97.5)] + [FALL] * 3
    folder = stories.ran(tmp_path, stories.config(own), bars)

    told = why_not(folder, "s", minute(5))

    assert (told["blocked"], told["target_lots"]) == ("LONG", 0)
    assert told["last_decision"]["reason"] == "atr_stop"


def test_a_strategy_that_raised_is_quarantined(tmp_path: Path) -> None:
    (tmp_path / "falls.py").write_text(FALLING_OVER)
    strategy = "- {name: falls, file: falls.py, instrument: X.y, params: {at: 3}}"
    folder = stories.ran(tmp_path, stories.config(strategy), [FLAT] * 5)

    told = why_not(folder, "falls", minute(3))

    assert told["quarantined"].startswith("ValueError: seven hundred is enough")
    assert told["entries"][0]["withheld"] == "quarantined"


def test_a_rule_that_cannot_explain_itself_says_what_it_raised(tmp_path: Path) -> None:
    (tmp_path / "mute.py").write_text(
        "from msgspec import Struct\n"
        "from trader.strategies.strategy import Strategy, Target\n\n"
        "class Mute(Strategy):\n"
        "    class Params(Struct):\n        lots: int = 3\n\n"
        "    class State(Struct):\n        seen: list[int] = []\n\n"
        "    def on_bar(self, bar):\n        return Target(1, 'always')\n\n"
        "    def explain(self):\n        return (self.state.seen[7],)\n"
    )
    own = "- {name: mute, file: mute.py, instrument: X.y}"
    folder = stories.ran(tmp_path, stories.config(own), [FLAT] * 4)

    [condition] = why_not(folder, "mute", minute(2))["conditions"]

    assert condition["value"].startswith("IndexError: list index out of range")
    assert condition["holds"] is False
