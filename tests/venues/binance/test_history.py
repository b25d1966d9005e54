"""Fills that went unheard: each new stream is followed by the trades since the last one known."""

from tests.venues.binance.counter import Counter
from tests.venues.binance.family import ENTRY as ID
from tests.venues.binance.family import MID, entry
from tests.venues.binance.wire import EPOCH, NAME, fills, kinds, order
from trader.model.account import AccountReported, QueryAccount
from trader.model.orders import OrderCanceled, OrderFilled
from trader.venues.binance import history

OTHER = f"main-x-{EPOCH}-2"


def unheard(counter: Counter, name: str, size: str) -> None:
    counter.holds_events = True
    counter.fill(name, size)
    counter.events.clear()
    counter.holds_events = False


def resting() -> Counter:
    counter = Counter()
    counter.perform(entry())
    counter.fill(ID, "0.001")
    counter.methods()
    return counter


def test_what_filled_meanwhile_is_told_with_the_next_connection() -> None:
    counter = resting()
    unheard(counter, ID, "0.002")
    told = counter.break_line()

    assert fills(told) == {("1", 100, MID), ("2", 200, MID)}
    assert counter.methods()[:3] == ["time", "userDataStream.subscribe.signature", "myTrades"]


def test_also_of_an_order_that_had_ended() -> None:
    counter = resting()
    counter.end(ID, "CANCELED")
    unheard(counter, ID, "0.002")
    told = counter.break_line()

    assert fills(told) == {("2", 200, MID)}


def test_a_fill_of_somebody_elses_order_is_told_under_its_name() -> None:
    counter = resting()
    other = counter.orders[ID] | {"clientOrderId": "web_1", "orderId": 99}
    counter.orders["web_1"] = other
    unheard(counter, "web_1", "0.002")
    told = counter.break_line()

    names = [each.client_order_id for each in told if isinstance(each, OrderFilled)]
    assert names == ["web_1"]


def test_nothing_is_asked_where_nothing_is_known() -> None:
    counter = Counter()
    counter.perform(entry())
    counter.methods()
    counter.break_line()

    assert "myTrades" not in counter.methods()


def test_what_is_known_from_a_life_before_is_where_it_begins() -> None:
    counter = resting()
    unheard(counter, ID, "0.002")
    anew = Counter()
    anew.orders.update(counter.orders)
    anew.trades.extend(counter.trades)
    anew.dialogue.know(NAME, "1")
    told = anew.break_line()

    assert fills(told) == {("2", 200, MID)}


def test_a_question_without_an_answer_is_asked_again() -> None:
    counter = resting()
    counter.lost.add("myTrades")
    unheard(counter, ID, "0.002")
    assert fills(counter.break_line()) == set()
    counter.lost.clear()

    assert fills(counter.wait(200)) == {("1", 100, MID), ("2", 200, MID)}


def test_the_account_is_told_only_after_that() -> None:
    counter = resting()
    counter.lost.add("myTrades")
    unheard(counter, ID, "0.002")
    counter.break_line()
    assert counter.perform(QueryAccount(request_id="q")) == []
    counter.lost.clear()

    told = counter.wait(300)
    assert AccountReported in kinds(told)
    assert kinds(told).index(AccountReported) > 1


def test_a_full_page_is_followed_by_the_next() -> None:
    counter = resting()
    one = counter.trades[0]
    counter.trades.extend(one | {"id": number} for number in range(2, history.PAGE + 5))
    told = counter.break_line()

    assert counter.methods().count("myTrades") == 3
    assert len(fills(told)) >= history.PAGE + 3


def test_an_order_that_fills_whole_meanwhile_has_ended() -> None:
    counter = resting()
    unheard(counter, ID, "0.009")
    told = counter.break_line()

    assert fills(told) == {("1", 100, MID), ("2", 900, MID)}
    assert counter.perform(order(2)) != []
    assert OrderCanceled not in kinds(told)


def missed() -> Counter:
    """A fill of an order that had ended went unheard, and the question for it gets no answer."""
    counter = resting()
    counter.perform(order(2, limit=MID))
    counter.end(ID, "CANCELED")
    unheard(counter, ID, "0.002")
    counter.lost.add("myTrades")
    counter.break_line()
    return counter


def test_a_newer_fill_on_the_stream_does_not_hide_what_is_asked_for() -> None:
    counter = missed()
    assert fills(counter.fill(OTHER, "0.001")) == {("3", 100, MID)}
    counter.lost.clear()

    assert ("2", 200, MID) in fills(counter.wait(200))


def test_nor_does_it_where_the_line_breaks_before_the_answer() -> None:
    counter = missed()
    counter.fill(OTHER, "0.001")
    counter.lost.clear()

    assert ("2", 200, MID) in fills(counter.break_line())


def test_nor_where_there_are_more_of_them_than_a_page_has() -> None:
    counter = missed()
    one = counter.trades[1]
    counter.trades.extend(one | {"id": number} for number in range(3, history.PAGE + 5))
    counter.fill(OTHER, "0.001")
    counter.lost.clear()
    told = counter.wait(200)

    assert ("1004", 200, MID) in fills(told)


def test_what_the_stream_has_told_is_not_asked_for_again() -> None:
    counter = missed()
    counter.lost.clear()
    counter.fill(OTHER, "0.001")
    counter.wait(200)
    counter.fill(OTHER, "0.001")
    counter.asked.clear()
    counter.break_line()

    [since] = [params["fromId"] for method, params in counter.asked if method == "myTrades"]
    assert since == len(counter.trades) + 1
