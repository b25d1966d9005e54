"""The kinds of values that keys of a configuration take: a name, a path, an amount, ...

Bounds of integers and patterns of texts are as msgspec knows them; `extra` holds what it does not,
as `schema` explains.
"""

from decimal import Decimal
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

MONEY_PLACES: Final = 8
MONEY_MAX: Final = "92233720368"
"""What int64 holds in multiples of 1e-8, in whole units."""

NameCharacters: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][A-Za-z0-9._-]*$",
        extra={"says": "letters, digits, '.', '_' and '-', a letter first"},
    ),
]
StrategyName: TypeAlias = Annotated[NameCharacters, Meta(max_length=16)]
"""Enters client order ids, whose 36 characters it shares with account, epoch and count."""
AccountId: TypeAlias = Annotated[NameCharacters, Meta(max_length=8)]
RunName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        max_length=64,
        extra={"says": "letters, digits, '.', '_' and '-', a letter or digit first"},
    ),
]
Symbol: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        max_length=32,
        extra={"says": "letters, digits, '.', '_' and '-', a letter or digit first"},
    ),
]
VenueName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][A-Za-z0-9_-]*$",
        max_length=16,
        extra={"says": "letters, digits, '_' and '-', a letter first"},
    ),
]
CalendarName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z0-9][A-Z0-9_/]*$",
        max_length=16,
        extra={"says": "a calendar's code, such as XNYS or 24/5"},
    ),
]
Currency: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z][A-Z0-9]{1,9}$",
        extra={"says": "two to ten capital letters or digits, such as USD or USDT"},
    ),
]
VariableName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        max_length=128,
        extra={"says": "the name of an environment variable, never the key itself"},
    ),
]
WebUrl: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^\s/@?#]+([/?#][^\s]*)?$",
        max_length=1024,
        extra={"says": "a URL of http or https, without user and password"},
    ),
]
SocketUrl: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^wss?://[^\s/@?#]+([/?#][^\s]*)?$",
        max_length=1024,
        extra={"says": "a URL of ws or wss, without user and password"},
    ),
]
Path: TypeAlias = Annotated[str, Meta(min_length=1, max_length=4096, extra={"kind": "path"})]
Interval: TypeAlias = Annotated[str, Meta(extra={"kind": "interval"})]
Instant: TypeAlias = Annotated[int, Meta(extra={"kind": "instant"})]
Positive: TypeAlias = Annotated[int, Meta(ge=1)]
NotNegative: TypeAlias = Annotated[int, Meta(ge=0)]
Grid: TypeAlias = Annotated[Decimal, Meta(extra={"above": "0", "most": "1000000000"})]
Money: TypeAlias = Annotated[
    Decimal, Meta(extra={"above": "0", "most": MONEY_MAX, "places": MONEY_PLACES})
]
Fraction: TypeAlias = Annotated[Decimal, Meta(extra={"above": "0", "most": "1", "places": 9})]
Ratio: TypeAlias = Annotated[Decimal, Meta(extra={"above": "0", "most": "1000", "places": 9})]
Bps: TypeAlias = Annotated[Decimal, Meta(extra={"least": "0", "most": "10000", "places": 9})]
SignedBps: TypeAlias = Annotated[
    Decimal, Meta(extra={"least": "-10000", "most": "10000", "places": 9})
]
