"""Signatures against the vector that the venue's documentation prints."""

from tests.sims.servers.binance.desk import MAIN
from trader.venues.binance.signing import KeyPair, signed

KEYS = KeyPair(MAIN.key, MAIN.secret)


def test_the_documented_vector() -> None:
    params: dict[str, str | int] = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "0.01000000",
        "price": "52000.00",
        "recvWindow": 100,
        "timestamp": 1645423376532,
    }

    whole = signed(params, KEYS)

    assert whole["signature"] == "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"
    assert whole["apiKey"] == MAIN.key


def test_keys_do_not_print() -> None:
    assert repr(KEYS) == str(KEYS) == "KeyPair(***)"
    assert MAIN.secret not in f"{[KEYS]}"
