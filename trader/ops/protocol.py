"""What passes over the control socket of a daemon, and in which frames.

A frame is four bytes of length, big-endian, and a MessagePack document. The client speaks first and
names the version that it speaks; what the daemon cannot understand it refuses by name, and goes on.
Each request has one answer, in order; only `Watch` turns the connection into a stream of events.
"""

from collections.abc import Callable
from pathlib import Path
from struct import Struct as Packing
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from trader.model.units import Nanoseconds

VERSION: Final = 1
FRAME_BYTES_MAX: Final = 8 << 20
HEAD: Final = Packing(">I")

FOLDER: Final = "control"
NAME: Final = "daemon.sock"

Question: TypeAlias = Literal["status", "orders", "positions", "fills"]
Document: TypeAlias = dict[str, Any]


class Hello(Struct, tag=True, frozen=True):
    """The client's first word."""

    version: int


class Welcome(Struct, tag=True, frozen=True, kw_only=True):
    """The daemon's answer to it: which run of which account this is, and in which mode."""

    version: int
    run: str
    account: str
    mode: str
    pid: int


class Ask(Struct, tag=True, frozen=True):
    """What does it look like? Changes nothing."""

    about: Question


class Answer(Struct, tag=True, frozen=True):
    """One document, as of `ts`."""

    ts: Nanoseconds
    document: Document


class Act(Struct, tag=True, frozen=True, kw_only=True):
    """An order to the daemon. `target` is what it is about, `value` what that shall be.

    An order for the venue has a side, whole lots, and a limit as a decimal text if it has one.
    """

    verb: str
    target: str = ""
    value: str = ""
    reason: str = ""
    side: str = ""
    lots: int = 0
    limit: str = ""


class Acted(Struct, tag=True, frozen=True, kw_only=True):
    """It is done and durable, as input `seq`; `events` are what came of it at once."""

    seq: int
    events: tuple[Document, ...] = ()


class Watch(Struct, tag=True, frozen=True):
    """From now on tell every event as it happens; no other request follows on this connection."""


class Told(Struct, tag=True, frozen=True, kw_only=True):
    """An event, and how many before it were dropped because the client was too slow."""

    event: Document
    dropped: int = 0


class Refused(Struct, tag=True, frozen=True, kw_only=True):
    """It was not done, and why."""

    code: str
    message: str
    hint: str = ""


Request: TypeAlias = Hello | Ask | Act | Watch
Reply: TypeAlias = Welcome | Answer | Acted | Told | Refused

_encoder: Final = msgspec.msgpack.Encoder()
decode_request: Final[Callable[[bytes], Request]] = msgspec.msgpack.Decoder(Request).decode
"""A frame's body as a request; raises `msgspec.MsgspecError` on anything else."""
decode_reply: Final[Callable[[bytes], Reply]] = msgspec.msgpack.Decoder(Reply).decode
"""A frame's body as a reply; raises `msgspec.MsgspecError` on anything else."""


def socket_of(state_dir: Path) -> Path:
    """Where the daemon that holds this folder listens."""
    return state_dir / FOLDER / NAME


def frame(message: Request | Reply) -> bytes:
    """The message in its frame."""
    body = _encoder.encode(message)
    return HEAD.pack(len(body)) + body


def length_of(head: bytes) -> int:
    """How long the body after this head is; raises ValueError beyond what a frame may be."""
    (length,) = HEAD.unpack(head)
    if length > FRAME_BYTES_MAX:
        raise ValueError(f"a frame of {length} bytes; {FRAME_BYTES_MAX} are the most")
    return int(length)
