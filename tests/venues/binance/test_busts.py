"""Fills that the venue took back, of which only its list of trades tells."""

from tests.venues.binance.counter import Counter
from tests.venues.binance.family import ENTRY as ID
from tests.venues.binance.family import MID, entry
from tests.venues.binance.wire import NAME, START, fills, kinds
from trader.model.envelope import Message
from trader.model.orders import OrderAccepted, OrderBusted, OrderFilled, QueryOrder
from trader.model.units import INT64_MAX
from trader.venues.binance import busts
from trader.venues.binance.history import PAGE

HORIZON_MS = 400


def filled() -> Counter:
    counter = Counter()
    counter.perform(entry())
    counter.fill(ID, "0.004")
    counter.fill(ID, "0.002")
    counter.methods()
    return counter


def money_moves(counter: Counter) -> list[Message]:
    counter.events.append({"e": "balanceUpdate", "E": 1, "a": "BTC", "d": "-0.002", "T": 1})
    counter.release()
    return counter.told()


def busted(told: list[Message]) -> list[OrderBusted]:
    return [each for each in told if isinstance(each, OrderBusted)]


def test_a_fill_that_two_looks_miss_was_taken_back() -> None:
    counter = filled()
    counter.trades.pop()

    assert money_moves(counter) == []
    told = counter.wait(HORIZON_MS)
    [bust] = busted(told)
    assert (bust.client_order_id, bust.trade_id) == (ID, "2")
    assert (bust.last_lots, bust.last_ticks) == (200, MID)
    assert bust.ts_event == START + HORIZON_MS * 10**6
    assert busted(money_moves(counter) + counter.wait(2 * HORIZON_MS)) == []


def test_a_list_that_lags_is_no_bust() -> None:
    counter = filled()
    late = counter.trades.pop()
    money_moves(counter)
    counter.trades.append(late)

    assert busted(counter.wait(2 * HORIZON_MS)) == []
    counter.trades.pop()
    assert money_moves(counter) == []


def test_money_that_moves_twice_at_once_does_not_bring_the_second_look_forward() -> None:
    counter = filled()
    late = counter.trades.pop()
    assert money_moves(counter) + money_moves(counter) == []
    counter.wait(HORIZON_MS // 2)
    assert money_moves(counter) == []
    counter.trades.append(late)

    assert busted(counter.wait(2 * HORIZON_MS)) == []


def test_money_that_moves_for_other_reasons_is_none() -> None:
    counter = filled()

    assert money_moves(counter) == []
    assert counter.methods() == ["myTrades"]
    assert counter.dialogue.due < INT64_MAX
    assert busted(counter.wait(2 * HORIZON_MS)) == []
    assert counter.methods() == []


def test_nothing_is_looked_for_where_nothing_has_filled() -> None:
    counter = Counter()
    assert money_moves(counter) == []
    assert counter.methods() == []


def test_a_look_without_an_answer_is_repeated() -> None:
    counter = filled()
    counter.trades.pop()
    counter.lost.add("myTrades")
    money_moves(counter)
    counter.wait(100)
    counter.lost.clear()

    assert len(busted(counter.wait(3 * HORIZON_MS))) == 1


def test_a_new_connection_forgets_what_was_missed() -> None:
    counter = filled()
    counter.trades.pop()
    money_moves(counter)
    counter.break_line()

    assert busted(counter.wait(3 * HORIZON_MS)) == []


def test_the_fills_that_are_remembered_are_bounded() -> None:
    counter = Counter()
    counter.perform(entry(lots=1_000_000))
    for _ in range(busts.FILLS_MAX + 3):
        counter.fill(ID, "0.001")
    counter.methods()
    money_moves(counter)

    [(method, params)] = counter.asked
    assert (method, params["fromId"]) == ("myTrades", 4)


def test_fills_beyond_a_page_of_somebody_elses_trades_are_looked_for_too() -> None:
    """Only those that no page has were taken back."""
    counter = Counter()
    counter.perform(entry(lots=1_000_000))
    counter.fill(ID, "0.001")
    strangers = counter.trades[0] | {"orderId": 99}
    counter.trades.extend(strangers | {"id": number} for number in range(2, PAGE + 100))
    counter.fill(ID, "0.002")
    counter.fill(ID, "0.003")
    money_moves(counter)
    assert busted(counter.wait(2 * HORIZON_MS)) == []
    counter.trades.pop(-2)
    money_moves(counter)

    assert [each.trade_id for each in busted(counter.wait(2 * HORIZON_MS))] == [str(PAGE + 100)]


def test_an_order_of_a_busted_fill_is_known_by_what_is_left_of_its_fills() -> None:
    """Its number still counts the fill; no question would ever find it again."""
    counter = filled()
    counter.trades.pop()
    anew = Counter()
    anew.orders.update(counter.orders)
    anew.trades.extend(counter.trades)
    assert anew.perform(QueryOrder(client_order_id=ID, instrument=NAME)) == []

    told = anew.wait(HORIZON_MS + 100)
    assert fills(told) == {("1", 400, MID)}
    assert {OrderAccepted, OrderFilled} <= set(kinds(told))
