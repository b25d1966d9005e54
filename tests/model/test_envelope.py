"""Every message there is, through its bytes and back."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from tests.model.making import MESSAGES, envelopes, optional_at_the_end
from trader.model import account, control, market, orders
from trader.model.envelope import Envelope, decode, encode
from trader.model.orders import Body, OrderEvent

FAMILIES = (account, control, market, orders)
ABSTRACT = {Body, OrderEvent}


def named(kind: type) -> str:
    return kind.__name__


each_message = pytest.mark.parametrize("kind", MESSAGES, ids=named)


def around(body: Struct) -> Envelope:
    fields = {"seq": 1, "n": 0, "ts": 2, "cause": (1, 0), "source": "feed"}
    return Envelope(**fields, body=body)  # type: ignore[arg-type]


@each_message
@settings(max_examples=20)
@given(data=st.data())
def test_a_message_comes_back_from_its_bytes(kind: type[Struct], data: st.DataObject) -> None:
    """Equal, of the same type down to the last field, and with the same bytes again."""
    envelope = data.draw(envelopes(kind))
    written = encode(envelope)
    back = decode(written)

    assert back == envelope
    assert type(back.body) is kind
    for name in kind.__struct_fields__:
        assert type(getattr(back.body, name)) is type(getattr(envelope.body, name))
    assert encode(back) == written


@each_message
@settings(max_examples=5)
@given(data=st.data())
def test_what_an_older_writer_did_not_know_is_its_default(
    kind: type[Struct], data: st.DataObject
) -> None:
    """New fields come last with a default, so that an old journal still decodes."""
    envelope = data.draw(envelopes(kind))
    *head, body = msgspec.msgpack.decode(encode(envelope))
    new = optional_at_the_end(kind)
    for count in range(len(new) + 1):
        shorter = body[: len(body) - count]
        missing = {field.name: default(field) for field in new[len(new) - count :]}

        back = decode(msgspec.msgpack.encode([*head, shorter]))

        assert back.body == structs.replace(envelope.body, **missing)


def default(field: structs.FieldInfo) -> object:
    return field.default if field.default is not msgspec.NODEFAULT else field.default_factory()


def concrete(kind: type[Struct]) -> Iterator[type[Struct]]:
    if kind not in ABSTRACT:
        yield kind
    for under in kind.__subclasses__():
        yield from concrete(under)


def test_the_union_is_closed() -> None:
    """Every body is in it, and so is every tagged struct of the four families."""
    tagged = [
        kind
        for family in FAMILIES
        for kind in vars(family).values()
        if isinstance(kind, type) and issubclass(kind, Struct) and kind.__struct_config__.tag
    ]

    assert set(MESSAGES) == set(concrete(Body)) | (set(tagged) - ABSTRACT)
    assert len(MESSAGES) == len(set(MESSAGES))


@each_message
def test_a_message_is_frozen_and_bears_its_name(kind: type[Struct]) -> None:
    config = kind.__struct_config__

    assert config.tag == kind.__name__
    assert config.frozen
    assert config.array_like


ROWS = {market.BarClosed, market.Quote, market.Trade, market.BookDelta}


@each_message
def test_a_message_is_built_by_names(kind: type[Struct]) -> None:
    """But for rows of history, of which there are millions."""
    if kind in ROWS or not kind.__struct_fields__:
        return
    with pytest.raises(TypeError, match="positional"):
        kind(*[0] * len(kind.__struct_fields__))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        encode(around(control.RunEnded()))[:-1],
        encode(around(control.RunEnded())) + b"\x00",
        msgspec.msgpack.encode([1, 0, 2, [1, 0], "feed", ["NoSuchMessage"]]),
        msgspec.msgpack.encode([1, 0, 2, [1, 0], "feed", ["OrderFilled", "o1"]]),
        msgspec.msgpack.encode([1, 0, 2, [1, 0], "feed", ["RunStarted", 7, 1]]),
        msgspec.msgpack.encode([1, 0, 2, [1], "feed", ["RunEnded"]]),
        msgspec.msgpack.encode([1.5, 0, 2, [1, 0], "feed", ["RunEnded"]]),
    ],
    ids=[
        "nothing",
        "no envelope",
        "cut short",
        "a byte too many",
        "unknown message",
        "missing fields",
        "wrong type of a field",
        "half a name",
        "a float for a count",
    ],
)
def test_what_is_no_envelope_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data)


def test_a_number_beyond_64_bits_is_refused() -> None:
    """It would not come back from a journal."""
    with pytest.raises(OverflowError):
        encode(around(account.EquityMarked(equity=2**64, peak=0)))


def test_two_names_of_one_instant_differ() -> None:
    """A message is told from another by its place, not by its content."""
    one = around(control.RunEnded())

    assert one == around(control.RunEnded())
    assert one != structs.replace(one, n=1)
