"""Each parameter is read as its type or refused by name."""

import pytest

from sims.servers.binance import refusals
from sims.servers.binance.orders import Side
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError


def call(params: Params, read: str) -> object:
    """Call one of the ways to read the parameter x."""
    choice = (Side, refusals.BAD_SIDE) if "choice" in read else ()
    name = () if read == "done" else ("x",)
    return getattr(params, read)(*name, *choice)


@pytest.mark.parametrize(
    ("value", "read", "expected"),
    [
        ("abc", "text", "abc"),
        (7, "text", "7"),
        ("", "text", None),
        (None, "text", None),
        ("12", "integer", 12),
        (12, "required_integer", 12),
        ("0.5", "amount", 50_000_000),
        (5, "required_amount", 500_000_000),
        (None, "amount", None),
        ("td-a_1", "name", "td-a_1"),
        (None, "name", None),
        ("BUY", "choice", Side.BUY),
        (None, "choice", None),
        (True, "flag", True),
        ("false", "flag", False),
        (None, "flag", None),
        (["a"], "texts", ["a"]),
        ('["a","b"]', "texts", ["a", "b"]),
        (None, "texts", None),
    ],
)
def test_a_parameter_is_read(value: object, read: str, expected: object) -> None:
    params = Params({"x": value, "timestamp": 1})

    assert call(params, read) == expected
    params.done()


@pytest.mark.parametrize(
    ("value", "read", "code"),
    [
        ([], "text", -1130),
        (True, "text", -1130),
        (None, "required", -1102),
        ("", "required", -1102),
        ("-1", "integer", -1100),
        ("1" * 19, "integer", -1100),
        (None, "required_integer", -1102),
        ("1,5", "amount", -1100),
        (-5, "amount", -1100),
        ("0.000000001", "amount", -1111),
        (None, "required_amount", -1102),
        ("a b", "name", -1100),
        ("a" * 37, "name", -1100),
        ("a\n", "name", -1100),
        ("buy", "choice", -1117),
        (None, "required_choice", -1102),
        ("yes", "flag", -1130),
        ([], "flag", -1130),
        ("a", "texts", -1130),
        ("[1]", "texts", -1130),
        ([1], "texts", -1130),
        ("a", "forbid", -1106),
        ("a", "done", -1104),
    ],
)
def test_a_parameter_that_cannot_be_read_is_refused(value: object, read: str, code: int) -> None:
    with pytest.raises(RefusedError) as caught:
        call(Params({"x": value}), read)

    assert caught.value.refusal.code == code


def test_what_nobody_read_is_counted() -> None:
    params = Params({"symbol": "BTCUSDT", "apiKey": "k", "colour": "red"})
    params.text("symbol")

    with pytest.raises(RefusedError, match=r"read '2' parameter\(s\) but was sent '3'"):
        params.done()
