"""What a configuration can say: one frozen struct a section, one described field a key.

The types alone carry the rules that concern one value: bounds of integers and patterns of texts
as msgspec knows them, and in `extra` what it does not: bounds and places of decimals (`above`,
`least`, `most`, `places`), the notation of a text (`kind`), and the words for a broken pattern
(`says`). The descriptions make the JSON Schema and the commented configuration of `traderd init`.
Rules that join fields are in `check`. In memory instants are nanoseconds and paths are absolute.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from trader.config.notation import interval_ns
from trader.config.ops_schema import Alert, Ops
from trader.config.parts import Filters, Keys, Synthetic
from trader.config.values import (
    AccountId,
    Bps,
    CalendarName,
    Currency,
    Fraction,
    Grid,
    Instant,
    Interval,
    Money,
    NameCharacters,
    NotNegative,
    Path,
    Positive,
    Ratio,
    RunName,
    SignedBps,
    SocketUrl,
    StrategyName,
    Symbol,
    VenueName,
    WebUrl,
)
from trader.model.units import SECOND_NS


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
    off_session: Annotated[
        Literal["refuse", "drop"],
        Meta(description="what becomes of bars outside every session of their calendar"),
    ] = "refuse"


class Account(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one account that all strategies share."""

    currency: Annotated[Currency, Meta(description="currency of cash and of every instrument")]
    cash: Annotated[Money, Meta(description="opening cash; at most 8 decimal places")]
    id: Annotated[AccountId, Meta(description="enters client order ids")] = "main"
    venue: Annotated[VenueName | None, Meta(description="live: the venue that holds it")] = None
    keys: Annotated[Keys | None, Meta(description="live: where its keys lie")] = None
    foreign: Annotated[
        Literal["halt", "ignore", "adopt"],
        Meta(description="live: what follows when somebody else trades on it"),
    ] = "halt"


class InstrumentConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A symbol at a venue and the grid of its prices and sizes."""

    symbol: Annotated[Symbol, Meta(description="as the venue spells it")]
    venue: Annotated[VenueName, Meta(description="where it is traded")]
    tick: Annotated[Grid, Meta(description="price step, in its currency")]
    lot: Annotated[Grid, Meta(description="size step, in units")]
    currency: Annotated[Currency, Meta(description="currency of its price; the account's")]
    shortable: Annotated[bool, Meta(description="whether it may be sold short")] = True
    calendar: Annotated[
        CalendarName | None,
        Meta(description="its exchange's sessions, such as XNYS; null: never closed"),
    ] = None
    sector: Annotated[
        NameCharacters | None, Meta(description="joins instruments under one limit")
    ] = None
    filters: Annotated[Filters, Meta(description="what the venue takes at all")] = Filters()

    @property
    def name(self) -> str:
        """`SYMBOL.venue`, its name everywhere else."""
        return f"{self.symbol}.{self.venue}"


class DataSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Recorded market data of one instrument, or what happened to it."""

    kind: Annotated[
        Literal["bars", "quotes", "trades", "depth", "actions"],
        Meta(description="kind of its rows; actions: splits, dividends, halts"),
    ]
    instrument: Annotated[str, Meta(description="SYMBOL.venue of an instrument above")]
    interval: Annotated[
        Interval | None, Meta(description="length of a bar: 1m, 5m, 1h, 1d, ...; of bars alone")
    ] = None
    path: Annotated[
        Path | None,
        Meta(
            description="Parquet or CSV file, counted from this file's folder;"
            " null: from the catalog"
        ),
    ] = None
    synthetic: Annotated[
        Synthetic | None, Meta(description="a market that is made up, in place of a path")
    ] = None
    time_zone: Annotated[
        str | None, Meta(description="zone of a CSV's times that name none, such as UTC")
    ] = None
    label: Annotated[
        Literal["open", "close"] | None,
        Meta(description="which end of its bars a CSV's times are; null: found out"),
    ] = None
    protocol: Annotated[
        Literal["plain", "binance", "binance-futures"],
        Meta(description="depth: how snapshot and changes join"),
    ] = "plain"

    @property
    def interval_ns(self) -> int:
        """The interval in nanoseconds; 0 for rows that are no bars."""
        return interval_ns(self.interval) if self.interval else 0


class ExitConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a position ends that its strategy would keep; several are combined."""

    kind: Annotated[
        Literal["atr_stop", "take_profit", "trailing", "time_stop"],
        Meta(
            description="atr_stop: a stop k average true ranges behind the close;"
            " take_profit: a limit in front of it; trailing: a stop that follows the best close;"
            " time_stop: after so many bars"
        ),
    ]
    n: Annotated[
        Annotated[int, Meta(ge=1, le=100_000)], Meta(description="bars of the average true range")
    ] = 14
    k: Annotated[
        Annotated[Decimal, Meta(extra={"above": "0", "most": "1000", "places": 9})],
        Meta(description="distance in average true ranges"),
    ] = Decimal(3)
    activate: Annotated[
        Annotated[Decimal, Meta(extra={"least": "0", "most": "1000", "places": 9})],
        Meta(description="trailing: begins this many average true ranges in profit"),
    ] = Decimal(0)
    bars: Annotated[
        Annotated[int, Meta(ge=1, le=10_000_000)] | None,
        Meta(description="time_stop: leaves at the close of this bar after the entry's"),
    ] = None


class StrategyConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A strategy at work on one instrument: a bundled `type`, or the `file` of one's own."""

    name: Annotated[StrategyName, Meta(description="its name in orders and tables")]
    type: Annotated[str | None, Meta(description="a bundled strategy; give this or file")] = None
    file: Annotated[
        Path | None, Meta(description="Python file of your own strategy; give this or type")
    ] = None
    instrument: Annotated[str, Meta(description="SYMBOL.venue of an instrument with data")]
    interval: Annotated[
        Interval | None,
        Meta(description="which bars it hears where there are several; null: the shortest"),
    ] = None
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
    latency_ns: Annotated[NotNegative, Meta(description="of a command or report, one way")] = 0
    latency_jitter_ns: Annotated[
        NotNegative, Meta(description="as much more at most, drawn from a seeded stream")
    ] = 0
    stale_after: Annotated[
        Interval, Meta(description="age at which a standing quote can no longer be taken")
    ] = "60s"
    queue: Annotated[
        Literal["none", "volume"],
        Meta(description="at its own price a resting limit fills never, or by the volume ahead"),
    ] = "none"
    targets_first: Annotated[
        bool, Meta(description="in ambiguous bars the target fills and not the stop")
    ] = False
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
    open_orders_max: Annotated[
        Positive | None, Meta(description="open orders of an instrument")
    ] = None
    open_orders_total_max: Annotated[Positive | None, Meta(description="open orders in all")] = None
    collar: Annotated[
        Fraction | None, Meta(description="largest distance of an order's price from the market's")
    ] = None
    jump_max: Annotated[
        Fraction | None,
        Meta(description="a price further from the last one waits for a second that confirms it"),
    ] = None
    concentration_max: Annotated[
        Ratio | None, Meta(description="largest position of an instrument as a share of equity")
    ] = None
    sector_max: Annotated[
        Ratio | None, Meta(description="largest sum of a sector's positions as a share of equity")
    ] = None
    daily_loss_max: Annotated[
        Fraction | None, Meta(description="loss since the session's start, as a share of equity")
    ] = None
    slippage_bps_max: Annotated[
        Bps | None, Meta(description="mean distance of fills from the prices decided at")
    ] = None
    slippage_window: Annotated[Positive, Meta(description="fills in that mean")] = 20
    unprotected_max: Annotated[
        Money | None,
        Meta(description="money x seconds of positions whose stops do not work yet"),
    ] = None
    repeats_max: Annotated[
        Positive | None,
        Meta(description="orders within repeats_window_ns without a change of position"),
    ] = None
    repeats_window_ns: Annotated[Positive, Meta(description="window of repeats_max")] = (
        60 * SECOND_NS
    )
    intent_window_ns: Annotated[
        Positive | None, Meta(description="the same order again within it is denied")
    ] = None
    restricted: Annotated[
        tuple[str, ...], Meta(description="instruments in which no position may grow")
    ] = ()
    borrow: Annotated[bool, Meta(description="whether orders may cost more than the cash")] = True
    closed_orders: Annotated[
        Literal["wait", "deny"], Meta(description="orders while the instrument's session is closed")
    ] = "wait"
    on_breach: Annotated[
        Literal["halt", "reduce", "flatten"],
        Meta(description="what a breaker does: no orders, smaller positions alone, or all closed"),
    ] = "halt"
    stale_after: Annotated[
        Interval | None,
        Meta(
            description="age at which a price is too old to trade on;"
            " null: two intervals of its bars, 60s on ticks"
        ),
    ] = None


class ReportConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written at the end."""

    equity_interval: Annotated[
        Interval | None, Meta(description="distance of equity rows; null: one a session")
    ] = None
    baselines: Annotated[
        bool, Meta(description="whether buy-and-hold and naive mean reversion run beside")
    ] = True
    html: Annotated[bool, Meta(description="whether the run is drawn as report.html")] = True


class Gateway(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The way to a venue, for a live daemon."""

    venue: Annotated[VenueName, Meta(description="whose protocol it speaks")]
    rest: Annotated[WebUrl | None, Meta(description="URL of its requests")] = None
    ws: Annotated[SocketUrl | None, Meta(description="URL of its WebSocket")] = None
    ws_api: Annotated[SocketUrl | None, Meta(description="URL of its WebSocket requests")] = None
    ws_stream: Annotated[SocketUrl | None, Meta(description="URL of its market data")] = None
    loopback: Annotated[
        bool, Meta(description="starts a loopback venue beside the daemon, in place of addresses")
    ] = False
    paper: Annotated[
        bool, Meta(description="orders go to a simulated venue, on the venue's own market data")
    ] = False
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
    alerts: Annotated[tuple[Alert, ...], Meta(description="live: who is told of trouble")] = ()
    ops: Annotated[Ops, Meta(description="live: logs, metrics, what counts as trouble")] = Ops()
