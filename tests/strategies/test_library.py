"""What every bundled strategy keeps of the promise."""

from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies.making import answers, bundled
from trader.logic.tables import INPUTS_MAX
from trader.strategies.library import BASELINES, BUNDLED
from trader.strategies.params import PARAMS
from trader.strategies.strategy import Strategy

# What each needs beside its size.
NEEDS: dict[str, dict[str, object]] = {
    "ema_cross": {"fast": 2, "slow": 5},
    "vwap_fade": {"entry_bps": 20},
}
WAYS: list[tuple[str, dict[str, object]]] = [
    ("ema_cross", {}),
    ("ema_cross", {"direction": "both", "trend": 7}),
    ("rsi_reversion", {"n": 3, "direction": "both"}),
    ("rsi_reversion", {"n": 3, "adaptive": {"window": 4, "low_quantile": "0.3"}, "low": 0}),
    ("bollinger_reversion", {"n": 4, "entry": 1, "direction": "both"}),
    ("vwap_fade", {"volume_n": 2, "direction": "both"}),
    ("naive_mean_reversion", {"n": 4, "entry": 1}),
    ("buy_and_hold", {}),
]
CLOSES = st.lists(st.integers(90, 110), max_size=50)

every_one = pytest.mark.parametrize("name", BUNDLED)
every_way = pytest.mark.parametrize(
    ("name", "params"), WAYS, ids=[f"{name}-{len(params)}" for name, params in WAYS]
)


def made(name: str, params: dict[str, object] | None = None) -> Strategy:
    return bundled(name, **NEEDS.get(name, {}), **(params or {}))


def fields(state: object) -> set[str]:
    if is_dataclass(state):
        return {field.name for field in dataclass_fields(state)}
    assert isinstance(state, msgspec.Struct)
    return set(state.__struct_fields__)


def test_a_configuration_can_name_each_of_them() -> None:
    assert BUNDLED.keys() == PARAMS.keys()
    assert {name: strategy.Params for name, strategy in BUNDLED.items()} == PARAMS


def test_the_baselines_are_among_them() -> None:
    """And need nothing but a size."""
    assert BASELINES == ("buy_and_hold", "naive_mean_reversion")
    assert [type(bundled(name)) for name in BASELINES] == [BUNDLED[name] for name in BASELINES]


@every_one
def test_what_is_written_down_with_a_decision_is_of_its_state(name: str) -> None:
    strategy = made(name)

    assert set(strategy.inputs) <= fields(strategy.state)
    assert len(strategy.inputs) <= INPUTS_MAX


@every_one
def test_the_state_is_of_the_kind_it_declares(name: str) -> None:
    strategy = made(name)

    assert type(strategy.state) is BUNDLED[name].State
    assert strategy.state == made(name).state


@every_way
@settings(max_examples=30)
@given(closes=CLOSES, at=st.integers(0, 50), ended=st.lists(st.integers(0, 49), max_size=8))
def test_the_state_is_all_it_remembers(
    name: str, params: dict[str, object], closes: list[int], at: int, ended: list[int]
) -> None:
    """Saved and read back in the middle it goes on as if nothing had happened."""
    later = [row - at for row in ended if row >= at]
    whole, first, second = (made(name, params) for _ in range(3))
    answers(whole, closes[:at], ended=ended)
    answers(first, closes[:at], ended=ended)
    saved = msgspec.msgpack.encode(first.state)
    second.state = msgspec.msgpack.decode(saved, type=type(second.state))

    assert answers(second, closes[at:], ended=later) == answers(whole, closes[at:], ended=later)
    assert second.state == whole.state


@every_way
@settings(max_examples=30)
@given(closes=CLOSES, at=st.integers(0, 50), other=CLOSES)
def test_what_comes_later_changes_no_answer(
    name: str, params: dict[str, object], closes: list[int], at: int, other: list[int]
) -> None:
    past = closes[:at]
    one = answers(made(name, params), closes)
    changed = answers(made(name, params), [*past, *other])

    assert changed[: len(past)] == one[: len(past)]


@every_way
@given(closes=CLOSES, at=st.integers(0, 50), ended=st.lists(st.integers(0, 49), max_size=8))
def test_a_split_is_as_if_it_had_always_been(
    name: str, params: dict[str, object], closes: list[int], at: int, ended: list[int]
) -> None:
    """Two for one, which floats carry exactly: the same answers as on adjusted prices and sizes."""
    later = [row - at for row in ended if row >= at]
    split, adjusted = made(name, params), made(name, params)
    first = answers(split, [2 * close for close in closes[:at]], ended=ended, lots=500)
    split.on_split(2, 1)

    assert first == answers(adjusted, closes[:at], ended=ended)
    assert answers(split, closes[at:], ended=later) == answers(adjusted, closes[at:], ended=later)


@every_way
@settings(max_examples=30)
@given(closes=CLOSES)
def test_what_it_looks_at_can_be_told_at_any_moment(
    name: str, params: dict[str, object], closes: list[int]
) -> None:
    """Each condition with what it sees and what it needs; to ask changes nothing."""
    asked, unasked = made(name, params), made(name, params)
    for close in closes:
        told = asked.explain()
        answers(asked, [close])
        answers(unasked, [close])

        assert told
        assert all(each.name and each.value and each.needs for each in told)
        assert len({each.name for each in told}) == len(told)
    assert asked.state == unasked.state
