"""The core as it is wired, before a venue that says whatever it likes, and before an honest one."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.making import A, B
from tests.core.trial import Trial
from trader.config.schema import RiskConfig
from trader.model.control import SetTradingState, TimerFired, TradingState
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    OrderAccepted,
    OrderApproved,
    OrderBusted,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderReplaced,
    OrderSubmitted,
    ReplaceOrder,
    ReplaceRejected,
)
from trader.model.units import DAY_NS

HALTED, REDUCING, ACTIVE = TradingState.HALTED, TradingState.REDUCING, TradingState.ACTIVE
POSITION_MAX = 12

# -- what may come -------------------------------------------------------------------------------

LOTS = st.integers(-6, 6)
SOME = LOTS.filter(bool)
LINES = st.one_of(
    st.builds(lambda lots: {"does": "target", "lots": lots}, LOTS),
    st.builds(lambda lots: {"does": "target", "lots": lots}, SOME),
    st.builds(lambda lots: {"does": "order", "key": "m", "lots": lots}, SOME),
    st.builds(
        lambda lots, limit: {"does": "order", "key": "l", "lots": lots, "limit": limit},
        SOME,
        st.integers(95, 105),
    ),
    st.builds(lambda key: {"does": "cancel", "key": key}, st.sampled_from("lm")),
)
SCRIPTS = st.lists(
    st.lists(st.lists(LINES, max_size=2), min_size=8, max_size=8).map(lambda s: dict(enumerate(s))),
    min_size=3,
    max_size=3,
)
BARS = st.tuples(st.just("bar"), st.sampled_from([A, B]), st.integers(95, 105))
PICKS = st.integers(0, 30)
KINDS = (
    OrderFilled,
    OrderAccepted,
    OrderFilled,
    OrderBusted,
    OrderFilled,
    OrderRejected,
    OrderCanceled,
    OrderReplaced,
    OrderExpired,
    CancelRejected,
    ReplaceRejected,
    OrderInDoubt,
    OrderSubmitted,
)
NONSENSE = st.tuples(
    st.just("says"),
    st.sampled_from(KINDS),
    PICKS,
    st.sampled_from(["all", "half", "wild", "wrong"]),
    st.sampled_from(["t1", "t2", "t3"]),
    st.integers(90, 110),
)
CONTROL = st.tuples(st.sampled_from(["halt", "reduce", "resume", "start", "midnight"]))
RESUME = SetTradingState(state=ACTIVE, by="ada", reason="resumed")


def report(
    trial: Trial, kind: type[OrderEvent], pick: int, size: str, trade: str, ticks: int
) -> Message:
    """A report of this kind about any order there was, or about one that never was."""
    orders = trial.core.order_manager.state.orders
    ids = [*(order.client_order_id for order in trial.sent), "stranger"]
    id_ = ids[pick % len(ids)]
    known = orders.get(id_)
    left = known.left if known else 3
    lots = {"all": left, "half": left // 2, "wild": 3 * left, "wrong": -left}[size] or 1
    fields: dict[str, Any] = {"client_order_id": id_}
    match kind.__name__:
        case "OrderRejected":
            fields["code"] = "absent"
        case "OrderReplaced":
            fields["lots"] = lots
        case "OrderFilled":
            fields |= {"last_lots": lots, "trade_id": trade, "last_ticks": ticks}
        case "OrderBusted":
            trade = known.trades[-1] if known and known.trades and size != "wrong" else trade
            fields |= {"last_lots": lots, "trade_id": trade, "last_ticks": ticks}
        case _:
            pass
    made: Any = kind(**fields)
    return made  # type: ignore[no-any-return]


@settings(max_examples=150)
@given(
    SCRIPTS,
    st.lists(st.one_of(BARS, BARS, *[NONSENSE] * 4, CONTROL), min_size=20, max_size=60),
    st.booleans(),
)
def test_whatever_a_venue_says_nothing_raises_and_the_sums_agree(
    scripts: list[dict[int, Any]], events: list[Any], patient: bool
) -> None:
    """A trade is booked once, what has ended stays so, and nothing leaves while halted."""
    trial = Trial(scripts, patient=patient, risk=RiskConfig(drawdown_max=Decimal("0.01")))
    epoch = 1
    for what, *rest in events:
        match what:
            case "bar":
                trial.bar(*rest)
            case "says":
                trial.note(report(trial, *rest))
                trial.note(RESUME)
            case "midnight":
                trial.note(TimerFired(owner="scheduler", name="session", due=DAY_NS))
            case "start":
                epoch += 1
                trial.start(epoch)
            case _:
                state = {"halt": HALTED, "reduce": REDUCING}.get(what, ACTIVE)
                trial.note(SetTradingState(state=state, by="ada", reason="asked"))


# -- an honest venue -----------------------------------------------------------------------------


class Honest:
    """A venue that accepts, fills no more than is open, and answers what it is asked."""

    def __init__(self) -> None:
        self.open: dict[str, list[int]] = {}  # by id: lots in all, lots filled
        self.asked: list[Message] = []
        self.trades = 0

    def take(self, effects: list[Message]) -> None:
        """Commands arrive."""
        for effect in effects:
            if isinstance(effect, OrderApproved):
                self.open[effect.order.client_order_id] = [effect.order.lots, 0]
            if isinstance(effect, OrderApproved | CancelOrder | ReplaceOrder):
                self.asked.append(effect)

    def answer(self) -> list[Message]:
        """The answer to the oldest command that has none."""
        if not self.asked:
            return []
        command = self.asked.pop(0)
        if isinstance(command, OrderApproved):
            return [OrderAccepted(client_order_id=command.order.client_order_id)]
        assert isinstance(command, CancelOrder | ReplaceOrder)
        id_ = command.client_order_id
        if isinstance(command, CancelOrder):
            known = self.open.pop(id_, None) is not None
            return [(OrderCanceled if known else CancelRejected)(client_order_id=id_)]
        if id_ not in self.open:
            return [ReplaceRejected(client_order_id=id_)]
        lots = self.open[id_][0] if command.lots is None else command.lots
        if abs(lots) <= abs(self.open[id_][1]):
            return [ReplaceRejected(client_order_id=id_)]
        self.open[id_][0] = lots
        return [OrderReplaced(client_order_id=id_, lots=lots)]

    def fill(self, pick: int, size: int, ticks: int) -> list[Message]:
        """A fill of up to `size` lots of one of its orders."""
        if not self.open:
            return []
        id_ = list(self.open)[pick % len(self.open)]
        lots, done = self.open[id_]
        last = max(-size, min(size, lots - done))
        self.open[id_][1] += last
        if done + last == lots:
            del self.open[id_]
        self.trades += 1
        return [
            OrderFilled(
                client_order_id=id_, trade_id=str(self.trades), last_lots=last, last_ticks=ticks
            )
        ]


FILLS = st.tuples(st.just("fill"), PICKS, st.integers(1, 9), st.integers(95, 105))
ANSWERS = st.just(("answer",))


@settings(max_examples=150)
@given(
    SCRIPTS,
    st.lists(st.one_of(BARS, BARS, FILLS, ANSWERS, ANSWERS), min_size=20, max_size=60),
    st.booleans(),
)
def test_before_an_honest_venue_the_worst_case_stays_within_the_limit(
    scripts: list[dict[int, Any]], events: list[Any], patient: bool
) -> None:
    """And nothing it says is a contradiction, in whatever order its reports come."""
    # Stops are not counted, for they only close: so the strategy with stops trades nothing here.
    trial = Trial([{}, *scripts[1:]], patient=patient, risk=RiskConfig(position_max=POSITION_MAX))
    venue = Honest()
    for what, *rest in events:
        if what == "bar":
            venue.take(trial.bar(*rest))
        else:
            for each in venue.answer() if what == "answer" else venue.fill(*rest):
                venue.take(trial.note(each))
        assert max(trial.worst(A), trial.worst(B)) <= POSITION_MAX
        assert trial.core.trading_state() is ACTIVE
    while venue.asked:
        for each in venue.answer():
            venue.take(trial.note(each))
    # Once everything is answered both sides know the same orders.
    ours = trial.core.order_manager.state
    working = {i: [ours.orders[i].lots, ours.orders[i].lots_filled] for i in sorted(venue.open)}
    assert working == dict(sorted(venue.open.items()))
    assert sorted(i for desk in ours.desks.values() for i in desk.working) == list(working)


TARGETS = st.lists(
    st.lists(
        st.builds(lambda lots: [{"does": "target", "lots": lots}], LOTS), min_size=8, max_size=8
    ).map(lambda lines: dict(enumerate(lines))),
    min_size=3,
    max_size=3,
)


@settings(max_examples=100)
@given(
    TARGETS,
    st.lists(st.one_of(BARS, BARS, FILLS, ANSWERS), min_size=10, max_size=40),
    st.booleans(),
)
def test_before_an_honest_venue_every_target_is_reached_in_the_end(
    scripts: list[dict[int, Any]], events: list[Any], patient: bool
) -> None:
    """However fills, cancels and new targets cross on the way."""
    # The bars of one instrument may lag behind; no order is denied for that here.
    risk = RiskConfig(stale_after="1d")
    trial = Trial([{}, *scripts[1:]], patient=patient, risk=risk)
    venue = Honest()
    for what, *rest in events:
        if what == "bar":
            venue.take(trial.bar(*rest))
        else:
            for each in venue.answer() if what == "answer" else venue.fill(*rest):
                venue.take(trial.note(each))
    while venue.asked or venue.open:
        for each in venue.answer() or venue.fill(0, 100, 100):
            venue.take(trial.note(each))
    desks = trial.core.order_manager.state.desks
    assert [desk.position for desk in desks.values()] == [desk.target for desk in desks.values()]
    assert all(not desk.working and not desk.waits for desk in desks.values())
