"""Signatures of the WebSocket API: HMAC-SHA256 over the parameters, sorted by name.

The parameters are joined as `name=value` with `&`, in UTF-8 as they are, without percent-encoding.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct

Value = str | int
Params = Mapping[str, Value]


class KeyPair(Struct, frozen=True):
    """An API key and its secret; neither shows when it is printed."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return "KeyPair(***)"


def signed(params: Params, keys: KeyPair) -> dict[str, Value]:
    """The parameters with the key and the signature over all of them."""
    whole = {**params, "apiKey": keys.key}
    payload = "&".join(f"{name}={whole[name]}" for name in sorted(whole))
    digest = hmac.new(keys.secret.encode(), payload.encode(), sha256).hexdigest()
    return {**whole, "signature": digest}
