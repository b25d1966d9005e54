"""Signatures agree with the examples that the venue's documentation prints."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.signing import ed25519_verifier, hmac_verifier, payload, sign

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
    [(RIGHT, True), (RIGHT.upper(), True), (RIGHT[:-1] + "5", False), ("", False), ("Ünn", False)],
)
def test_only_the_right_signature_is_one(signature: str, is_right: bool) -> None:
    assert hmac_verifier(SECRET)(payload(ORDER), signature) is is_right


@pytest.mark.parametrize("change", [{"quantity": "0.01000001"}, {"recvWindow": 101}, {"x": "1"}])
def test_a_signature_holds_for_nothing_else(change: dict[str, object]) -> None:
    assert not hmac_verifier(SECRET)(payload(ORDER | change), RIGHT)


# RFC 8032, section 7.1: a message of one byte, its key and its signature.
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
PRINTED = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


@pytest.mark.parametrize(
    ("text", "signature", "is_right"),
    [
        ("r", base64.b64encode(bytes.fromhex(PRINTED)).decode(), True),
        ("s", base64.b64encode(bytes.fromhex(PRINTED)).decode(), False),
        ("r", base64.b64encode(bytes.fromhex(PRINTED)).decode().lower(), False),
        ("r", PRINTED, False),
        ("r", "", False),
        ("r", "Ünn", False),
    ],
)
def test_an_ed25519_signature_is_checked_over_the_text(
    text: str, signature: str, is_right: bool
) -> None:
    assert ed25519_verifier(PUBLIC)(text, signature) is is_right


RAW = bytes.fromhex(PUBLIC)
PEM = Ed25519PublicKey.from_public_bytes(RAW).public_bytes(
    Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
)


@pytest.mark.parametrize("public", [PUBLIC.upper(), base64.b64encode(RAW).decode(), PEM.decode()])
def test_a_public_key_has_several_forms(public: str) -> None:
    assert ed25519_verifier(public)("r", base64.b64encode(bytes.fromhex(PRINTED)).decode())


@pytest.mark.parametrize("public", ["ff", "AAAA", "no key", "-----BEGIN PUBLIC KEY-----\nAA", ""])
def test_what_is_no_public_key_is_told_at_once(public: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the library says of it
        ed25519_verifier(public)


def test_truth_values_and_strange_texts_are_signed_as_they_are() -> None:
    params: dict[str, object] = {"flag": True, "half": "\ud800", "list": ["a", "b"]}

    assert payload(params) == 'flag=true&half=\ud800&list=["a","b"]'
    assert len(sign(SECRET, payload(params))) == 64
