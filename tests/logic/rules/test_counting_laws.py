"""Whatever fills, in whatever order it is told: what was let through stays within the limits.

A venue here takes orders, changes and cancels when they arrive, fills what it may, and its reports
come later. Its positions are the true ones; the gate knows only what it was told.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logic.rules.ruling import (
    FILLED,
    NOW,
    PARTLY,
    A,
    B,
    facts,
    fill,
    limit,
    order,
    replaced,
    ruled,
    stop,
)
from trader.model.orders import OrderBusted, ReplaceOrder, SubmitOrder

POSITION_MAX: Final = 12
GROSS_MAX: Final = 4_000
"""Twenty lots of A at 100 ticks, or ten of B."""
DESKS: Final = {"one": A, "two": A, "three": B}
WORTH: Final = {A: 200, B: 400}


@dataclass
class Taken:
    """An order at the venue; sizes are unsigned."""

    made: SubmitOrder
    size: int
    done: int = 0
    granted: int | None = None
    parent_size: int = 0
    ordered: int = 0
    bound: int | None = None
    children: list[str] = field(default_factory=list)

    @property
    def side(self) -> int:
        return 1 if self.made.lots > 0 else -1

    @property
    def room(self) -> int:
        size = self.size if self.granted is None else min(self.size, self.granted)
        return max(0, size - self.done)


class Market:
    """The venue, the gate, and what is on its way between them."""

    def __init__(self) -> None:
        self.gate = ruled(facts(), facts(B, 2), position_max=POSITION_MAX, gross_max=GROSS_MAX)
        self.commands: deque[tuple[str, str, Any]] = deque()
        self.reports: deque[tuple[str, str, Any]] = deque()
        self.works: dict[str, Taken] = {}
        self.true = dict.fromkeys((A, B), 0)
        self.trades: list[tuple[Taken, int]] = []
        self.changing: set[str] = set()
        self.busted = dict.fromkeys((A, B), 0)
        self.number = 0

    # -- what strategies do -----------------------------------------------------------------------

    def order(self, strategy: str, lots: int, kind: int, *, group: bool, parent: int) -> None:
        """Asks the gate; what it lets through is on its way."""
        self.number += 1
        id_ = f"{strategy}-{self.number}"
        mine = [each for each in self.gate.account.resting if each.startswith(strategy)]
        fields = {
            "strategy": strategy,
            "instrument": DESKS[strategy],
            "group": f"{strategy}-g" if group else "",
            "parent": mine[parent % len(mine)] if mine and parent else "",
        }
        far = 100 - 50 * (1 if lots > 0 else -1)
        made = (
            order(lots, id_, **fields),
            limit(lots, far, id_, **fields),
            stop(lots, 200 - far, id_, **fields),
        )[kind]
        if self.gate.admit(made, NOW) is None:
            self.commands.append(("order", id_, made))

    def change(self, pick: int, lots: int) -> None:
        """Asks for another size, one change of an order at a time."""
        id_ = self._pick(pick)
        if id_ is None or id_ in self.changing:
            return
        resting = self.gate.account.resting[id_]
        command = ReplaceOrder(
            client_order_id=id_,
            instrument=resting.instrument,
            request_id=f"{id_}-r{self.number}",
            lots=resting.side * lots,
        )
        if self.gate.change(command, NOW) is None:
            self.changing.add(id_)
            self.commands.append(("change", id_, lots))

    def cancel(self, pick: int) -> None:
        id_ = self._pick(pick)
        if id_ is not None:
            self.gate.counting.leave(id_, leaving=True)
            self.commands.append(("cancel", id_, None))

    def _pick(self, pick: int) -> str | None:
        ids = list(self.gate.account.resting)
        return ids[pick % len(ids)] if ids else None

    # -- what the venue does ----------------------------------------------------------------------

    def arrive(self, *, willing: bool) -> None:
        """The oldest command is there; the venue may be unwilling."""
        if not self.commands:
            return
        what, id_, more = self.commands.popleft()
        taken = self.works.get(id_)
        if what == "order":
            if willing and (not more.parent or more.parent in self.works):
                self._take(id_, more)
            else:
                self.reports.append(("end", id_, None))
        elif taken is None or not willing or (what == "change" and more <= taken.done):
            self.reports.append((f"no {what}", id_, None))
        elif what == "cancel":
            self.end(id_)
        else:
            self._change(id_, taken, more)

    def _take(self, id_: str, made: SubmitOrder) -> None:
        taken = self.works[id_] = Taken(made, abs(made.lots), ordered=abs(made.lots))
        parent = self.works.get(made.parent)
        if parent is not None:
            parent.children.append(id_)
            if parent.side != taken.side:
                taken.parent_size, taken.granted = parent.ordered, 0
                self._grant(parent, taken)

    def _change(self, id_: str, taken: Taken, size: int) -> None:
        """Who outlives its parent is never larger than what that has filled."""
        taken.size = size if taken.bound is None else min(size, taken.bound)
        parent = self.works.get(taken.made.parent)
        if parent is not None:
            self._grant(parent, taken)
        elif taken.bound is not None:
            taken.granted = taken.bound
        self.reports.append(("replaced", id_, taken.side * taken.size))
        self.reports.append(("changed", id_, None))

    def _grant(self, parent: Taken, child: Taken) -> None:
        """A parent that turns a position first closes; the rest its child may work for."""
        if child.granted is not None:
            opened = parent.done - max(0, child.parent_size - child.size)
            child.granted = max(child.granted, opened)

    def end(self, id_: str) -> None:
        """Its children are cut to what it has opened."""
        taken = self.works.pop(id_)
        self.reports.append(("end", id_, None))
        for name in taken.children:
            child = self.works.get(name)
            if child is not None and child.granted is not None:
                child.bound = taken.done
                self._cut(name, child, min(child.size, child.granted))

    def _cut(self, id_: str, taken: Taken, size: int) -> None:
        if size <= taken.done:
            self.end(id_)
        elif size < taken.size:
            taken.size = size
            self.reports.append(("replaced", id_, taken.side * size))

    def fill(self, pick: int, most: int) -> None:
        """Some order that can fills, and makes those of its group smaller."""
        able = [id_ for id_, each in self.works.items() if each.room]
        if not able:
            return
        id_ = able[pick % len(able)]
        taken = self.works[id_]
        lots = min(most, taken.room)
        taken.done += lots
        self.true[taken.made.instrument] += taken.side * lots
        self.trades.append((taken, lots))
        ends = taken.done >= taken.size
        self.reports.append(("fill", id_, (taken, lots, ends)))
        for name in taken.children:
            if name in self.works:
                self._grant(taken, self.works[name])
        if ends:
            self.end(id_)
        group = taken.made.group
        for name, each in list(self.works.items()):
            if group and each.made.group == group and name != id_ and name in self.works:
                self._cut(name, each, each.size - lots)

    def bust(self, pick: int) -> None:
        """A trade is taken back; what follows from that is nobody's order."""
        if not self.trades:
            return
        taken, lots = self.trades.pop(pick % len(self.trades))
        name = taken.made.instrument
        taken.done -= lots
        self.true[name] -= taken.side * lots
        self.busted[name] += lots
        self.reports.append(("bust", taken.made.client_order_id, (taken, lots)))

    # -- what the gate hears ----------------------------------------------------------------------

    def tell(self) -> None:
        """The oldest report is there."""
        if not self.reports:
            return
        what, id_, more = self.reports.popleft()
        counting = self.gate.counting
        match what:
            case "end":
                counting.end(id_)
                self.changing.discard(id_)
            case "replaced":
                counting.replaced(replaced(more, id_, strategy=id_.partition("-")[0]))
            case "no change":
                counting.refuse(id_)
                self.changing.discard(id_)
            case "changed":
                self.changing.discard(id_)
            case "no cancel":
                counting.leave(id_, leaving=False)
            case "fill":
                taken, lots, ends = more
                status = FILLED if ends else PARTLY
                where = {"strategy": taken.made.strategy, "instrument": taken.made.instrument}
                counting.fill(fill(taken.side * lots, id_, status, **where))
            case _:
                taken, lots = more
                counting.bust(
                    OrderBusted(
                        client_order_id=id_,
                        strategy=taken.made.strategy,
                        instrument=taken.made.instrument,
                        trade_id="t",
                        last_lots=taken.side * lots,
                        last_ticks=100,
                    )
                )

    def check(self) -> None:
        """No position is further than allowed, but for what a bust has made of it."""
        for name, lots in self.true.items():
            assert abs(lots) <= POSITION_MAX + self.busted[name]
        slack = sum(self.busted[name] * WORTH[name] for name in WORTH)
        assert sum(abs(n) * WORTH[name] for name, n in self.true.items()) <= GROSS_MAX + slack


PICKS = st.integers(0, 20)
SIZES = st.integers(1, 14)
ORDERS = st.tuples(
    st.just("order"),
    st.sampled_from(sorted(DESKS)),
    st.integers(-14, 14).filter(bool),
    st.integers(0, 2),
    st.booleans(),
    st.integers(0, 3),
)
PLAIN = st.tuples(
    st.just("order"),
    st.sampled_from(sorted(DESKS)),
    st.integers(-9, 9).filter(bool),
    st.integers(0, 2),
    st.just(value=False),
    st.just(0),
)
ARRIVE = st.tuples(st.just("arrive"), st.integers(0, 5).map(bool))
FILL = st.tuples(st.just("fill"), PICKS, SIZES)
TELL = st.just(("tell",))
STEPS = st.one_of(
    ORDERS,
    PLAIN,
    st.tuples(st.just("change"), PICKS, SIZES),
    st.tuples(st.just("cancel"), PICKS),
    ARRIVE,
    ARRIVE,
    FILL,
    FILL,
    TELL,
    TELL,
)
BUSTS = st.tuples(st.just("bust"), PICKS)


def play(steps: list[Any]) -> Market:
    market = Market()
    for what, *rest in steps:
        match what:
            case "order":
                strategy, lots, kind, group, parent = rest
                market.order(strategy, lots, kind, group=group, parent=parent)
            case "arrive":
                market.arrive(willing=rest[0])
            case _:
                getattr(market, what)(*rest)
        market.check()
    return market


@settings(max_examples=300)
@given(st.lists(STEPS, min_size=10, max_size=60))
def test_no_position_goes_beyond_its_limit_whatever_fills(steps: list[Any]) -> None:
    """And once all is told the gate knows every position and every order that is left."""
    market = play(steps)
    while market.commands or market.reports:
        market.arrive(willing=True)
        market.tell()
        market.check()
    account = market.gate.account
    assert {name: each.lots for name, each in account.exposures.items()} == market.true
    rooms = {id_: each.room for id_, each in account.resting.items()}
    assert rooms == {id_: each.room for id_, each in market.works.items()}


@settings(max_examples=150)
@given(st.lists(st.one_of(STEPS, STEPS, BUSTS), min_size=10, max_size=60))
def test_a_bust_takes_nobody_further_than_what_it_took_back(steps: list[Any]) -> None:
    play(steps)


@settings(max_examples=100)
@given(st.lists(STEPS, min_size=20, max_size=60))
def test_when_all_orders_have_ended_nothing_of_them_is_left(steps: list[Any]) -> None:
    market = play(steps)
    while market.commands or market.reports or market.works:
        market.arrive(willing=True)
        for id_ in list(market.works)[:1]:
            market.end(id_)
        market.tell()
    for exposure in market.gate.account.exposures.values():
        assert (exposure.buys, exposure.sells, exposure.orders, exposure.limits) == (0, 0, 0, 0)
        assert exposure.groups == {}
    for standing in market.gate.account.standings.values():
        assert (standing.buys, standing.sells, standing.aimed) == (0, 0, 0)
