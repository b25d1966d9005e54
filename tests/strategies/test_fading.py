"""What a fade tells of itself is what its step does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels import slow
from tests.strategies.making import ask, bundled
from trader.strategies.explaining import Condition
from trader.strategies.fading import Fade, compared
from trader.strategies.strategy import Side

FADES: list[tuple[str, dict[str, object]]] = [
    ("rsi_reversion", {"n": 3}),
    ("rsi_reversion", {"n": 3, "low": 45, "high": 55, "direction": "both"}),
    ("rsi_reversion", {"n": 2, "direction": "both", "adaptive": {"window": 3}}),
    ("bollinger_reversion", {"n": 4, "entry": 1}),
    ("bollinger_reversion", {"n": 4, "entry": 1, "exit": "0.25", "direction": "both"}),
    ("vwap_fade", {"entry_bps": 40, "flat_at_close": True, "volume_n": 2, "volume_ratio": 1}),
    ("vwap_fade", {"entry_bps": 40, "volume_n": 2, "direction": "both"}),
    ("naive_mean_reversion", {"n": 4, "entry": 1}),
]
every_fade = pytest.mark.parametrize(
    ("name", "params"), FADES, ids=[f"{name}-{len(params)}" for name, params in FADES]
)
BARS = st.lists(
    st.tuples(st.integers(96, 104), st.sampled_from([5, 10, 30])), min_size=1, max_size=60
)


def made(name: str, params: dict[str, object]) -> Fade:
    strategy = bundled(name, **params)
    assert isinstance(strategy, Fade)
    return strategy


def concluded(fade: Fade, before: int) -> int:
    """The side that follows from what it tells, given the side it was on."""
    state = fade.state
    after, state.side = state.side, before
    told = {condition.name: condition.holds for condition in fade.explain()}
    assert told.get("flat", True) is (before == 0 or fade.turns)
    ready = all(condition.holds for condition in fade.readiness())
    side = 0 if before and fade.leaving().holds else before
    for sign, word in ((-1, "short"), (1, "long")):
        armed = told.get(f"{word} armed", False)
        free = sign != before if fade.turns else side == 0
        permitted = all(condition.holds for condition in fade.permitting())
        if ready and free and armed and permitted and fade.entering(sign).holds:
            side = sign
    state.side = after
    return side


@every_fade
@settings(max_examples=60)
@given(bars=BARS, ended=st.lists(st.integers(0, 59), max_size=8))
def test_what_it_tells_is_what_it_does(
    name: str, params: dict[str, object], bars: list[tuple[int, int]], ended: list[int]
) -> None:
    """At each bar the side that follows from its conditions is the side it takes."""
    fade = made(name, params)
    for row, (close, lots) in enumerate(bars):
        before = fade.state.side
        if row % 7 == 0:
            fade.on_session(row * slow.MINUTE, (row + 7) * slow.MINUTE)
        answer = ask(fade, slow.bar(close, lots=lots, row=row))
        now = answer.sign if isinstance(answer, Side) else before

        assert concluded(fade, before) == now == fade.state.side
        if row in ended:
            fade.on_flat(exited=True)


def test_it_tells_what_it_waits_for() -> None:
    """Bollinger, four bars: two are heard, then a fall that is not deep enough."""
    fade = made("bollinger_reversion", {"n": 3, "entry": 2})
    ask(fade, slow.bar(100))
    ask(fade, slow.bar(100))

    assert fade.explain() == (
        Condition("ready", "2 bars", "3 bars", holds=False),
        Condition("z to enter long", "0", "below -2", holds=False),
        Condition("long armed", "armed", "an entry condition that was false since", holds=True),
        Condition("flat", "flat", "flat, to enter", holds=True),
    )

    ask(fade, slow.bar(97))

    assert fade.explain()[:2] == (
        Condition("ready", "3 bars", "3 bars", holds=True),
        Condition("z to enter long", "-1.414213562", "below -2", holds=False),
    )


def test_it_tells_what_an_exit_left_behind() -> None:
    fade = made("bollinger_reversion", {"n": 3, "entry": 1})
    for close in (100, 100, 97):
        ask(fade, slow.bar(close))

    assert fade.explain()[1:] == (
        Condition("z to leave", "-1.414213562", "at least 0", holds=False),
        Condition("flat", "long", "flat, to enter", holds=False),
    )

    fade.on_flat(exited=True)

    assert fade.explain()[2:] == (
        Condition(
            "long armed",
            "ended by an exit",
            "an entry condition that was false since",
            holds=False,
        ),
        Condition("flat", "flat", "flat, to enter", holds=True),
    )


@pytest.mark.parametrize(
    ("sign", "reached", "needs", "below", "at", "above"),
    [
        (1, False, "above 5", False, False, True),
        (1, True, "at least 5", False, True, True),
        (-1, False, "below 5", True, False, False),
        (-1, True, "at most 5", True, True, False),
    ],
)
def test_a_value_is_compared_with_its_bound(
    sign: int, reached: bool, needs: str, below: bool, at: bool, above: bool
) -> None:
    told = [compared("x", value, sign, 5.0, reached=reached) for value in (4.5, 5.0, 6)]

    assert told == [
        Condition("x", "4.5", needs, below),
        Condition("x", "5", needs, at),
        Condition("x", "6", needs, above),
    ]


def test_a_fade_says_what_is_its_own() -> None:
    class Bare(Fade):
        """Nothing of its own."""

        State = dict
        Params = dict

    bare = Bare({})
    for ask_for in (bare.readiness, bare.leaving, lambda: bare.entering(1)):
        with pytest.raises(NotImplementedError):
            ask_for()
