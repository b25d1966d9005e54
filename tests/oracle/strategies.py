"""What strategies are, as they are configured, and what a script does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tests.oracle.exits import Exit


@dataclass(frozen=True)
class Lots:
    lots: int


@dataclass(frozen=True)
class Weight:
    weight: Fraction


Size = Lots | Weight


@dataclass(frozen=True)
class EmaCross:
    fast: int
    slow: int
    size: Size
    direction: str = "long"
    trend: int | None = None


@dataclass(frozen=True)
class BollingerReversion:
    size: Size
    n: int = 20
    entry: float = 2.0
    exit: float = 0.0
    direction: str = "long"


@dataclass(frozen=True)
class NaiveMeanReversion:
    size: Size
    n: int = 20
    threshold: float = 2.0


@dataclass(frozen=True)
class Adaptive:
    """Thresholds that are quantiles of the last `window` values."""

    window: int
    low_quantile: Fraction
    high_quantile: Fraction


@dataclass(frozen=True)
class RsiReversion:
    size: Size
    n: int = 14
    low: float = 30.0
    high: float = 70.0
    exit: float = 50.0
    direction: str = "long"
    adaptive: Adaptive | None = None


@dataclass(frozen=True)
class VwapFade:
    size: Size
    entry_bps: float
    volume_n: int = 20
    volume_ratio: float = 1.5
    flat_at_close: bool = False
    direction: str = "long"


@dataclass(frozen=True)
class BuyAndHold:
    size: Size


@dataclass(frozen=True)
class Target:
    """Aim at this position, if it is not the present target."""

    lots: int


@dataclass(frozen=True)
class Send:
    """Send an order of one's own.

    `tag` is how the script speaks of it, `parent` is such a tag; orders with one `group` reduce
    each other.
    """

    tag: str
    order_type: str
    lots: int
    limit_ticks: int | None = None
    stop_ticks: int | None = None
    parent: str | None = None
    time_in_force: str = "GTC"
    group: str = ""
    reduce_only: bool = False


@dataclass(frozen=True)
class Replace:
    """Change the order of this tag; None leaves a field as it is, `lots` are signed."""

    tag: str
    lots: int | None = None
    limit_ticks: int | None = None
    stop_ticks: int | None = None


@dataclass(frozen=True)
class Cancel:
    tag: str


Action = Target | Send | Replace | Cancel
Actions = Mapping[int, tuple[Action, ...]]


@dataclass(frozen=True)
class Scripted:
    """Does what is written, at the close of the bar (from 0) and on the fill (from 1) it says.

    `clock` names the instrument whose bars are counted, if that is not the strategy's own; such
    a script sends orders only.
    """

    at_bar: Actions = field(default_factory=dict)
    on_fill: Actions = field(default_factory=dict)
    clock: str | None = None


Signal = EmaCross | BollingerReversion | NaiveMeanReversion | RsiReversion | VwapFade | BuyAndHold


@dataclass(frozen=True)
class Strategy:
    """A strategy as configured: its name, its one instrument, what it does, how positions end.

    `interval_ns` is of the bars it hears, if that is not the shortest there are; a script that
    `hears_ticks` counts quotes and prints beside them.
    """

    name: str
    instrument: str
    plan: Signal | Scripted
    exits: tuple[Exit, ...] = ()
    interval_ns: int | None = None
    hears_ticks: bool = False
