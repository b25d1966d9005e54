"""Signatures agree with the examples that the venue's documentation prints."""

import pytest

from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.signing import is_signed, payload, sign

KEY = ACCOUNTS[0].key
SECRET = ACCOUNTS[0].secret
RIGHT = "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"
ORDER: dict[str, object] = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01000000",
    "price": "52000.00",
    "recvWindow": 100,
    "timestamp": 1645423376532,
    "apiKey": KEY,
}
REST = "&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"


@pytest.mark.parametrize(
    ("symbol", "signature"),
    [
        ("LTCBTC", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        (
            "%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96",
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        ),
    ],
)
def test_a_text_is_signed_as_printed(symbol: str, signature: str) -> None:
    assert sign(SECRET, f"symbol={symbol}{REST}&timestamp=1499827319559") == signature


def test_parameters_are_sorted_before_they_are_signed() -> None:
    assert payload(ORDER).startswith("apiKey=")
    assert sign(SECRET, payload(ORDER)) == RIGHT
    assert sign(SECRET, payload(dict(reversed(ORDER.items())))) == RIGHT


@pytest.mark.parametrize(
    ("signature", "is_right"),
    [
        (RIGHT, True),
        (RIGHT.upper(), True),
        (RIGHT[:-1] + "5", False),
        ("", False),
        ("Ünsinn", False),
        (None, False),
        (7, False),
    ],
)
def test_only_the_right_signature_is_one(signature: object, is_right: bool) -> None:
    assert is_signed(SECRET, ORDER | {"signature": signature}) is is_right


@pytest.mark.parametrize("change", [{"quantity": "0.01000001"}, {"recvWindow": 101}, {"x": "1"}])
def test_a_signature_holds_for_nothing_else(change: dict[str, object]) -> None:
    assert not is_signed(SECRET, ORDER | {"signature": RIGHT} | change)


def test_truth_values_and_strange_texts_are_signed_as_they_are() -> None:
    params: dict[str, object] = {"flag": True, "half": "\ud800", "list": ["a", "b"]}

    assert payload(params) == 'flag=true&half=\ud800&list=["a","b"]'
    assert len(sign(SECRET, payload(params))) == 64
