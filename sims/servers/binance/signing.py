"""Signatures: HMAC-SHA256 in hexadecimal digits, or Ed25519 in base64, over a text.

Over the WebSocket API all parameters but the signature take part, sorted by name, as `name=value`
joined by `&`, in raw UTF-8 and without percent-encoding. Numbers count as the sender wrote them,
which is why the protocol reads a JSON fraction as its text. What REST signs is the raw query and
body (see `rest.py`).
"""

import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Verifier = Callable[[str, str], bool]
PUBLIC_KEY_BYTES: Final = 32
_HEXADECIMAL: Final = re.compile(r"(?:[0-9a-fA-F]{2})*")


def payload(params: Mapping[str, object]) -> str:
    """Return the text to sign, whatever order `params` has."""
    names = sorted(name for name in params if name != "signature")
    return "&".join(f"{name}={_text(params[name])}" for name in names)


def sign(secret: str, text: str) -> str:
    """Return the signature of `text` as lower-case hexadecimal digits."""
    return hmac.new(_octets(secret), _octets(text), hashlib.sha256).hexdigest()


def hmac_verifier(secret: str) -> Verifier:
    """Return what judges signatures made with `secret`, in either case of the digits."""

    def is_right(text: str, signature: str) -> bool:
        return hmac.compare_digest(_octets(signature.lower()), _octets(sign(secret, text)))

    return is_right


def ed25519_verifier(public: str) -> Verifier:
    """Return what judges signatures made with the private half; ValueError if it is no key.

    The public half is PEM, or its 32 bytes in hexadecimal digits or in base64.
    """
    key = _public_key(public)

    def is_right(text: str, signature: str) -> bool:
        try:
            key.verify(binascii.a2b_base64(_octets(signature), strict_mode=True), _octets(text))
        except (binascii.Error, InvalidSignature):
            return False
        return True

    return is_right


def _public_key(public: str) -> Ed25519PublicKey:
    if public.startswith("-----BEGIN"):
        key = load_pem_public_key(public.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("the public key is not one of Ed25519")
        return key
    if _HEXADECIMAL.fullmatch(public):
        octets = bytes.fromhex(public)
    else:
        octets = binascii.a2b_base64(public, strict_mode=True)
    if len(octets) != PUBLIC_KEY_BYTES:
        raise ValueError(f"an Ed25519 key has {PUBLIC_KEY_BYTES} bytes, not {len(octets)}")
    return Ed25519PublicKey.from_public_bytes(octets)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _octets(text: str) -> bytes:
    # JSON can smuggle in half of a surrogate pair, which has no UTF-8 form: it fails to match.
    return text.encode("utf-8", "surrogatepass")
