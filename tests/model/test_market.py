"""The bar, the one message that is built by position."""

from msgspec import structs

from trader.model.market import BarClosed, FeedState


def test_the_fields_of_a_bar_stand_in_this_order() -> None:
    """Whoever makes bars leans on it."""
    bar = BarClosed("X.v", 60, 10, 12, 9, 11, 100, 0, 60)

    assert structs.asdict(bar) == {
        "instrument": "X.v",
        "interval_ns": 60,
        "open_ticks": 10,
        "high_ticks": 12,
        "low_ticks": 9,
        "close_ticks": 11,
        "lots": 100,
        "ts_open": 0,
        "ts_close": 60,
    }


def test_the_feed_knows_four_states() -> None:
    assert [state.value for state in FeedState] == ["live", "gap", "stale", "down"]
