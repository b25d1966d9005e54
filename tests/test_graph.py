"""The topology as data: what it promises, and that actors and graph agree on it.

What an actor can say is read from its text: the messages it makes, and those that it only passes
on. So a message that somebody starts to send without a route fails here, and not in a run.
"""

import ast
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from actors.assembly import Core
from actors.graph import CORE, ROUTES
from actors.runtime.routes import STRATEGY, WORLD, role_of
from tests.core.making import A, config, strategy
from tests.model.making import MESSAGES
from trader.config.schema import ExitConfig, RiskConfig, StrategyConfig
from trader.model import account, control, market, orders
from trader.model.orders import OrderEvent

ROOT: Final = Path(__file__).resolve().parent.parent
PORTS: Final = ("timers", "gateway", "quarantine")
RUNTIME: Final = "runtime"

PASSED_ON: Final[dict[str, set[type]]] = {
    "feed": {market.BarClosed, market.Quote, market.Trade},
    "risk": {orders.ReplaceOrder},
    "order_manager": {
        kind
        for (source, kind), to in ROUTES.items()
        if source == WORLD and "order_manager" in to and issubclass(kind, OrderEvent)
    },
}
"""What a role sends on without having made it."""

MECHANICS: Final = {
    "strategy": ("trader/strategies/answering.py", "trader/strategies/deciding.py"),
    "order_manager": ("trader/logic/dealing.py",),
    "risk": (
        "trader/logic/watching.py",
        "trader/logic/rules/setting.py",
        "trader/logic/rules/listing.py",
    ),
}
"""Where a role's messages are made beside its own file."""

# Who hears something in another order than the core's, and why.
REORDERED: Final = {
    ("feed", market.BarClosed): "risk knows the price of an order that the bar causes",
    ("feed", market.Quote): "risk knows the price of an order that the quote causes",
    ("feed", market.Trade): "risk knows the price of an order that the print causes",
    ("world", control.SplitEffective): "orders count anew before a strategy can send one",
    ("strategy", orders.TargetPosition): "risk knows the target of an order that it causes",
    ("kill_switch", control.TradingStateChanged): "risk knows the state before orders of it",
    ("order_manager", orders.OrderFilled): "risk knows the fill before an order that it causes",
    (
        "risk",
        orders.OrderApproved,
    ): "an entry leaves before its stops, made on its approval",
    ("world", control.RearmStrategy): "a strategy is let out before it can hear of it",
    (
        "reconciler",
        account.ForeignAdopted,
    ): "its ledger has a desk before its position is told there",
    ("world", control.RunStarted): "a new life is halted before it can be reconciled",
}

# What only tables, watchers and journals hear of.
FOR_THE_RECORD: Final = {
    ("feed", market.FeedStatus),
    ("portfolio", account.EquitySampled),
    ("portfolio", account.PositionAdjusted),
    ("strategy", orders.DecisionRecorded),
    ("order_manager", orders.OrderSubmitted),
    ("order_manager", orders.ReplaceRequested),
    ("risk", control.LimitRejected),
    ("reconciler", account.DifferenceAccepted),
    ("reconciler", account.ForeignFound),
    ("risk", control.StrategyDisabled),
    ("risk", control.InstrumentChanged),
    ("risk", control.InstrumentHalted),
}

each_route = pytest.mark.parametrize(
    ("source", "kind"), ROUTES, ids=[f"{source}-{kind.__name__}" for source, kind in ROUTES]
)


def core() -> Core:
    """One in which everybody hears whatever he can hear."""
    hearing = StrategyConfig(
        name="one",
        file=str(ROOT / "tests" / "core" / "hearing.py"),
        instrument=A,
        exits=(ExitConfig(kind="atr_stop"),),
    )
    one = Decimal(1)
    risk = RiskConfig(unprotected_max=one, concentration_max=one, slippage_bps_max=one)
    return Core(config([hearing], risk=risk), patient=False)


def made_in(path: str) -> set[type]:
    """The messages that the text of a file makes."""
    named = {kind.__name__: kind for kind in MESSAGES}
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {
        named[node.func.id]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in named
    }


@each_route
def test_every_receiver_has_a_handler_for_what_it_is_sent(source: str, kind: type) -> None:
    by_role = {role_of(actor.name): actor for actor in core().reactor.actors}

    for role in ROUTES[source, kind]:
        assert role in PORTS or kind in by_role[role].handlers


@pytest.mark.parametrize("role", CORE)
def test_every_handler_of_an_actor_is_reached(role: str) -> None:
    [actor] = [each for each in core().reactor.actors if role_of(each.name) == role]

    sent = {kind for (_, kind), receivers in ROUTES.items() if role in receivers}
    assert set(actor.handlers) == sent


@pytest.mark.parametrize("role", CORE)
def test_what_an_actor_can_say_has_a_route_and_nothing_else_has(role: str) -> None:
    texts = (f"actors/core/{role}.py", *MECHANICS.get(role, ()))
    says = {kind for text in texts for kind in made_in(text)} | PASSED_ON.get(role, set())

    assert says == {kind for source, kind in ROUTES if source == role}


def test_what_the_runtime_says_itself_has_a_route() -> None:
    """A fault in its own name, what is withheld in the world's."""
    withheld: set[type] = {orders.OrderCanceled, orders.ReplaceRejected}
    assert made_in("actors/runtime/reactor.py") == {control.StrategyFaulted, *withheld}
    assert {kind for source, kind in ROUTES if source == RUNTIME} == {control.StrategyFaulted}
    assert all((WORLD, kind) in ROUTES for kind in withheld)


def test_every_type_of_message_is_routed() -> None:
    """None is there for nothing."""
    routed = {kind for _, kind in ROUTES}

    assert [kind.__name__ for kind in MESSAGES if kind not in routed] == []
    assert routed <= set(MESSAGES)


@each_route
def test_receivers_stand_in_the_cores_order_or_have_a_reason(source: str, kind: type) -> None:
    order = [*CORE, *PORTS]
    receivers = list(ROUTES[source, kind])

    assert set(receivers) <= set(order)
    assert len(receivers) == len(set(receivers))
    assert (receivers != sorted(receivers, key=order.index)) is ((source, kind) in REORDERED)


@each_route
def test_who_has_no_receiver_is_there_for_the_record(source: str, kind: type) -> None:
    assert (not ROUTES[source, kind]) is ((source, kind) in FOR_THE_RECORD)


def test_the_core_is_built_in_the_order_of_dispatch() -> None:
    made = Core(config([strategy("one"), strategy("two")]), patient=False)

    names = [actor.name for actor in made.reactor.actors]

    assert list(dict.fromkeys(role_of(name) for name in names)) == list(CORE)
    assert [name for name in names if role_of(name) == STRATEGY] == ["strategy:one", "strategy:two"]


@pytest.mark.parametrize("role", CORE)
def test_everybody_is_reached_by_somebody_else(role: str) -> None:
    heard = {source for (source, _), receivers in ROUTES.items() if role in receivers}

    assert heard - {role}


def test_everybody_is_reached_from_the_world() -> None:
    reached = {WORLD}
    while True:
        further = {to for (source, _), tos in ROUTES.items() if source in reached for to in tos}
        if further <= reached:
            break
        reached |= further

    assert reached - {WORLD} == {*CORE, *PORTS}


def test_every_source_is_somebody() -> None:
    assert {source for source, _ in ROUTES} == {*CORE, WORLD, RUNTIME}


def test_raw_market_data_enters_at_the_feed_alone() -> None:
    for row in (market.BarClosed, market.Quote, market.Trade):
        assert ROUTES[WORLD, row] == ("feed",)
        assert {source for source, kind in ROUTES if kind is row} == {WORLD, "feed"}
    assert {source for source, kind in ROUTES if kind is market.BookDelta} == {WORLD}


def test_what_a_venue_says_of_an_order_enters_at_the_order_manager_alone() -> None:
    for (source, kind), receivers in ROUTES.items():
        if source == WORLD and issubclass(kind, OrderEvent):
            assert receivers == ("order_manager",)


def test_no_order_passes_beside_risk() -> None:
    """The gateway hears of an order only what risk has approved, and then of cancels."""
    heard = {key: to for key, to in ROUTES.items() if "gateway" in to}

    assert {kind for _, kind in heard} == {
        orders.OrderApproved,
        orders.CancelOrder,
        orders.ReplaceOrder,
        orders.QueryOrder,
        account.QueryAccount,
    }
    assert [source for source, kind in heard if kind is orders.OrderApproved] == ["risk"]
    assert [source for source, kind in heard if kind is orders.ReplaceOrder] == ["risk"]
    assert ROUTES["order_manager", orders.SubmitOrder] == ("portfolio", "risk")
    assert ROUTES["order_manager", orders.ReplaceOrder] == ("risk",)


def test_nothing_but_the_kill_switch_moves_the_trading_state() -> None:
    assert [s for s, kind in ROUTES if kind is control.TradingStateChanged] == ["kill_switch"]
