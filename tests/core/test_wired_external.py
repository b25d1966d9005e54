"""What people trade, in a whole core: beside a strategy, taken back and closed with all."""

from msgspec.structs import replace

from actors.assembly import Core
from tests.core.making import A, B, awake, bar, config, strategy
from trader.model.account import ForeignReported
from trader.model.control import (
    CancelById,
    SetTradingState,
    SplitEffective,
    SubmitByHand,
    TradingState,
)
from trader.model.envelope import Envelope
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderCanceled,
    OrderDenied,
    OrderFilled,
    SubmitOrder,
)
from trader.model.units import MINUTE_NS

HAND = "main-ext_A-1-1"


def by_hand(lots: int, limit: int | None = None, instrument: str = A) -> SubmitByHand:
    return SubmitByHand(
        instrument=instrument, lots=lots, limit_ticks=limit, ref_ticks=100, by="ada", reason="x"
    )


def holding() -> tuple[Core, list[Envelope]]:
    """Strategy `one` holds five lots of A, a person three more by hand; at 100."""
    script = {0: [{"does": "target", "lots": 5}]}
    core, said = awake(config([strategy(script=script)]), patient=True)
    for message in (
        bar(100),
        OrderFilled(client_order_id="main-one-1-1", trade_id="1", last_lots=5, last_ticks=100),
        by_hand(3),
        OrderFilled(client_order_id=HAND, trade_id="2", last_lots=3, last_ticks=100),
    ):
        core.reactor.row(message, 2 * MINUTE_NS)
    return core, said


def held(core: Core) -> dict[str, int]:
    desks = core.order_manager.state.desks
    return {name: desk.position for name, desk in desks.items()}


def orders(said: list[Envelope]) -> list[tuple[str, int]]:
    return [
        (each.body.strategy, each.body.lots) for each in said if isinstance(each.body, SubmitOrder)
    ]


def moves(state: TradingState) -> SetTradingState:
    return SetTradingState(state=state, by="ada", reason="enough")


def test_a_person_s_position_is_his_own_and_counts_for_the_account() -> None:
    core, said = holding()

    assert held(core) == {"one": 5, "ext_A": 3}
    assert core.risk.state.exposures[A].lots == 8
    assert core.order_manager.state.desks["one"].target == 5
    core.reactor.row(bar(110, row=2), 3 * MINUTE_NS)
    assert orders(said) == [("one", 5), ("ext_A", 3)]


def test_all_is_closed_with_what_people_hold_and_then_left_alone() -> None:
    core, said = holding()
    said.clear()

    core.reactor.row(moves(TradingState.FLATTENING), 3 * MINUTE_NS)
    assert orders(said) == [("one", -5), ("ext_A", -3)]
    closing = [each.body for each in said if isinstance(each.body, SubmitOrder)]
    for order in closing:
        fill = OrderFilled(
            client_order_id=order.client_order_id,
            trade_id=order.client_order_id,
            last_lots=order.lots,
            last_ticks=100,
        )
        core.reactor.row(fill, 4 * MINUTE_NS)

    assert (held(core), core.trading_state()) == ({"one": 0, "ext_A": 0}, TradingState.HALTED)
    assert core.kill_switch.state.code == "enough"


def test_a_person_who_trades_past_us_is_not_fought() -> None:
    usual = config([strategy(script={0: [{"does": "target", "lots": 5}]})])
    adopting = replace(usual, account=replace(usual.account, foreign="adopt"))
    core, said = awake(adopting, patient=True)
    core.reactor.row(bar(100), 2 * MINUTE_NS)
    trade = ForeignReported(
        client_order_id="web_1",
        instrument=A,
        trade_id="9",
        size="4",
        price="1",
        lots=4,
        ticks=100,
        ts_event=0,
    )
    core.reactor.row(trade, 3 * MINUTE_NS)
    core.reactor.row(bar(110, row=2), 3 * MINUTE_NS)

    assert held(core)["ext_A"] == 4
    assert core.trading_state() is TradingState.ACTIVE
    assert orders(said) == [("one", 5)]


def test_a_halt_takes_a_person_s_order_back_too_and_denies_the_next() -> None:
    core, said = holding()
    core.reactor.row(by_hand(2, 90), 3 * MINUTE_NS)
    core.reactor.row(OrderAccepted(client_order_id="main-ext_A-1-2"), 3 * MINUTE_NS)
    said.clear()

    core.reactor.row(moves(TradingState.HALTED), 4 * MINUTE_NS)
    core.reactor.row(by_hand(1), 5 * MINUTE_NS)

    cancels = [e.body.client_order_id for e in said if isinstance(e.body, CancelOrder)]
    denials = [e.body.code for e in said if isinstance(e.body, OrderDenied)]
    assert (cancels, denials) == (["main-ext_A-1-2"], ["trading_halted"])


def test_it_is_taken_back_by_its_id() -> None:
    core, said = holding()
    core.reactor.row(by_hand(2, 90), 3 * MINUTE_NS)
    core.reactor.row(OrderAccepted(client_order_id="main-ext_A-1-2"), 3 * MINUTE_NS)
    said.clear()

    core.reactor.row(
        CancelById(client_order_id="main-ext_A-1-2", by="ada", reason="no"), 4 * MINUTE_NS
    )

    [cancel] = [e.body for e in said if isinstance(e.body, CancelOrder)]
    assert (cancel.client_order_id, cancel.reason) == ("main-ext_A-1-2", "no")
    gone = OrderCanceled(client_order_id="main-ext_A-1-2", reason="canceled")
    core.reactor.row(gone, 5 * MINUTE_NS)
    assert core.risk.state.exposures[A].orders == 0


def test_an_instrument_that_no_strategy_trades_can_be_traded_by_hand() -> None:
    core, said = holding()
    core.reactor.row(bar(50, instrument=B), 3 * MINUTE_NS)

    core.reactor.row(by_hand(2, instrument=B), 3 * MINUTE_NS)

    assert orders(said)[-1] == ("ext_B", 2)
    assert list(held(core)) == ["one", "ext_A", "ext_B"]


def test_a_split_and_a_snapshot_keep_it() -> None:
    core, _ = holding()
    split = SplitEffective(instrument=A, numerator=2, denominator=1, ts_event=0)
    core.reactor.row(split, 3 * MINUTE_NS)
    assert held(core) == {"one": 10, "ext_A": 6}

    script = {0: [{"does": "target", "lots": 5}]}
    again = Core(config([strategy(script=script)]), patient=True)
    again.restore(core.snapshot())

    assert held(again) == held(core)
    assert again.state_hash() == core.state_hash()
