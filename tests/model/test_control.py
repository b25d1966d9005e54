"""The trading state, from what lets nothing through to what lets everything through."""

from trader.model.control import StartTimer, TradingState


def test_a_recorded_number_keeps_its_meaning() -> None:
    assert [(state.name, state.value) for state in TradingState] == [
        ("HALTED", 0),
        ("REDUCING", 1),
        ("ACTIVE", 2),
        ("FLATTENING", 3),
    ]


def test_a_timer_fires_before_the_bars_of_its_instant_unless_told_otherwise() -> None:
    assert not StartTimer(owner="scheduler", name="day", due=1).after_bars
