"""Strategies that hear quotes and prints; sizes that follow a mark in half ticks."""

from typing import Any

import pytest
from msgspec import Struct

from actors.core.strategy import StrategyActor
from tests.core.making import A, bar, filled, given
from tests.core.saying import FIXED, SHARE, position, says, stop, stopped, targets
from trader.model.account import EquityMarked
from trader.model.envelope import Message
from trader.model.market import BarClosed, Quote, Trade
from trader.model.orders import DecisionRecorded, OrderRequested, TargetPosition
from trader.model.units import MINUTE_NS, NONE
from trader.strategies.deciding import Sizing
from trader.strategies.strategy import Answer, Order, Side, Strategy, Target


class Ticking(Strategy):
    """Answers quotes and prints with the next of a list, and bars not at all."""

    class Params(Struct):
        """The answers."""

        answers: list[Any]

    class State(Struct):
        """How many ticks were heard."""

        ticks: int = 0
        flat: int = 0

    params: Params
    state: State

    def on_quote(self, quote: Quote) -> Answer:
        """The next answer."""
        del quote
        return self._next()

    def on_trade(self, trade: Trade) -> Answer:
        """The next answer."""
        del trade
        return self._next()

    def on_flat(self, *, exited: bool) -> None:
        """Counts."""
        del exited
        self.state.flat += 1

    def _next(self) -> Answer:
        state, answers = self.state, self.params.answers
        state.ticks += 1
        answer: Answer = answers[state.ticks - 1] if state.ticks <= len(answers) else None
        return answer


class Barring(Ticking):
    """Hears bars as well, and says nothing there."""

    def on_bar(self, bar: BarClosed) -> Answer:
        """Nothing."""
        del bar
        return None


def ticking(
    *answers: Any, sizing: Sizing = FIXED, kind: type[Ticking] = Ticking, **more: Any
) -> StrategyActor:
    params = kind.Params(list(answers))
    return StrategyActor(kind(params), name="one", instrument=A, sizing=sizing, **more)


def quote(bid: int = 99, ask: int = 102) -> Quote:
    return Quote(A, bid, ask, 1, 1, 0)


def trade(ticks: int = 100) -> Trade:
    return Trade(A, ticks, 1, 0, 1, 0)


def heard(actor: StrategyActor) -> set[type]:
    return set(actor.handlers) & {BarClosed, Quote, Trade, EquityMarked}


@pytest.mark.parametrize(
    ("actor", "kinds"),
    [
        (says(), {BarClosed}),
        (ticking(), {Quote, Trade}),
        (ticking(kind=Barring), {BarClosed, Quote, Trade}),
        (ticking(exits=[stop()]), {BarClosed, Quote, Trade}),
        (says(sizing=SHARE), {BarClosed, EquityMarked}),
        (says(sizing=SHARE, marked_apart=True), {BarClosed, Quote, Trade, EquityMarked}),
        (says(marked_apart=True), {BarClosed}),
    ],
)
def test_it_hears_what_its_strategy_has_methods_for_and_what_sizes_need(
    actor: StrategyActor, kinds: set[type]
) -> None:
    assert heard(actor) == kinds


# -- the price decided at ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "ref"),
    [
        (quote(99, 102), 100),  # the middle, rounded down
        (quote(99, 101), 100),
        (quote(99, NONE), 99),
        (quote(NONE, 102), 102),
        (trade(97), 97),
    ],
)
def test_a_decision_is_made_at_the_middle_or_the_print(row: Message, ref: int) -> None:
    made, order = given(ticking([Target(5), Order("k", 1)]), row)

    assert isinstance(made, TargetPosition)
    assert isinstance(order, OrderRequested)
    assert (made.ref_ticks, order.ref_ticks) == (ref, ref)


def test_without_any_price_nothing_is_decided() -> None:
    actor = ticking(Target(5), Target(5))

    [withheld] = given(actor, quote(NONE, NONE))

    assert isinstance(withheld, DecisionRecorded)
    assert (withheld.lots, withheld.reason) == (0, "no_price")
    assert actor.strategy.state.flat == 1
    assert targets(given(actor, quote())) == [5]


def test_silence_is_cheap() -> None:
    assert given(ticking(), quote(), trade()) == []


@pytest.mark.parametrize(
    ("kind", "row", "blocked"),
    [(Ticking, quote(), 0), (Ticking, trade(), 0), (Barring, quote(), 1), (Barring, trade(), 1)],
)
def test_silence_lets_go_of_an_entry_where_no_bar_can(
    kind: type[Ticking], row: Message, blocked: int
) -> None:
    actor = ticking(Target(5), kind=kind, exits=[stop()])
    given(actor, *(bar(100, row=row, high=105, low=95) for row in (0, 1)))
    assert targets(given(actor, quote())) == [5]
    given(actor, position(5), filled(5), *stopped(-5))
    assert actor.state.blocked == 1

    given(actor, row)
    assert actor.state.blocked == blocked


def test_exits_hear_bars_whatever_the_strategy_hears() -> None:
    actor = ticking(Target(5), Target(5), exits=[stop()])

    assert targets(given(actor, quote())) == []  # warming up
    given(actor, *(bar(100, row=row, high=105, low=95) for row in (0, 1)))
    assert targets(given(actor, trade())) == [5]


# -- sizes ---------------------------------------------------------------------------------------


def sized(*answers: Any, **more: Any) -> StrategyActor:
    """A full side is half of 100_000; a lot at 100 ticks is worth 1000."""
    return ticking(*answers, sizing=SHARE, equity=100_000, marked_apart=True, **more)


@pytest.mark.parametrize(
    ("rows", "lots"),
    [
        ([quote(99, 102)], 49),  # 100.5 ticks: 49.75 lots
        ([quote(99, 101)], 50),
        ([quote(99, 102), quote(99, NONE)], 49),  # one side alone marks nothing
        ([trade(80), trade(200)], 25),
        ([quote(99, 101), trade(200)], 50),  # prints count until there is a quote
        ([trade(200), quote(99, 101)], 50),
    ],
)
def test_a_share_follows_the_mark_to_the_half_tick(rows: list[Message], lots: int) -> None:
    actor = sized(*[None] * (len(rows) - 1), Side(1, "x"))

    assert targets(given(actor, *rows)) == [lots]


def test_without_a_mark_there_is_no_size() -> None:
    actor = sized(Side(1, "x"), Side(0, "y"), Side(1, "z"))

    [withheld] = given(actor, quote(99, NONE))

    assert isinstance(withheld, DecisionRecorded)
    assert (withheld.lots, withheld.reason) == (0, "no_price")
    assert actor.strategy.state.flat == 1
    assert given(actor, quote(99, NONE)) == []  # to be flat needs no size
    assert targets(given(actor, quote(99, 101))) == [50]


def test_a_rule_on_bars_is_sized_by_the_mark_all_the_same() -> None:
    """The account is worth what the market of the moment says, not the last close."""
    actor = says(Side(1, "x"), sizing=SHARE, equity=100_000, marked_apart=True, heard_ns=MINUTE_NS)

    assert targets(given(actor, trade(100), quote(199, 201), bar(100))) == [25]


def test_bars_of_another_interval_only_mark() -> None:
    """The strategy hears those of an hour, and the account is marked by those of a minute."""
    actor = says(
        Side(1, "x"), sizing=SHARE, equity=100_000, marked_apart=True, heard_ns=60 * MINUTE_NS
    )
    hour = BarClosed(A, 60 * MINUTE_NS, 200, 200, 200, 200, 1, 0, 60 * MINUTE_NS)

    assert given(actor, bar(100)) == []
    assert actor.strategy.state.bars == 0
    assert targets(given(actor, hour)) == [50]


def test_where_its_own_bars_mark_it_is_the_close() -> None:
    actor = says(Side(1, "x"), sizing=SHARE, equity=100_000)

    assert targets(given(actor, bar(200))) == [25]
