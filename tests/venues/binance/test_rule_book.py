"""When the venue's rules are read, and what is told of them."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import MarketStatus
from sims.servers.binance.scenarios.deeds import ChangeFilter, Halt
from sims.servers.binance.scenarios.director import Director
from sims.servers.binance.scenarios.wires import Wires
from tests.sims.servers.binance.desk import Clock
from tests.venues.binance.wire import (
    MS,
    PATIENCE,
    Wire,
    instead,
    kinds,
    order,
    refusal,
)
from trader.model.account import AccountReported, QueryAccount
from trader.model.control import InstrumentReported
from trader.model.envelope import Message
from trader.model.instrument import InstrumentVersion
from trader.model.orders import OrderCanceled, OrderRejected, ReplaceRejected
from trader.venues.binance.rule_book import AGAIN_NS, GAP_NS, breaks_rules

HOURLY_MS = 60_000
ASKED = "exchangeInfo"


@pytest.fixture
def wire(engine: Engine, clock: Clock) -> Wire:
    patience = replace(PATIENCE, read_rules_every_ns=HOURLY_MS * MS)
    return Wire(engine, clock, patience, reads_rules=True)


@pytest.fixture
def venue(engine: Engine, clock: Clock) -> Director:
    def never(*_: object) -> None:
        """No connection is touched here."""

    return Director(engine, Wires({}, clock, never), clock)


def versions(told: list[Message]) -> list[InstrumentVersion]:
    return [
        version
        for each in told
        if isinstance(each, InstrumentReported)
        for version in each.listed.versions
    ]


def test_they_are_read_at_each_connection_and_told_when_they_are_new(wire: Wire) -> None:
    wire.connect()
    first = wire.news()
    asked = wire.methods().count(ASKED)
    wire.lose()
    wire.connect(4)

    [version] = versions(first)
    assert (version.tick, version.lot, version.orders_max, version.is_trading) == (
        Decimal("0.01"), Decimal("0.00001"), 200, True,
    )  # fmt: skip
    assert asked == 1
    assert versions(wire.news()) == []
    assert wire.methods().count(ASKED) == 1


def test_the_account_is_told_after_them(wire: Wire) -> None:
    wire.connect()

    told = wire.perform(QueryAccount(request_id="r"))

    assert kinds(told)[0] is InstrumentReported
    assert isinstance(told[-1], AccountReported)


def test_they_are_read_again_after_a_while(wire: Wire, venue: Director) -> None:
    wire.connect()
    wire.news()
    venue.do(ChangeFilter(symbol="BTCUSDT", notional_min="1000"))
    assert versions(wire.wait(HOURLY_MS - 1)) == []

    [version] = versions(wire.wait(2))

    assert version.notional_min == Decimal(1_000)
    assert version.since == wire.now - MS


@pytest.mark.parametrize("tries", [1, 5])
def test_a_refusal_by_a_filter_has_them_read_and_not_once_for_each(
    wire: Wire, venue: Director, tries: int
) -> None:
    wire.connect()
    wire.news()
    wire.methods()
    venue.do(ChangeFilter(symbol="BTCUSDT", quantity_max="0.005"))
    told = [each for k in range(tries) for each in wire.perform(order(k + 1))]

    told += wire.wait(GAP_NS // MS + 1)

    refused = [each for each in told if isinstance(each, OrderRejected)]
    assert [each.code for each in refused] == ["-1013"] * tries
    assert [each.size_max for each in versions(told)] == [Decimal("0.005")]
    assert wire.methods().count(ASKED) == 1


def test_one_that_comes_while_they_are_being_read_has_them_read_once_more(
    wire: Wire, venue: Director
) -> None:
    """The answer under way may be older than the rule that the venue has refused it by."""
    wire.connect()
    wire.news()
    wire.methods()
    venue.do(ChangeFilter(symbol="BTCUSDT", quantity_max="0.005"))
    wire.gate = lambda request, answer: (
        [] if answer is None or request.method == ASKED else [answer]
    )
    wire.perform(order(1))
    wire.wait(GAP_NS // MS)  # asked, and not answered yet
    assert wire.methods().count(ASKED) == 1
    wire.perform(order(2, ts_decided=wire.now))

    wire.wait(GAP_NS // MS)

    assert wire.methods().count(ASKED) == 1


@pytest.mark.parametrize(
    ("message", "breaks"),
    [
        (OrderRejected(client_order_id="x", code="-1013"), True),
        (OrderRejected(client_order_id="x", code="-2010", text="Market is closed."), True),
        (OrderRejected(client_order_id="x", code="-2010", text="Duplicate order sent."), False),
        (ReplaceRejected(client_order_id="x", code="-1013"), True),
        (ReplaceRejected(client_order_id="x", code="-2011"), False),
        (OrderCanceled(client_order_id="x"), False),
    ],
)
def test_what_is_refused_by_a_rule(message: Message, *, breaks: bool) -> None:
    assert breaks_rules(message) is breaks


def test_a_closed_market_is_a_rule_too(wire: Wire, venue: Director) -> None:
    wire.connect()
    wire.news()
    venue.do(Halt(symbol="BTCUSDT", status=MarketStatus.BREAK))
    told = wire.perform(order())

    told += wire.wait(GAP_NS // MS + 1)

    [version] = versions(told)
    assert (version.status, version.is_trading) == ("BREAK", False)


def test_a_venue_that_does_not_tell_them_is_traded_with_and_asked_again(wire: Wire) -> None:
    wire.gate = instead(ASKED, refusal(-1121))
    wire.connect()

    told = wire.perform(QueryAccount(request_id="r"))

    assert versions(told) == []
    assert isinstance(told[-1], AccountReported)
    assert len(versions(wire.wait(AGAIN_NS // MS + 1))) == 1


def test_silence_about_them_ends_too(wire: Wire) -> None:
    wire.unseen = {ASKED}
    wire.gate = lambda _, answer: [] if answer is None else [answer]
    wire.connect()
    assert not any(isinstance(each, AccountReported) for each in wire.news())

    told = wire.perform(QueryAccount(request_id="r")) + wire.wait(200)

    assert isinstance(told[-1], AccountReported)


def test_a_symbol_that_is_no_longer_listed_is_told_by_nobody(wire: Wire) -> None:
    wire.gate = instead(ASKED, {"status": 200, "result": {"symbols": []}})
    wire.connect()

    assert versions(wire.news()) == []


def test_who_did_not_ask_for_them_is_spared(engine: Engine, clock: Clock, venue: Director) -> None:
    wire = Wire(engine, clock)
    wire.connect()
    venue.do(ChangeFilter(symbol="BTCUSDT", quantity_max="0.005"))
    told = wire.perform(order())

    wire.wait(GAP_NS // MS + 1)

    assert any(map(breaks_rules, told))
    assert ASKED not in wire.methods()
