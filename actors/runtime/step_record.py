"""A step as the journal keeps it: the input, the outputs that touch orders, a digest of them all.

With the input a core can take the step again; with the digest it can be held against the step
that was taken; and what touched orders can be read, and believed, without any core.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from trader.model.account import DifferenceAccepted, DifferenceFound, ForeignAdopted, ForeignFound
from trader.model.control import (
    InstrumentChanged,
    InstrumentHalted,
    InstrumentResumed,
    LimitBreached,
    LimitChanged,
    LimitRejected,
    StrategyDisabled,
    StrategyFaulted,
    StrategyRearmed,
    TradingStateChanged,
)
from trader.model.envelope import Envelope, encode
from trader.model.orders import (
    CancelOrder,
    DecisionRecorded,
    OrderApproved,
    OrderEvent,
    QueryOrder,
    ReplaceOrder,
    SubmitOrder,
)

KEPT_WHOLE: Final = (
    OrderEvent,
    SubmitOrder,
    OrderApproved,
    CancelOrder,
    ReplaceOrder,
    QueryOrder,
    DecisionRecorded,
    TradingStateChanged,
    DifferenceFound,
    DifferenceAccepted,
    ForeignFound,
    ForeignAdopted,
    InstrumentChanged,
    InstrumentHalted,
    InstrumentResumed,
    LimitBreached,
    LimitChanged,
    LimitRejected,
    StrategyDisabled,
    StrategyFaulted,
    StrategyRearmed,
)
_DIGEST_BYTES: Final = 32


class Step(Struct, frozen=True, array_like=True):
    """One step. `kept` are outputs in their order, `digest` is BLAKE2b-256 over every output."""

    input: Envelope
    kept: tuple[Envelope, ...]
    digest: bytes


class StepObserver:
    """Watches a reactor take a step and makes the record of it; the first it sees is the input."""

    def __init__(self) -> None:
        self._seen: list[Envelope] = []

    def __call__(self, envelope: Envelope) -> None:
        """Notes a message that was delivered."""
        self._seen.append(envelope)

    def finish(self) -> Step:
        """The step that has just ended."""
        seen, self._seen = self._seen, []
        return step_of(seen[0], seen[1:])

    def broken(self) -> Envelope:
        """The input of a step that never came to its end."""
        seen, self._seen = self._seen, []
        return seen[0]


def step_of(input_: Envelope, outputs: Sequence[Envelope]) -> Step:
    """The record of an input and all that it caused."""
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for output in outputs:
        digest.update(encode(output))
    kept = tuple(output for output in outputs if isinstance(output.body, KEPT_WHOLE))
    return Step(input_, kept, digest.digest())


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Step)


def encode_step(step: Step) -> bytes:
    """The step as MessagePack."""
    return _encoder.encode(step)


def decode_step(data: bytes) -> Step:
    """The step that `encode_step` wrote; raises `msgspec.MsgspecError` on anything else."""
    return _decoder.decode(data)
