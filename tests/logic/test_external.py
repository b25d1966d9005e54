"""What people trade has a ledger of its own, of which orders are made like any other."""

import pytest

from tests.core.making import A, adopted
from tests.logic.dealt import dealing
from trader.logic.desk import Desk
from trader.logic.external import External, foreign_order, ledger_of
from trader.model.control import SubmitByHand
from trader.model.orders import OrderRole, OrderType, SubmitOrder, TimeInForce

LEDGER = "ext_A"


def by_hand(lots: int, limit: int | None = None) -> SubmitByHand:
    return SubmitByHand(
        instrument=A, lots=lots, limit_ticks=limit, ref_ticks=100, by="ada", reason="calm"
    )


@pytest.mark.parametrize(("limit", "kind"), [(None, OrderType.MARKET), (90, OrderType.LIMIT)])
def test_a_person_s_order_says_who_and_why(limit: int | None, kind: OrderType) -> None:
    dealer, one, _ = dealing()

    made = External(dealer).on_submit(by_hand(-3, limit), 7)

    assert made == (
        SubmitOrder(
            client_order_id="main-ext_A-3-1",
            strategy=LEDGER,
            instrument=A,
            lots=-3,
            order_type=kind,
            limit_ticks=limit,
            stop_ticks=None,
            time_in_force=TimeInForce.GTC,
            role=OrderRole.EXPLICIT,
            parent="",
            ref_ticks=100,
            ts_decided=7,
            reason="ada: calm",
        ),
    )
    desks = dealer.state.desks
    assert desks[LEDGER].working == ["main-ext_A-3-1"]
    assert desks["one"] == one


def test_the_ledger_is_the_same_for_all_that_people_trade_of_an_instrument() -> None:
    dealer, _, _ = dealing()
    external = External(dealer)

    assert external.on_adopted(adopted(5), 7) == ()
    desk = dealer.state.desks[LEDGER]
    assert desk == Desk(instrument=A)
    external.on_submit(by_hand(1), 8)
    external.on_submit(by_hand(1), 9)

    assert dealer.state.desks[LEDGER] is desk
    assert desk.count == 2


def test_whoever_trades_after_all_was_closed_has_a_new_wish() -> None:
    """While the closing order still works it is not yet closed."""
    dealer, _, _ = dealing()
    external = External(dealer)
    desk = dealer.state.desks[LEDGER] = Desk(instrument=A, leaves=True, working=["main-ext_A-3-1"])

    leaves = []
    external.on_adopted(adopted(5), 7)
    leaves.append(desk.leaves)
    desk.working.clear()
    external.on_adopted(adopted(5), 8)
    leaves.append(desk.leaves)
    desk.leaves = True
    external.on_submit(by_hand(1), 9)
    leaves.append(desk.leaves)

    assert leaves == [True, False, False]


@pytest.mark.parametrize(("limit", "kind"), [(None, OrderType.MARKET), (90, OrderType.LIMIT)])
def test_an_order_of_somebody_else_is_judged_like_one_made_here(
    limit: int | None, kind: OrderType
) -> None:
    order = foreign_order(adopted(left=-4, limit=limit), -4)

    assert (order.client_order_id, order.strategy, order.lots) == ("web_1", LEDGER, -4)
    assert (order.order_type, order.limit_ticks) == (kind, limit)
    assert order.role is OrderRole.EXPLICIT


def test_a_ledger_is_called_by_its_symbol() -> None:
    assert ledger_of("BTCUSDT.binance") == "ext_BTCUSDT"
