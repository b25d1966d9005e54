"""The venue's keys, fetched where the configuration says and never shown.

There are two kinds. A key and a secret are written `KEY:SECRET`. A key and a private key are the
key, in a line of its own or before a colon, and below it the private key as a PEM block.
"""

from collections.abc import Mapping
from typing import Final

from trader.config.parts import Keys
from trader.errors import ConfigError
from trader.ops.secrets import no_core_dumps, place_of, read_secret
from trader.venues.binance.signing import PEM, KeyPair, SigningKey, signing_key

_SHAPE: Final = "write them as KEY:SECRET, or as KEY and below it an Ed25519 private key in PEM"


def read_keys(keys: Keys, environ: Mapping[str, str]) -> KeyPair | SigningKey:
    """The keys; raises ConfigError, which never quotes them, if they are not there or not safe.

    A process that has them leaves no image of its memory when it crashes.
    """
    no_core_dumps()
    text, where = read_secret(keys, environ, "the account's keys", _SHAPE), place_of(keys)
    head, begin, rest = text.partition(PEM)
    if begin:
        return _with_private_key(head.strip().removesuffix(":"), begin + rest, where)
    key, colon, secret = text.partition(":")
    if not colon or not _is_key(key) or not secret.isascii() or not secret.isprintable():
        raise ConfigError("the account's keys are not a key and a secret", where=where, hint=_SHAPE)
    return KeyPair(key, secret)


def _with_private_key(key: str, pem: str, where: str) -> SigningKey:
    if not _is_key(key):
        raise ConfigError("no key stands before the private key", where=where, hint=_SHAPE)
    try:
        return signing_key(key, pem)
    except ValueError as error:
        raise ConfigError(str(error), where=where, hint=_SHAPE) from None


def _is_key(text: str) -> bool:
    return text.isascii() and text.isalnum()
