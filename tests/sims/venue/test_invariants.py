"""What holds on bars whatever is ordered, replaced, canceled, split or halted."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sims.seeds import stream
from sims.venue import VenueRules
from tests.semantics.markets import Chance
from tests.sims.venue.floor import FOK, GTX, Floor, order
from trader.model.orders import (
    CancelRejected,
    OrderAccepted,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderType,
    ReplaceRejected,
    SubmitOrder,
    TimeInForce,
)

ENDS = (OrderCanceled, OrderExpired, OrderRejected)
LIMITED = (OrderType.LIMIT, OrderType.STOP_LIMIT)


@dataclass
class Course:
    """A floor on which things happen by chance, and what was sent to it."""

    rng: Chance
    floor: Floor
    sent: dict[str, SubmitOrder] = field(default_factory=dict)
    given: list[tuple[int, int]] = field(default_factory=list)
    price: int = 100

    def plays(self, bars: int, *, replaces: bool, splits: bool) -> None:
        """So many bars, with commands before, right after and inside their openings."""
        for _ in range(bars):
            self._commands(replaces=replaces)
            low, high = sorted(max(2, self.price + self.rng.randint(-6, 6)) for _ in range(2))
            open_, close = self.rng.randint(low, high), self.rng.randint(low, high)
            lots, before = self.rng.choice((0, 9, 40, 100, 1_000)), len(self.floor.fills)
            self.floor.opens(open_, high, low, close, lots)
            self._commands(replaces=replaces)
            self.floor.passes()
            self._commands(replaces=replaces)
            self.floor.closes()
            filled = sum(abs(fill.last_lots) for fill in self.floor.fills[before:])
            self.given.append((lots, filled))
            self.price = close
            if self.rng.random() < 0.1:
                self.floor.session_closes()
            if splits and self.rng.random() < 0.1:
                self.floor.split(*self.rng.choice(((2, 1), (1, 2), (3, 2))))

    def _commands(self, *, replaces: bool) -> None:
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            what = self.rng.random()
            if what < 0.5:
                self._send()
            elif what < 0.6:
                self._send_bracket()
            elif what < 0.66:
                self.floor.halts()
            elif what < 0.75:
                self.floor.resumes()
            elif what < 0.85 and self.sent:
                self.floor.cancel(self.rng.choice(list(self.sent)))
            elif replaces and self.sent:
                self._replace()

    def _near(self) -> int:
        return max(1, self.price + self.rng.randint(-5, 5))

    def _send(self, **family: str) -> str:
        kind = self.rng.choice(list(OrderType))
        id_ = f"o{len(self.sent)}"
        each = order(
            id_,
            self.rng.choice((1, 3, 8, 20)) * self.rng.choice((1, -1)),
            limit=self._near() if kind in LIMITED else None,
            stop=self._near() if kind >= OrderType.STOP else None,
            tif=self.rng.choice(list(TimeInForce)),
            **{"group": self.rng.choice(("", "g", "h")), **family},
        )
        self.sent[id_] = each
        self.floor.send(each)
        return id_

    def _send_bracket(self) -> None:
        """An entry with a stop and a target of its own size or near it."""
        parent = self._send(group="")
        entry = self.sent[parent]
        for stop, limit in ((self._near(), None), (None, self._near())):
            id_ = f"o{len(self.sent)}"
            lots = -self.rng.choice((entry.lots, entry.lots, 2 * entry.lots, entry.lots // 2 or 1))
            each = order(id_, lots, stop=stop, limit=limit, parent=parent, group=f"of {parent}")
            self.sent[id_] = each
            self.floor.send(each)

    def _replace(self) -> None:
        id_ = self.rng.choice(list(self.sent))
        each = self.sent[id_]
        self.floor.replace(
            id_,
            abs(self.rng.choice((1, 5, 30))) * (1 if each.lots > 0 else -1),
            limit=self._near() if each.limit_ticks and self.rng.random() < 0.5 else None,
            stop=self._near() if each.stop_ticks and self.rng.random() < 0.5 else None,
        )


def rules_of(rng: Chance) -> VenueRules:
    return VenueRules(
        slippage_ticks=rng.choice((0, 1)),
        participation=rng.choice((None, (1, 10), (1, 4))),
        touch=rng.choice((0, 1)),
        targets_first=rng.random() < 0.5,
    )


def played(seed: int, bars: int, *, replaces: bool = False, splits: bool = False) -> Course:
    rng = stream(seed, "venue")
    course = Course(rng, Floor(rules_of(rng)))
    course.plays(bars, replaces=replaces, splits=splits)
    return course


def told_of(course: Course) -> dict[str, list[OrderEvent]]:
    told = defaultdict(list)
    for report in course.floor.heard:
        told[report.client_order_id].append(report)
    return told


SEEDS = st.integers(0, 2**32 - 1)
BARS = st.integers(1, 25)


@settings(max_examples=150)
@given(SEEDS, BARS, st.booleans(), st.booleans())
def test_every_order_ends_once_or_works(seed: int, bars: int, replaces: bool, splits: bool) -> None:
    course = played(seed, bars, replaces=replaces, splits=splits)
    working = course.floor.book.orders
    for id_, reports in told_of(course).items():
        known = [r for r in reports if not isinstance(r, CancelRejected | ReplaceRejected)]
        assert isinstance(known[0], OrderAccepted | OrderRejected)
        ends = [number for number, report in enumerate(known) if isinstance(report, ENDS)]
        assert ends in ([], [len(known) - 1]), "nothing comes after an end"
        is_rejected = isinstance(known[0], OrderRejected)
        assert not (is_rejected and id_ in working)
        if not splits and not ends and id_ not in working:
            assert filled(known) == size(course.sent[id_], known), "it went without being filled"
    assert set(working) <= set(course.sent)
    for name, members in course.floor.book.groups.items():
        assert members
        assert all(working[id_] is each and each.group == name for id_, each in members.items())


@settings(max_examples=150)
@given(SEEDS, BARS, st.booleans())
def test_no_order_fills_more_than_it_is_for_or_beyond_its_limit(
    seed: int, bars: int, replaces: bool
) -> None:
    course = played(seed, bars, replaces=replaces)
    for id_, reports in told_of(course).items():
        sent = course.sent[id_]
        side = 1 if sent.lots > 0 else -1
        done, lots, limit = 0, abs(sent.lots), sent.limit_ticks
        for report in reports:
            if isinstance(report, OrderReplaced):
                lots = side * report.lots
                limit = limit if report.limit_ticks is None else report.limit_ticks
                assert lots > done
            elif isinstance(report, OrderFilled):
                done += side * report.last_lots
                assert report.last_lots * side > 0
                assert done <= lots
                if limit is not None:
                    assert side * (report.last_ticks - limit) <= 0
        if sent.time_in_force is FOK and not replaces:
            assert done in {0, lots}
        if sent.time_in_force is GTX:
            assert not any(
                isinstance(r, OrderFilled) and r.liquidity.name == "TAKER" for r in reports
            )


@settings(max_examples=150)
@given(SEEDS, BARS)
def test_a_group_fills_no_more_than_its_largest_member(seed: int, bars: int) -> None:
    """Members that come one after another may each fill what was sent after the others' fills."""
    course = played(seed, bars)
    done: dict[str, int] = defaultdict(int)
    most: dict[str, int] = defaultdict(int)
    for report in course.floor.heard:
        sent = course.sent[report.client_order_id]
        if isinstance(report, OrderAccepted):
            most[sent.group] = max(most[sent.group], done[sent.group] + abs(sent.lots))
        elif isinstance(report, OrderFilled):
            done[sent.group] += abs(report.last_lots)
            assert not sent.group or done[sent.group] <= most[sent.group]


@settings(max_examples=150)
@given(SEEDS, BARS)
def test_a_bracket_closes_no_more_than_its_entry_has_filled(seed: int, bars: int) -> None:
    course = played(seed, bars)
    filled_by: dict[str, int] = defaultdict(int)
    closed: dict[str, int] = defaultdict(int)
    for report in course.floor.heard:
        if isinstance(report, OrderFilled):
            sent = course.sent[report.client_order_id]
            filled_by[sent.client_order_id] += abs(report.last_lots)
            if sent.parent:
                closed[sent.parent] += abs(report.last_lots)
                assert closed[sent.parent] <= filled_by[sent.parent]


@settings(max_examples=150)
@given(SEEDS, BARS, st.booleans())
def test_a_bar_gives_no_more_than_its_share_and_time_goes_on(
    seed: int, bars: int, replaces: bool
) -> None:
    course = played(seed, bars, replaces=replaces)
    share = rules_of(stream(seed, "venue")).participation
    for lots, given_lots in course.given:
        assert share is None or given_lots <= lots * share[0] // share[1]
    assert all(one.ts_event <= two.ts_event for one, two in pairwise(course.floor.heard))


@settings(max_examples=150)
@given(SEEDS, BARS, st.booleans(), st.booleans())
def test_bars_that_are_passed_over_would_have_done_nothing(
    seed: int, bars: int, replaces: bool, splits: bool
) -> None:
    rng = stream(seed, "venue")
    floor = Floor(rules_of(rng))
    floor.skips = False
    asked = Course(rng, floor)
    asked.plays(bars, replaces=replaces, splits=splits)

    passing = played(seed, bars, replaces=replaces, splits=splits)
    assert passing.floor.heard == asked.floor.heard
    assert passing.floor.venue.ambiguous_bars == asked.floor.venue.ambiguous_bars


def filled(reports: list[OrderEvent]) -> int:
    return sum(abs(r.last_lots) for r in reports if isinstance(r, OrderFilled))


def size(sent: SubmitOrder, reports: list[OrderEvent]) -> int:
    lots = [r.lots for r in reports if isinstance(r, OrderReplaced)]
    return abs(lots[-1] if lots else sent.lots)
