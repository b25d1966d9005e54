"""Bars that closed while nobody listened: each once, in order, and none before it has closed."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from tests.venues.binance.wire import GRID
from trader.errors import VenueFault
from trader.model.market import BarClosed
from trader.model.units import MILLISECOND_NS, MINUTE_NS, SECOND_NS
from trader.venues.binance.catch_up import PAGE_MAX, SURE_AFTER_NS, CatchUp

START = 1_700_000_040 * SECOND_NS  # a whole minute


def row(number: int) -> list[Any]:
    """The bar that opens so many minutes after the start, as the venue writes it."""
    opened = (START + number * MINUTE_NS) // MILLISECOND_NS
    return [opened, "1.00", "2.00", "0.50", "1.50", "3", opened + 59_999, "0", 1, "0", "0", "0"]


def page(*numbers: int) -> Raw:
    return Raw(msgspec.json.encode([row(number) for number in numbers]))


def live(number: int) -> BarClosed:
    opened = START + number * MINUTE_NS
    return BarClosed(GRID.instrument, MINUTE_NS, 1, 2, 1, 2, 3, opened, opened + MINUTE_NS)


def numbers(bars: list[BarClosed]) -> list[int]:
    return [(bar.ts_open - START) // MINUTE_NS for bar in bars]


def at(minutes: float) -> int:
    return START + int(minutes * MINUTE_NS)


def since(minutes: int) -> CatchUp:
    return CatchUp(GRID, MINUTE_NS, at(minutes))


def test_without_a_past_only_what_comes_is_told() -> None:
    made = CatchUp(GRID, MINUTE_NS, None)

    assert made.begin() is None
    assert numbers(made.live(live(0))) == [0]
    # The next connection asks for what was missed since.
    made.end()
    request = made.begin()
    assert request is not None
    assert request.params["startTime"] == at(1) // MILLISECOND_NS


def test_the_past_is_told_before_what_came_meanwhile_and_nothing_twice() -> None:
    made = since(0)
    made.begin()

    assert made.live(live(3)) == []
    told, more = made.page(page(0, 1, 2, 3, 4), at(4.5))

    assert (numbers(told), more) == ([0, 1, 2, 3], None)
    assert made.again_at is None
    assert numbers(made.live(live(3))) == []
    assert numbers(made.live(live(4))) == [4]


def test_a_bar_that_has_just_closed_is_asked_for_once_more() -> None:
    made = since(0)
    made.begin()

    told, _ = made.page(page(0, 1), at(2) + SECOND_NS)
    assert (numbers(told), made.again_at) == ([0], at(2) + SURE_AFTER_NS)

    assert made.begin() is not None
    told, _ = made.page(page(1, 2), at(2) + SURE_AFTER_NS)
    assert (numbers(told), made.again_at) == ([1], None)


def test_one_whose_event_came_meanwhile_is_not_asked_for() -> None:
    made = since(0)
    made.begin()
    made.live(live(1))

    told, _ = made.page(page(0, 1), at(2) + SECOND_NS)

    assert (numbers(told), made.again_at) == ([0, 1], None)


def test_a_full_page_is_followed_by_another_one() -> None:
    made = since(0)
    made.begin()

    told, more = made.page(page(*range(PAGE_MAX)), at(PAGE_MAX + 5))
    assert len(told) == PAGE_MAX
    assert more is not None
    assert more.params["startTime"] == at(PAGE_MAX) // MILLISECOND_NS

    told, more = made.page(page(PAGE_MAX, PAGE_MAX + 1), at(PAGE_MAX + 1.5))
    assert (numbers(told), more) == ([PAGE_MAX], None)


def test_an_empty_page_lets_what_came_meanwhile_go() -> None:
    made = since(0)
    made.begin()
    made.live(live(0))

    assert numbers(made.page(page(), at(1))[0]) == [0]


def test_what_was_held_back_when_the_line_broke_is_asked_for_again() -> None:
    made = since(0)
    made.begin()
    made.live(live(0))
    made.end()

    made.begin()
    assert numbers(made.page(page(0, 1), at(1.5))[0]) == [0]


@pytest.mark.parametrize("raw", [b"{}", b'[["x"]]', b"[[1,2]]"])
def test_nonsense_is_the_venue_s_fault(raw: bytes) -> None:
    made = since(0)
    made.begin()

    with pytest.raises(VenueFault, match="make no sense"):
        made.page(Raw(raw), at(1))
