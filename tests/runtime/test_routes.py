"""From the topology as data to lists of receivers."""

import pytest

from actors.runtime.recorder import Record
from actors.runtime.routes import Outlet, Route, Routes, compile_routes, role_of
from tests.runtime.fakes import Says, Teller
from trader.model.account import EquityMarked, PositionChanged
from trader.model.control import RunEnded, StartTimer
from trader.model.envelope import Message, Name
from trader.model.market import BarClosed
from trader.model.orders import OrderRole, TargetPosition

KINDS: tuple[type, ...] = (BarClosed, PositionChanged, EquityMarked, TargetPosition, RunEnded)
SAYS: dict[type, Says] = dict.fromkeys(KINDS, ())
ROUTES: Routes = {
    ("world", BarClosed): ("feed",),
    ("world", RunEnded): (),
    ("feed", BarClosed): ("portfolio", "strategy", "risk"),
    ("portfolio", PositionChanged): ("strategy", "risk"),
    ("portfolio", EquityMarked): ("risk", "strategy"),
    ("strategy", TargetPosition): ("risk",),
    ("strategy", StartTimer): ("timers",),
    ("risk", RunEnded): (),
}
OWNED = (("one", "A.v"), ("two", "B.v"), ("three", "A.v"))


def compiled(
    heard: list[tuple[str, str]] | None = None, *, routes: Routes = ROUTES
) -> dict[str, Outlet]:
    heard = [] if heard is None else heard
    core = [Teller(name, SAYS, heard) for name in ("feed", "portfolio", "risk")]
    strategies = [Teller(f"strategy:{name}", SAYS, heard, where) for name, where in OWNED]
    timers = Teller("timers", {StartTimer: ()}, heard).handlers[StartTimer]
    records: dict[type, Record] = dict.fromkeys((TargetPosition, BarClosed), _record)
    return compile_routes(routes, [*core, *strategies], strategies, {"timers": timers}, records)


def _record(name: Name, ts: int, cause: Name, message: Message) -> None:
    raise AssertionError((name, ts, cause, message))  # compiling records nothing


def receivers(outlets: dict[str, Outlet], source: str, message: Message) -> list[str]:
    return [r.actor for r in outlets[source].routes[type(message)].receivers(message)]


def bar(instrument: str) -> BarClosed:
    return BarClosed(instrument, 1, 1, 1, 1, 1, 1, 0, 1)


def changed(strategy: str) -> PositionChanged:
    return PositionChanged(
        strategy=strategy,
        instrument="A.v",
        lots=0,
        cost=0,
        realized=0,
        last_lots=0,
        last_ticks=0,
        role=OrderRole.TARGET,
    )


def wish(strategy: str = "one") -> TargetPosition:
    return TargetPosition(strategy=strategy, instrument="A.v", lots=0, ref_ticks=1, reason="r")


@pytest.mark.parametrize(
    ("source", "message", "expected"),
    [
        ("world", bar("A.v"), ["feed"]),
        ("world", RunEnded(), []),
        # What concerns one instrument or one strategy reaches only those, in their order.
        ("feed", bar("A.v"), ["portfolio", "strategy:one", "strategy:three", "risk"]),
        ("feed", bar("B.v"), ["portfolio", "strategy:two", "risk"]),
        ("feed", bar("C.v"), ["portfolio", "risk"]),  # which nobody trades
        ("portfolio", changed("two"), ["strategy:two", "risk"]),
        ("portfolio", changed("three"), ["strategy:three", "risk"]),
        ("portfolio", changed("gone"), ["risk"]),
        # What concerns everybody reaches everybody.
        (
            "portfolio",
            EquityMarked(equity=1, peak=1),
            ["risk", "strategy:one", "strategy:two", "strategy:three"],
        ),
        ("strategy:two", wish(), ["risk"]),
        ("strategy:one", StartTimer(owner="x", name="y", due=0), ["timers"]),
    ],
)
def test_a_message_reaches_those_it_concerns_in_the_graphs_order(
    source: str, message: Message, expected: list[str]
) -> None:
    assert receivers(compiled(), source, message) == expected


def test_what_a_receiver_says_leaves_by_its_own_outlet() -> None:
    """A port is no source: what it answered would come from outside."""
    outlets = compiled()

    def sources(source: str, message: Message) -> list[str]:
        route = outlets[source].routes[type(message)]
        return [receiver.outlet.source for receiver in route.receivers(message)]

    assert sources("feed", bar("A.v")) == ["portfolio", "strategy:one", "strategy:three", "risk"]
    assert sources("strategy:one", StartTimer(owner="x", name="y", due=0)) == ["world"]


def test_only_what_the_core_says_itself_is_recorded() -> None:
    """A bar from outside is an input, though a bar from the feed might be an output."""
    outlets = compiled()

    assert outlets["world"].routes[BarClosed].record is None
    assert outlets["feed"].routes[BarClosed].record is not None
    assert outlets["strategy:one"].routes[TargetPosition].record is not None
    assert outlets["portfolio"].routes[PositionChanged].record is None


@pytest.mark.parametrize(
    "routes",
    [
        {("world", StartTimer): ("feed",)},  # which has no handler for it
        {("world", BarClosed): ("nobody",)},
        {("world", StartTimer): ("strategy",)},
    ],
)
def test_a_route_to_somebody_who_cannot_take_it_is_no_route(routes: Routes) -> None:
    with pytest.raises(KeyError):
        compiled(routes=routes)


def test_an_actor_that_was_taken_out_hears_nothing_more() -> None:
    """It keeps its place: whoever goes through the receivers just now misses nobody."""
    heard: list[tuple[str, str]] = []
    outlets = compiled(heard)
    told: list[tuple[str, Message]] = [
        ("feed", bar("A.v")),
        ("portfolio", EquityMarked(equity=1, peak=1)),
    ]
    under_way = [outlets[source].routes[type(m)].receivers(m) for source, m in told]
    for outlet in outlets.values():
        for route in outlet.routes.values():
            route.remove("strategy:one")

    for (source, message), receivers_then in zip(told, under_way, strict=True):
        assert outlets[source].routes[type(message)].receivers(message) is receivers_then
        for receiver in receivers_then:
            assert receiver.handle(message, 0) == ()
    assert [name for name, _ in heard] == [
        *("portfolio", "strategy:three", "risk"),
        *("risk", "strategy:two", "strategy:three"),
    ]


def test_strategies_share_their_routes_and_not_their_names() -> None:
    outlets = compiled()

    assert outlets["strategy:one"].routes is outlets["strategy:two"].routes
    assert outlets["strategy:one"].source == "strategy:one"


def test_a_route_without_a_key_is_for_everybody() -> None:
    route = Route(None, ())

    assert route.receivers(RunEnded()) == ()


@pytest.mark.parametrize(
    ("name", "role"), [("strategy:a:b", "strategy"), ("risk", "risk"), ("", "")]
)
def test_the_role_is_what_stands_before_the_colon(name: str, role: str) -> None:
    assert role_of(name) == role
