"""Signatures against the vector that the venue's documentation prints."""

from base64 import b64decode

from tests.sims.servers.binance.desk import MAIN
from trader.venues.binance.signing import KeyPair, payload_of, signed, signing_key

KEYS = KeyPair(MAIN.key, MAIN.secret)
# The first test of RFC 8032, section 7.1.
SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
EMPTY = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
    "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)
PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n"
)


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


def test_an_ed25519_key_signs_as_its_standard_says() -> None:
    keys = signing_key("key", PEM)

    assert b64decode(keys.sign(b"")).hex() == EMPTY


def test_both_kinds_sign_the_same_payload() -> None:
    """Sorted by name and as it is, whatever is in it."""
    keys = signing_key("key", PEM)
    params = {"symbol": "\uff11\uff12\uff13", "side": "BUY"}

    assert payload_of(params) == "side=BUY&symbol=\uff11\uff12\uff13".encode()
    assert signed(params, keys)["signature"] == keys.sign(
        "apiKey=key&side=BUY&symbol=\uff11\uff12\uff13".encode()
    )


def test_a_signing_key_does_not_print() -> None:
    keys = signing_key("secretive", PEM)
    assert repr(keys) == str(keys) == "SigningKey(***)"
