"""Laws of the limits over whole histories of orders, fills and cancels.

What could happen is stated by brute force: every subset of the open orders may fill, whole. The
books beside the rules are kept here, order by order, from the approvals alone.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logic.making import NOW, knows, limit, submit
from trader.logic.limits import (
    Exposure,
    Resting,
    RiskView,
    gross_exceeds_max,
    position_exceeds_max,
    rate_exceeds_max,
    self_trade,
    short_forbidden,
)
from trader.model.orders import OrderRole

OPEN_MAX = 6  # 64 subsets


class Open(NamedTuple):
    """An order that was approved: its instrument and what is left of it."""

    instrument: str
    left: int


class Deed(NamedTuple):
    """One thing that happens: a new order, a fill of an open one, or its end."""

    kind: str
    instrument: str
    lots: int
    which: int


DEEDS = st.lists(
    st.builds(
        Deed,
        kind=st.sampled_from(["submit", "submit", "fill", "cancel"]),
        instrument=st.sampled_from(["A", "B"]),
        lots=st.integers(-8, 8).filter(bool),
        which=st.integers(0, OPEN_MAX - 1),
    ),
    max_size=40,
)


class Books:
    """Positions and open orders, and the exposures that the rules are given."""

    def __init__(self) -> None:
        self.view: RiskView = knows()
        self.held = {"A": 0, "B": 0}
        self.open: list[Open] = []

    def submit(self, instrument: str, lots: int) -> None:
        self.open.append(Open(instrument, lots))
        self._count(instrument, lots, lots)

    def fill(self, which: int, lots: int) -> None:
        """Fills |lots| of it at most; what is left keeps working."""
        order = self.open.pop(which)
        filled = max(order.left, -abs(lots)) if order.left < 0 else min(order.left, abs(lots))
        self.held[order.instrument] += filled
        self.view.exposures[order.instrument].lots += filled
        self._count(order.instrument, order.left, -filled)
        if order.left != filled:
            self.open.append(Open(order.instrument, order.left - filled))

    def cancel(self, which: int) -> None:
        order = self.open.pop(which)
        self._count(order.instrument, order.left, -order.left)

    def _count(self, instrument: str, side: int, lots: int) -> None:
        exposure = self.view.exposures[instrument]
        if side > 0:
            exposure.buys += lots
        else:
            exposure.sells += lots

    def outcomes(self, instrument: str, more: int = 0) -> Iterator[int]:
        """Every position that some of the open orders, and one of `more` lots, can make."""
        orders = [each.left for each in self.open if each.instrument == instrument]
        orders += [more] if more else []
        for some in subsets(orders):
            yield self.held[instrument] + sum(some)

    def worst(self, instrument: str, more: int = 0) -> int:
        return max(abs(lots) for lots in self.outcomes(instrument, more))


def subsets(lots: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(lots, k) for k in range(len(lots) + 1))


def happens(books: Books, deed: Deed) -> None:
    if deed.which < len(books.open):
        if deed.kind == "fill":
            books.fill(deed.which, deed.lots)
        elif deed.kind == "cancel":
            books.cancel(deed.which)


@settings(max_examples=300)
@given(DEEDS, st.integers(1, 20))
def test_no_subset_of_open_orders_exceeds_the_position_limit(deeds: list[Deed], most: int) -> None:
    """And an order is denied only where some subset could."""
    books, rule = Books(), position_exceeds_max(most)
    for deed in deeds:
        if deed.kind == "submit" and len(books.open) < OPEN_MAX:
            denied = rule(submit(deed.lots, instrument=deed.instrument), books.view, NOW)
            assert bool(denied) is (books.worst(deed.instrument, deed.lots) > most)
            if not denied:
                books.submit(deed.instrument, deed.lots)
        happens(books, deed)

        assert max(books.worst("A"), books.worst("B")) <= most


@settings(max_examples=300)
@given(DEEDS, st.integers(100, 3_000))
def test_no_subset_of_open_orders_exceeds_the_gross_limit(deeds: list[Deed], most: int) -> None:
    """A lot of A is worth 100 here and one of B 150: at these prices no way leads beyond."""
    books, rule = Books(), gross_exceeds_max(most)
    for deed in deeds:
        if deed.kind == "submit" and len(books.open) < OPEN_MAX:
            a, b = (deed.lots if deed.instrument == name else 0 for name in "AB")
            denied = rule(submit(deed.lots, instrument=deed.instrument), books.view, NOW)
            gross = 100 * books.worst("A", a) + 150 * books.worst("B", b)
            assert bool(denied) is (gross > most)
            if not denied:
                books.submit(deed.instrument, deed.lots)
        happens(books, deed)

        assert 100 * books.worst("A") + 150 * books.worst("B") <= most


@settings(max_examples=300)
@given(DEEDS)
def test_no_subset_of_open_orders_is_short_where_that_is_forbidden(deeds: list[Deed]) -> None:
    books, rule = Books(), short_forbidden(("A",))
    for deed in deeds:
        if deed.kind == "submit" and len(books.open) < OPEN_MAX:
            denied = rule(submit(deed.lots, instrument=deed.instrument), books.view, NOW)
            if not denied:
                books.submit(deed.instrument, deed.lots)
            else:
                assert min(books.outcomes("A", deed.lots)) < 0
        happens(books, deed)

        assert min(books.outcomes("A")) >= 0


@given(
    st.integers(-20, 20), st.lists(st.integers(-9, 9).filter(bool), max_size=8), st.integers(-9, 9)
)
def test_the_worst_case_is_that_of_the_worst_subset(
    held: int, orders: list[int], more: int
) -> None:
    exposure = Exposure(
        tick_lot=1,
        stale_after_ns=1,
        lots=held,
        buys=sum(lots for lots in orders if lots > 0),
        sells=sum(lots for lots in orders if lots < 0),
    )

    assert exposure.worst(more) == max(abs(held + sum(some)) for some in subsets([*orders, more]))


@given(
    st.lists(st.integers(0, 30), max_size=60),
    st.integers(1, 4),
    st.integers(1, 50),
)
def test_no_window_holds_more_approvals_than_allowed(
    steps: list[int], most: int, window: int
) -> None:
    """And none is denied while the window before it has room."""
    view, rule = knows(), rate_exceeds_max(most, window)
    now, approved = NOW, list[int]()
    for step in steps:
        now += step
        recent = [ts for ts in approved if now - window < ts]
        denied = rule(submit(1), view, now)
        assert bool(denied) is (len(recent) >= most)
        if not denied:
            view.approved_at.append(now)
            approved.append(now)

    for start in approved:
        assert len([ts for ts in approved if start <= ts < start + window]) <= most


LIMITS = st.tuples(st.integers(-3, 3).filter(bool), st.none() | st.integers(95, 105))


@given(st.lists(LIMITS, max_size=8))
def test_no_price_exists_at_which_two_of_our_orders_trade(
    asked: list[tuple[int, int | None]],
) -> None:
    """Of the limits that were let through; a market order would trade at any price."""
    view = knows()
    for count, (lots, ticks) in enumerate(asked):
        order = limit(lots, ticks) if ticks else submit(lots)
        others = [each for each in view.resting.values() if each.left * lots < 0]
        bids = {price for price in range(90, 111) if ticks is None or (ticks - price) * lots >= 0}
        meets = any(
            each.limit_ticks is not None and (each.limit_ticks - price) * each.left >= 0
            for each in others
            for price in bids
        )
        denied = self_trade(order, view, NOW)

        assert bool(denied) is meets
        if not denied and ticks:
            side = 1 if lots > 0 else -1
            view.resting[f"o{count}"] = Resting("A", lots, side, OrderRole.EXPLICIT, ticks)
