"""Positions and what protects them, in the core as it is wired, before a venue of families.

Whenever all is answered, what protective orders may close is what is held: nothing is naked, and
nothing is sold twice. However fills, cancels, replacements and refusals cross on the way.
"""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.story import LATER, LIMIT, STOP, TIME, TRAIL, Story
from trader.config.schema import ExitConfig
from trader.model.orders import OrderType

LOTS = st.integers(-6, 6)
TARGETS = st.lists(
    st.one_of(st.none(), st.builds(lambda lots: [{"does": "target", "lots": lots}], LOTS)),
    min_size=10,
    max_size=10,
).map(lambda lines: {row: line for row, line in enumerate(lines) if line})
PICKS = st.integers(0, 9)
TICKS = st.integers(95, 105)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("bar"), TICKS),
        st.tuples(st.just("bar"), TICKS),
        st.tuples(st.just("fill"), PICKS, st.integers(1, 7), TICKS),
        st.tuples(st.just("fill"), PICKS, st.integers(1, 7), TICKS),
        st.tuples(st.just("tell")),
        st.tuples(st.just("tell")),
        st.tuples(st.just("arrive")),
        st.tuples(st.just("settle")),
        st.tuples(st.just("split")),
    ),
    min_size=10,
    max_size=50,
)
TROUBLE = st.lists(
    st.one_of(
        st.tuples(st.just("bar"), TICKS),
        st.tuples(st.just("fill"), PICKS, st.integers(1, 7), TICKS),
        st.tuples(st.just("tell")),
        st.tuples(st.just("arrive")),
        st.tuples(st.just("settle")),
        st.tuples(st.just("refuse")),
        st.tuples(st.just("lose"), PICKS),
    ),
    min_size=10,
    max_size=50,
)


def play(story: Story, events: list[Any]) -> None:
    for what, *rest in events:
        if what == "refuse":
            story.venue.refuses += 1
        else:
            getattr(story, what)(*rest)
    story.settle()


@settings(max_examples=150)
@given(
    TARGETS,
    EVENTS,
    st.sampled_from([(STOP,), (STOP, LIMIT), (TRAIL, LIMIT), (STOP, TRAIL, TIME)]),
    st.booleans(),
)
def test_what_is_held_is_covered_and_nothing_else(
    script: dict[int, Any], events: list[Any], exits: tuple[ExitConfig, ...], prompt: bool
) -> None:
    story = Story(script, exits, prompt=prompt)
    play(story, events)
    assume(not story.denied)

    assert story.covered(OrderType.STOP) == abs(story.held)
    if LIMIT in exits:
        assert story.covered(OrderType.LIMIT) == abs(story.held)


@settings(max_examples=150)
@given(TARGETS, EVENTS, st.sampled_from([(LATER,), (LIMIT, LATER), (LIMIT, TIME)]), st.booleans())
def test_where_stops_come_later_what_is_held_is_never_covered_twice(
    script: dict[int, Any], events: list[Any], exits: tuple[ExitConfig, ...], prompt: bool
) -> None:
    """A stop that comes later covers all that is held from then on."""
    story = Story(script, exits, prompt=prompt)
    play(story, events)
    assume(not story.denied)

    assert story.covered(OrderType.STOP) <= abs(story.held)
    if LIMIT in exits:
        assert story.covered(OrderType.LIMIT) == abs(story.held)


@settings(max_examples=150)
@given(
    TARGETS,
    TROUBLE,
    st.sampled_from([(STOP,), (STOP, LIMIT), (TRAIL, LIMIT), (STOP, TRAIL, TIME)]),
    st.booleans(),
)
def test_what_cannot_be_covered_is_not_held(
    script: dict[int, Any], events: list[Any], exits: tuple[ExitConfig, ...], prompt: bool
) -> None:
    """Whatever the venue refuses, and whatever order it loses."""
    story = Story(script, exits, prompt=prompt)
    play(story, events)
    assume(not story.denied)

    assert story.covered(OrderType.STOP) == abs(story.held)


@settings(max_examples=150)
@given(TARGETS, EVENTS, st.sampled_from([(STOP,), (TRAIL,), (STOP, TRAIL, TIME)]), st.booleans())
def test_where_no_order_can_be_changed_it_is_made_anew(
    script: dict[int, Any], events: list[Any], exits: tuple[ExitConfig, ...], prompt: bool
) -> None:
    story = Story(script, exits, prompt=prompt, rigid=True)
    play(story, events)
    assume(not story.denied)

    assert story.covered(OrderType.STOP) == abs(story.held)


OWN = st.lists(
    st.one_of(
        st.builds(lambda lots: {"does": "target", "lots": lots}, LOTS),
        st.builds(lambda lots: {"does": "order", "key": "m", "lots": lots}, LOTS.filter(bool)),
    ),
    max_size=2,
)


@settings(max_examples=150)
@given(
    st.lists(OWN, min_size=10, max_size=10).map(lambda lines: dict(enumerate(lines))),
    EVENTS,
    st.sampled_from([(STOP,), (STOP, LIMIT), (TRAIL, LIMIT), (LATER,), (LIMIT, LATER)]),
    st.booleans(),
)
def test_with_orders_of_its_own_beside_nothing_is_covered_twice(
    script: dict[int, Any], events: list[Any], exits: tuple[ExitConfig, ...], prompt: bool
) -> None:
    """What such orders add is covered by nobody; what they take away is covered no longer."""
    story = Story(script, exits, prompt=prompt)
    play(story, events)

    assert story.covered(OrderType.STOP) <= abs(story.held)
    assert story.covered(OrderType.LIMIT) <= abs(story.held)
