"""What a configuration can say: one frozen struct a section, one described field a key.

The types alone carry the rules that concern one value: bounds of integers and patterns of texts
as msgspec knows them, and in `extra` what it does not: bounds and places of decimals (`above`,
`least`, `most`, `places`), the notation of a text (`kind`), the words for a broken
pattern (`says`), and values whose use is not built yet (`later`). The descriptions make the
JSON Schema and the commented configuration of `traderd init`. Rules that join fields are in
`check`. In memory instants are nanoseconds and paths are absolute.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias

from msgspec import Meta, Struct, field

from trader.config.notation import interval_ns
from trader.model.units import SECOND_NS

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
Url: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(https?|wss?)://[^\s/@?#]+([/?#][^\s]*)?$",
        max_length=1024,
        extra={"says": "a URL of http, https, ws or wss, without user and password"},
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
Bps: TypeAlias = Annotated[Decimal, Meta(extra={"least": "0", "most": "10000", "places": 9})]
SignedBps: TypeAlias = Annotated[
    Decimal, Meta(extra={"least": "-10000", "most": "10000", "places": 9})
]


class Run(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is run, from when to when, and how."""

    name: Annotated[RunName, Meta(description="name of the run, for people")]
    seed: Annotated[NotNegative, Meta(description="seed of every random stream")] = 1
    from_: Annotated[
        Instant | None, Meta(description="first instant: date (00:00 UTC), time with offset, or ns")
    ] = field(default=None, name="from")
    to: Annotated[
        Instant | None, Meta(description="end: bars that open at or after it stay out")
    ] = None
    gear: Annotated[
        Literal["auto", "step", "fused"],
        Meta(description="auto takes the compiled gear where it covers the run"),
    ] = "auto"
    off_grid: Annotated[
        Literal["refuse", "round"], Meta(description="what becomes of prices between two ticks")
    ] = "refuse"


class Keys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the venue's keys lie; they themselves never stand in a configuration."""

    env: Annotated[
        VariableName | None, Meta(description="environment variable that holds the keys")
    ] = None
    file: Annotated[Path | None, Meta(description="file that holds the keys")] = None


class Account(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one account that all strategies share."""

    currency: Annotated[Currency, Meta(description="currency of cash and of every instrument")]
    cash: Annotated[Money, Meta(description="opening cash; at most 8 decimal places")]
    id: Annotated[AccountId, Meta(description="enters client order ids")] = "main"
    venue: Annotated[VenueName | None, Meta(description="live: the venue that holds it")] = None
    keys: Annotated[Keys | None, Meta(description="live: where its keys lie")] = None


class InstrumentConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A symbol at a venue and the grid of its prices and sizes."""

    symbol: Annotated[Symbol, Meta(description="as the venue spells it")]
    venue: Annotated[VenueName, Meta(description="where it is traded")]
    tick: Annotated[Grid, Meta(description="price step, in its currency")]
    lot: Annotated[Grid, Meta(description="size step, in units")]
    currency: Annotated[Currency, Meta(description="currency of its price; the account's")]
    shortable: Annotated[bool, Meta(description="whether it may be sold short")] = True

    @property
    def name(self) -> str:
        """`SYMBOL.venue`, its name everywhere else."""
        return f"{self.symbol}.{self.venue}"


class DataSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Recorded market data of one instrument."""

    kind: Annotated[
        Literal["bars"],
        Meta(description="kind of its rows", extra={"later": ("quotes", "trades", "depth")}),
    ]
    instrument: Annotated[str, Meta(description="SYMBOL.venue of an instrument above")]
    interval: Annotated[Interval, Meta(description="length of a bar: 1m, 5m, 1h, 1d, ...")]
    path: Annotated[Path, Meta(description="Parquet file, counted from this file's folder")]

    @property
    def interval_ns(self) -> int:
        """The interval in nanoseconds."""
        return interval_ns(self.interval)


class ExitConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A protective order that every entry takes along."""

    kind: Annotated[
        Literal["atr_stop"],
        Meta(
            description="atr_stop: a stop at k average true ranges from the close",
            extra={"later": ("take_profit", "trailing", "time_stop")},
        ),
    ]
    n: Annotated[
        Annotated[int, Meta(ge=1, le=100_000)], Meta(description="bars of the average true range")
    ] = 14
    k: Annotated[
        Annotated[Decimal, Meta(extra={"above": "0", "most": "1000", "places": 9})],
        Meta(description="distance of the stop in average true ranges"),
    ] = Decimal(3)


class StrategyConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A strategy at work on one instrument: a bundled `type`, or the `file` of one's own."""

    name: Annotated[StrategyName, Meta(description="its name in orders and tables")]
    type: Annotated[str | None, Meta(description="a bundled strategy; give this or file")] = None
    file: Annotated[
        Path | None, Meta(description="Python file of your own strategy; give this or type")
    ] = None
    instrument: Annotated[str, Meta(description="SYMBOL.venue of an instrument with data")]
    params: Annotated[dict[str, Any], Meta(description="the strategy's own parameters")] = field(
        default_factory=dict
    )
    exits: Annotated[tuple[ExitConfig, ...], Meta(description="protective exits")] = ()


class VenueConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the simulated venue fills and what it charges."""

    slippage_bps: Annotated[Bps, Meta(description="worsens market and stop fills")] = Decimal(0)
    slippage_ticks: Annotated[
        Annotated[int, Meta(ge=0, le=1_000_000)],
        Meta(description="worsens them by ticks on top of it"),
    ] = 0
    participation: Annotated[
        Fraction | None, Meta(description="share of a bar's volume we may take; null lifts it")
    ] = Decimal("0.1")
    latency_ns: Annotated[NotNegative, Meta(description="one way; only 0 is built so far")] = 0
    touch_fills: Annotated[
        bool, Meta(description="whether a limit fills when its price is merely reached")
    ] = False
    maker_bps: Annotated[SignedBps, Meta(description="fee on resting fills; negative: rebate")] = (
        Decimal(0)
    )
    taker_bps: Annotated[SignedBps, Meta(description="fee on all other fills")] = Decimal(0)
    per_lot: Annotated[
        Annotated[Decimal, Meta(extra={"least": "-1000000", "most": "1000000", "places": 8})],
        Meta(description="fee for each lot, in account currency"),
    ] = Decimal(0)


class RiskConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits. Unset is no limit on a simulated clock; a live daemon refuses to start."""

    lots_max: Annotated[Positive | None, Meta(description="largest order, in lots")] = None
    notional_max: Annotated[
        Money | None, Meta(description="largest order, in account currency")
    ] = None
    position_max: Annotated[
        Positive | None, Meta(description="largest position of an instrument, in lots")
    ] = None
    gross_max: Annotated[
        Money | None, Meta(description="largest sum of all positions' sizes in money")
    ] = None
    orders_max: Annotated[Positive | None, Meta(description="orders within orders_window_ns")] = (
        None
    )
    orders_window_ns: Annotated[Positive, Meta(description="window of orders_max")] = SECOND_NS
    drawdown_max: Annotated[
        Fraction | None, Meta(description="fall from the peak that halts trading; 0.2 is 20 %")
    ] = None
    stale_after: Annotated[
        Interval | None,
        Meta(
            description="age at which a price is too old to trade on;"
            " null: two intervals of its data"
        ),
    ] = None


class ReportConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written at the end."""

    equity_interval: Annotated[
        Interval | None, Meta(description="distance of equity rows; null: one a UTC day")
    ] = None
    baselines: Annotated[
        bool, Meta(description="whether buy-and-hold and naive mean reversion run beside")
    ] = True


class Gateway(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The way to a venue, for a live daemon."""

    venue: Annotated[VenueName, Meta(description="whose protocol it speaks")]
    rest: Annotated[Url | None, Meta(description="URL of its requests")] = None
    ws: Annotated[Url | None, Meta(description="URL of its WebSocket")] = None
    ws_api: Annotated[Url | None, Meta(description="URL of its WebSocket requests")] = None
    ws_stream: Annotated[Url | None, Meta(description="URL of its market data")] = None
    pace_ns: Annotated[
        Positive, Meta(description="time between recorded bars where the venue streams none")
    ] = SECOND_NS


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole configuration."""

    run: Annotated[Run, Meta(description="what is run, from when to when, and how")]
    account: Annotated[Account, Meta(description="the one account that all strategies share")]
    instruments: Annotated[
        Annotated[tuple[InstrumentConfig, ...], Meta(min_length=1)],
        Meta(description="what is traded, and the grid of its prices and sizes"),
    ]
    data: Annotated[
        Annotated[tuple[DataSource, ...], Meta(min_length=1)],
        Meta(description="recorded market data"),
    ]
    strategies: Annotated[
        Annotated[tuple[StrategyConfig, ...], Meta(min_length=1)],
        Meta(description="who trades"),
    ]
    venue: Annotated[VenueConfig, Meta(description="how the simulated venue fills and charges")] = (
        VenueConfig()
    )
    risk: Annotated[RiskConfig, Meta(description="limits; a live daemon needs them all")] = (
        RiskConfig()
    )
    report: Annotated[ReportConfig, Meta(description="what is written at the end")] = ReportConfig()
    state_dir: Annotated[Path | None, Meta(description="folder of journals and runs")] = None
    base_dir: Annotated[
        Path | None, Meta(description="folder that relative paths count from; null: this file's")
    ] = None
    gateway: Annotated[Gateway | None, Meta(description="live: the way to the venue")] = None


NOT_BUILT: Final[Mapping[type, frozenset[str]]] = MappingProxyType(
    {
        InstrumentConfig: frozenset({"calendar", "sector"}),
        VenueConfig: frozenset({"queue", "stale_after"}),
        Config: frozenset({"alerts"}),
    }
)
"""Keys with a meaning that no part acts upon yet: refused by name rather than ignored."""
