"""Damaged bytes: one kind of error, the promised one."""

import msgspec
import pytest

from trader.model.control import RunEnded
from trader.model.envelope import Envelope, decode, encode

WHOLE = encode(Envelope(seq=1, n=0, ts=2, cause=(1, 0), source="feed", body=RunEnded()))


@pytest.mark.parametrize("data", [b"", WHOLE[:-1], WHOLE + b"\x00"], ids=["none", "less", "more"])
def test_bytes_that_are_no_envelope_raise_what_is_promised(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data)
