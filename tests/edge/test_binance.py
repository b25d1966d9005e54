"""What a configuration must say before a daemon may go to Binance."""

from decimal import Decimal
from time import time_ns  # noqa: TID251 - the venue runs on the real clock
from typing import Any

import pytest
from msgspec.structs import replace

from actors.edge.binance import check_rules, check_way, dialogue_of
from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import EUROS
from sims.servers.binance.server import serve
from tests.edge.test_market_data import config
from trader.config.scale import scale_of
from trader.config.schema import Config, Gateway
from trader.errors import ConfigError
from trader.venues.binance.budget import Budget
from trader.venues.binance.inquiry import Patience
from trader.venues.binance.signing import KeyPair

URL = "ws://127.0.0.1:1/ws-api/v3"


def live(**gateway: Any) -> Config:
    return replace(config(), gateway=Gateway(**{"venue": "binance", "ws_api": URL} | gateway))


def test_a_complete_configuration_has_an_address() -> None:
    assert check_way(live()) == URL
    dialogue = dialogue_of(live(), scale_of(live()), KeyPair("k", "s"), Patience(), Budget())
    assert not dialogue.ready


def test_what_cannot_reach_the_venue_is_refused_by_name() -> None:
    elsewhere = replace(live().instruments[0], venue="alpaca")
    for wrong, where in (
        (live(venue="kraken"), "gateway.venue"),
        (live(ws_api=None), "gateway.ws_api"),
        (live(ws_api="wss://ws-api.venue.test:443/ws-api/v3"), "gateway.ws_stream"),
        (live(ws_stream="wss://stream.venue.test/stream"), "gateway.rest"),
        (replace(live(), instruments=(elsewhere,)), "instruments.EURUSDT.alpaca"),
    ):
        with pytest.raises(ConfigError) as caught:
            check_way(wrong)
        assert caught.value.where == where


def test_a_symbol_in_another_currency_is_refused() -> None:
    wrong = replace(live().instruments[0], currency="USD", tick=Decimal("0.1"))
    whole = replace(live(), instruments=(wrong,))
    with pytest.raises(ConfigError, match="EURUSDT does not end in USD,"):
        dialogue_of(whole, scale_of(whole), KeyPair("k", "s"), Patience(), Budget())


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"tick": Decimal("0.001")}, "a tick of 0.001, the venue's is 0.00001"),
        ({"lot": Decimal(7)}, "a lot of 7, the venue's is 1"),
        ({"symbol": "XYZUSDT"}, "does not know"),
    ],
)
async def test_the_grid_is_held_against_the_venue_s_own(
    changes: dict[str, Any], reason: str
) -> None:
    whole = live()
    whole = replace(whole, instruments=(replace(whole.instruments[0], **changes),))
    async with serve(Engine(now=time_ns, symbols=(EUROS,))) as venue:
        if not reason:
            assert await check_rules(whole, venue.http)
            return
        with pytest.raises(ConfigError, match=reason):
            await check_rules(whole, venue.http)


@pytest.mark.anyio
async def test_a_venue_that_does_not_answer_told_nothing() -> None:
    async with serve(Engine(now=time_ns)) as venue:
        address = venue.http
    assert not await check_rules(live(), address)
