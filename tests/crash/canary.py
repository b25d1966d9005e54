"""Looks for secrets in whatever was written, however they may be written there.

A secret is found as it is, backwards, in hexadecimal digits, in base64 wherever in a longer text it
may stand, as a URL would have it, and in any piece that is long enough to be no accident.
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

PIECE: Final = 16


def forms(secret: bytes) -> Iterator[bytes]:
    """The ways to write a secret."""
    yield secret
    yield quote(secret, safe="").encode()
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for before in range(3):
        # What stands before it moves the digits; those at the ends hold bits of the neighbours.
        padded = b"\0" * before + secret
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(padded).rstrip(b"=")[-(-before * 4 // 3) : -1]


def pieces(secret: bytes) -> set[bytes]:
    """Every piece of every form, forwards and backwards."""
    whole: set[bytes] = set()
    for form in forms(secret):
        for way in (form, form[::-1]):
            whole |= {way[at : at + PIECE] for at in range(len(way) - PIECE + 1)}
    return whole


def found(secrets: Mapping[str, bytes], places: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Which secret stands in which place."""
    needles = {name: pieces(secret) for name, secret in secrets.items()}
    return [
        (name, place)
        for place, content in places.items()
        for name, sought in needles.items()
        if any(piece in content for piece in sought)
    ]
