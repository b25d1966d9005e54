"""What a fill is held against, and what it cost beyond that."""

import pytest

from trader.model.control import SplitEffective
from trader.research.slippage import Reference


@pytest.mark.parametrize(
    ("lots", "ticks", "cost"),
    [
        (5, 10_010, 10.0),
        (5, 9_990, -10.0),
        (-5, 10_010, -10.0),
        (-5, 9_990, 10.0),
        (1, 10_000, 0.0),
    ],
)
def test_worse_costs_and_better_gains(lots: int, ticks: int, cost: float) -> None:
    """A buy is worse above, a sale below."""
    assert Reference("decision", 10_000).cost_bps(lots, ticks) == cost


def test_without_a_price_there_is_no_cost() -> None:
    assert Reference("decision", None).cost_bps(5, 100) is None


def test_a_stop_moves_with_its_order_and_a_decision_does_not() -> None:
    replaced = {"lots": 5, "limit_ticks": None, "stop_ticks": 95}
    stop, limit, decided = (Reference(of, 90) for of in ("stop", "limit", "decision"))

    for each in (stop, limit, decided):
        each.move(replaced)

    assert (stop.ticks, limit.ticks, decided.ticks) == (95, 90, 90)


def test_a_split_carries_it() -> None:
    split = SplitEffective(instrument="X.y", numerator=7, denominator=2, ts_event=0)
    known, unknown = Reference("limit", 700), Reference("limit", None)

    known.carry(split)
    unknown.carry(split)

    assert (known.ticks, unknown.ticks) == (200, None)
