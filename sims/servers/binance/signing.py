"""Signatures of the WebSocket API: HMAC-SHA256 over the parameters, sorted by name.

All parameters but the signature take part as `name=value` joined by `&`, in raw UTF-8 and
without percent-encoding. Numbers count as the sender wrote them, which is why the protocol
reads a JSON fraction as its text.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping


def payload(params: Mapping[str, object]) -> str:
    """Return the text to sign, whatever order `params` has."""
    names = sorted(name for name in params if name != "signature")
    return "&".join(f"{name}={_text(params[name])}" for name in names)


def sign(secret: str, text: str) -> str:
    """Return the signature of `text` as lower-case hexadecimal digits."""
    return hmac.new(_octets(secret), _octets(text), hashlib.sha256).hexdigest()


def is_signed(secret: str, params: Mapping[str, object]) -> bool:
    """Say whether `params` carries its own right signature, in either case of the digits."""
    signature = params.get("signature")
    if not isinstance(signature, str):
        return False
    expected = sign(secret, payload(params))
    return hmac.compare_digest(_octets(signature.lower()), _octets(expected))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _octets(text: str) -> bytes:
    # JSON can smuggle in half of a surrogate pair, which has no UTF-8 form: it fails to match.
    return text.encode("utf-8", "surrogatepass")
