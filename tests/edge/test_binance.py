"""What a configuration must say before a daemon may go to Binance."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from actors.edge.binance import check_way, dialogue_of
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
