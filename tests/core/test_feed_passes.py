"""The feed's short answer to a row: yes, it passes as it came; any other has to be looked at."""

import pytest

from actors.core.feed import Feed, Watched
from tests.core.making import A, bar, given, reborn
from trader.calendars.sessions import UTC_DAYS
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, Quote, Trade
from trader.model.units import HOUR_NS, MINUTE_NS, NONE


def rows(*numbers: int) -> list[Message]:
    return [bar(100 + row, row=row) for row in numbers]


def of_minutes(jump: tuple[int, int] | None = None, *more: int) -> Feed:
    return Feed({A: Watched(sessions=UTC_DAYS, intervals=(MINUTE_NS, *more))}, jump)


@pytest.mark.parametrize("jump", [None, (1, 5)])
@pytest.mark.parametrize("more", [(), (HOUR_NS,)])
@pytest.mark.parametrize(
    ("messages", "yes"),
    [
        (rows(0, 1, 2), [False, True, True]),  # the first joins nothing
        (rows(0, 2, 3, 4), [False, False, False, True]),
        (rows(1, 2, 2), [False, True, False]),
        ([Quote(A, 99, 101, 5, 5, 0), Quote(A, 98, 102, 5, 5, 0)], [True, True]),
        ([Quote(A, 99, 98, 5, 5, 0)], [False]),
        ([Trade(A, 100, 5, 1, 1, 0), Trade(A, 101, 5, 1, 1, 0)], [True, True]),
    ],
)
def test_a_row_of_which_the_short_answer_is_yes_passes_and_any_other_is_looked_at(
    messages: list[Message], yes: list[bool], more: tuple[int, ...], jump: tuple[int, int] | None
) -> None:
    """Either way the feed says and knows the same. A watched price is first measured."""
    short, long = of_minutes(jump, *more), of_minutes(jump, *more)
    for message, says in zip(messages, yes, strict=True):
        about = (A, MINUTE_NS) if isinstance(message, BarClosed) else A
        passed = short.passes(type(message), about)(message)
        assert passed is (says and (jump is None or message is not messages[0]))
        told = [message] if passed else given(short, message)

        assert told == given(long, message)
    assert short.state.symbols[A].bars == long.state.symbols[A].bars


def test_of_a_change_of_a_book_there_is_no_short_answer() -> None:
    change = BookDelta(A, 1, 100, 5, NONE, 1, NONE, 0, 1, 0)

    assert of_minutes().passes(BookDelta, A)(change) is False


def test_the_short_answer_is_the_loaded_states_once_it_is_asked_for_anew() -> None:
    feed = of_minutes()
    given(feed, *rows(0))
    other = reborn(feed, of_minutes())

    assert other.passes(BarClosed, (A, MINUTE_NS))(bar(101, row=1))
    assert given(other, *rows(2)) == rows(2)
