"""VWAP fade: its reasons, its sessions, and that it is flat at their end."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.kernels import slow
from tests.strategies.making import ask, bundled
from trader.strategies.explaining import Condition
from trader.strategies.session import VwapFade
from trader.strategies.strategy import Side

MINUTE = slow.MINUTE


def made(**params: Any) -> VwapFade:
    """Enters 50 basis points away, in any volume that is usual."""
    given = {"entry_bps": 50, "volume_n": 1, "volume_ratio": 1, "direction": "both", **params}
    fade = bundled("vwap_fade", **given)
    assert isinstance(fade, VwapFade)
    return fade


def told(fade: VwapFade, closes: Sequence[int], start: int = 0) -> list[tuple[int, str] | None]:
    """Side and reason at each close."""
    out: list[tuple[int, str] | None] = []
    for row, close in enumerate(closes, start):
        answer = ask(fade, slow.bar(close, row=row))
        out.append((answer.sign, answer.reason) if isinstance(answer, Side) else None)
    return out


def test_every_answer_says_why() -> None:
    """980 by a mean of 990, then 995 by 991.7; 1030 by 1001.25, and 1000 by 1001."""
    assert told(made(), [1000, 980, 995, 1030, 1000]) == [
        None,
        (1, "below_vwap"),
        (0, "reverted"),
        (-1, "above_vwap"),
        (0, "reverted"),
    ]


def test_long_only_is_never_short() -> None:
    assert told(made(direction="long"), [1000, 1030, 1060]) == [None] * 3


@pytest.mark.parametrize(("lots", "enters"), [(15, True), (16, False)])
def test_loud_bars_are_not_faded(lots: int, enters: bool) -> None:
    """One and a half times the mean of two bars, this one included: 15 of 10 and 15, no more."""
    fade = made(volume_n=2, volume_ratio="1.2")
    ask(fade, slow.bar(1000, lots=10))

    assert (ask(fade, slow.bar(980, lots=lots)) is not None) is enters


def test_a_session_starts_its_mean_price_anew() -> None:
    """At the instant at which it begins, the last bar of the one before is still to be told."""
    fade = made()
    fade.on_session(0, 3 * MINUTE)
    told(fade, [1000, 1000])
    fade.on_session(3 * MINUTE, 6 * MINUTE)

    assert told(fade, [980], 2) == [(1, "below_vwap")]
    assert fade.state.volume == 30
    assert told(fade, [500], 3) == [(0, "reverted")]  # at its own mean
    assert (fade.state.volume, fade.state.vwap) == (10, 500.0)


def test_it_is_flat_when_the_session_opens_for_the_last_time() -> None:
    """Of five bars the fourth decides it; the fifth trades."""
    fade = made(flat_at_close=True)
    fade.on_session(0, 5 * MINUTE)

    assert told(fade, [1000, 980, 970, 960, 980]) == [
        None,
        (1, "below_vwap"),
        None,
        (0, "flat_at_close"),
        None,
    ]


def test_nothing_is_entered_where_it_would_have_to_leave() -> None:
    """What is decided at the very close trades at the opening of the next session."""
    fade = made(flat_at_close=True)
    fade.on_session(0, 4 * MINUTE)

    assert told(fade, [1000, 1000, 900, 900]) == [None, None, None, (1, "below_vwap")]


def test_without_the_setting_it_stays_over_the_close() -> None:
    fade = made()
    fade.on_session(0, 4 * MINUTE)

    assert told(fade, [1000, 980, 970, 960])[1:] == [(1, "below_vwap"), None, None]


def test_a_session_without_volume_decides_nothing() -> None:
    """A long is kept: there is no mean price that it could have come back to."""
    fade = made()
    told(fade, [1000, 980])
    fade.on_session(2 * MINUTE, 9 * MINUTE)

    assert ask(fade, slow.bar(2000, lots=0, row=2)) is None
    assert fade.state.side == 1


@pytest.mark.parametrize(("volume_n", "bars"), [(20, 100), (50, 150)])
def test_the_warm_up_is_three_mean_volumes(volume_n: int, bars: int) -> None:
    assert made(volume_n=volume_n).warmup_bars == bars


def test_it_tells_what_it_looks_at() -> None:
    fade = made(volume_n=2, flat_at_close=True)
    fade.on_session(0, 4 * MINUTE)
    told(fade, [1000, 980])

    assert fade.explain() == (
        Condition("ready", "2 bars", "2 bars", holds=True),
        Condition("session volume", "20 lots", "more than 0 lots", holds=True),
        Condition("distance to leave", "-101.010101", "at least 0", holds=False),
        Condition("volume", "10 lots", "at most 10 lots", holds=True),
        Condition("session", "goes on", "goes on", holds=True),
        Condition("distance to enter short", "-101.010101", "above 50", holds=False),
        Condition("short armed", "armed", "an entry condition that was false since", holds=True),
        Condition("flat", "long", "flat, to enter", holds=False),
    )

    told(fade, [980], 2)

    assert Condition("session", "its last opening is next", "goes on", holds=False) in (
        fade.explain()
    )


def test_what_it_saw_stands_in_its_state() -> None:
    fade = made(volume_n=2)
    told(fade, [1000, 980])

    assert {name: getattr(fade.state, name) for name in fade.inputs} == {
        "close": 980,
        "vwap": 990.0,
        "distance_bps": pytest.approx(-101.01010101),
        "volume_mean": 10.0,
    }
