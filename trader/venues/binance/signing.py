"""Keys and signatures: HMAC-SHA256 with a secret, or Ed25519 with a private key.

What is signed differs by the way a request takes. Over the WebSocket API it is the parameters,
sorted by name and joined with `&`, in UTF-8 as they are; over REST it is the query string as it is
sent, percent-encoded and in its own order. So each way makes its payload and asks for a signature
over those bytes.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

Value: TypeAlias = str | int
Params: TypeAlias = Mapping[str, Value]

PEM: Final = "-----BEGIN "


class KeyPair(Struct, frozen=True):
    """An API key and its secret; neither shows when it is printed."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return "KeyPair(***)"

    def sign(self, payload: bytes) -> str:
        """HMAC-SHA256, in hexadecimal digits."""
        return hmac.new(self.secret.encode(), payload, sha256).hexdigest()


class SigningKey:
    """An API key and the Ed25519 private key whose public half the venue has."""

    def __init__(self, key: str, private: Ed25519PrivateKey) -> None:
        self.key: Final = key
        self._private: Final = private

    def __repr__(self) -> str:
        return "SigningKey(***)"

    def sign(self, payload: bytes) -> str:
        """Ed25519, in base64."""
        return b64encode(self._private.sign(payload)).decode("ascii")


Keys: TypeAlias = KeyPair | SigningKey


def signing_key(key: str, pem: str) -> SigningKey:
    """Reads a private key in PKCS#8 PEM; ValueError says what is wrong and never quotes it."""
    if "ENCRYPTED" in pem:
        raise ValueError("the private key is encrypted; write it without a passphrase")
    try:
        private = load_pem_private_key(pem.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        kind = "public key" if "PUBLIC" in pem else "PEM block"
        raise ValueError(f"the {kind} is no private key that can be read") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("the private key is not of the kind Ed25519")  # noqa: TRY004
    return SigningKey(key, private)


def payload_of(params: Params) -> bytes:
    """What is signed of a request over the WebSocket API.

    >>> payload_of({"symbol": "X", "apiKey": "k", "price": "1.0"})
    b'apiKey=k&price=1.0&symbol=X'
    """
    return "&".join(f"{name}={params[name]}" for name in sorted(params)).encode()


def signed(params: Params, keys: Keys) -> dict[str, Value]:
    """The parameters with the key and the signature over all of them."""
    whole = {**params, "apiKey": keys.key}
    return {**whole, "signature": keys.sign(payload_of(whole))}
