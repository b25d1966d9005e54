"""Markets and settings that are hard on a clock: holes, midnights, jumps, one tick, one bar."""

from decimal import Decimal
from typing import Final

from hypothesis import strategies as st

from sims.streams import Source
from tests.sims.making import START, Row, config, cross, instrument, source
from trader.config.notation import interval_ns
from trader.config.schema import Account, Config, ReportConfig, Run, VenueConfig
from trader.model.units import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS, day_after

INTERVALS: Final = (MINUTE_NS, HOUR_NS, DAY_NS, 7 * SECOND_NS, 90 * MINUTE_NS, 5 * HOUR_NS)
EQUITY: Final = ("1m", "1h", "1d", "7s", "90m", "13h", "36h", "366d")
SAMPLES_MAX: Final = 400

# What lies between two bars: so many intervals, or one of these.
NEXT_MIDNIGHT: Final = -1
CLOSE_AT_MIDNIGHT: Final = -2
THREE_DAYS: Final = -3
ONE_NS: Final = -4
GAPS: Final = st.sampled_from(
    (*[0] * 8, 1, 2, 29, NEXT_MIDNIGHT, CLOSE_AT_MIDNIGHT, THREE_DAYS, ONE_NS)
)


def after(ts: int, gap: int, interval: int) -> int:
    """When the next bar opens, given the close of the one before."""
    match gap:
        case -1:
            return ts if ts % DAY_NS == 0 else day_after(ts)
        case -2:
            return day_after(ts + interval - 1) - interval
        case -3:
            return ts + 3 * DAY_NS
        case -4:
            return ts + 1
        case _:
            return ts + gap * interval


@st.composite
def markets(draw: st.DrawFn, interval: int) -> list[Row]:
    """One bar to forty; prices of a narrow range are often equal."""
    top = draw(st.sampled_from((1, 2, 4, 50, 10**6, 2**40)))
    price = st.integers(1, top)
    bars = draw(st.lists(st.tuples(GAPS, price, price, price, price), min_size=1, max_size=40))
    ts = START + draw(st.sampled_from((0, 1, interval, DAY_NS - interval, -interval)))
    rows = []
    for gap, open_, close, one, other in bars:
        ts = after(ts, gap, interval)
        prices = (open_, close, one, other)
        rows.append((ts, open_, max(prices), min(prices), close, one % 7))
        ts += interval
    return rows


@st.composite
def cases(draw: st.DrawFn) -> tuple[Config, Source]:
    """A run that the fused gear covers, all of a market's bars or some of them."""
    interval = draw(st.sampled_from(INTERVALS))
    rows = draw(markets(interval))
    begin = draw(st.integers(0, (len(rows) - 1) // 2))
    end = draw(st.integers(begin + 1, len(rows)))
    fast = draw(st.integers(1, 3))
    decide = draw(st.none() | st.tuples(st.integers(0, len(rows) - 1), st.integers(-1, 1)))
    span = rows[-1][0] + interval - rows[0][0]
    every = [None, *(each for each in EQUITY if span < SAMPLES_MAX * interval_ns(each))]
    whole = config(
        cross(
            fast=fast,
            slow=fast + draw(st.integers(1, 4)),
            lots=draw(st.sampled_from((1, 3, 1000))),
            direction=draw(st.sampled_from(("long", "both"))),
        ),
        interval_ns=interval,
        run=Run(name="trial", from_=decide and rows[decide[0]][0] + decide[1]),
        account=Account(currency="USD", cash=draw(st.sampled_from(CASH))),
        instruments=(instrument(tick=draw(st.sampled_from(TICKS)), lot=draw(LOTS)),),
        venue=VenueConfig(
            participation=None,
            slippage_bps=draw(st.sampled_from(SLIPPAGE_BPS)),
            slippage_ticks=draw(st.sampled_from((0, 0, 1, 3))),
        ),
        report=ReportConfig(equity_interval=draw(st.sampled_from(every))),
    )
    return whole, source(rows, interval_ns=interval, start=begin, stop=end)


CASH: Final = (Decimal(1_000), Decimal("0.01"), Decimal(10**9))
TICKS: Final = (Decimal(1), Decimal("0.01"), Decimal("0.00005"))
LOTS: Final = st.sampled_from((Decimal(1), Decimal("0.001"), Decimal(10)))
SLIPPAGE_BPS: Final = (
    *(Decimal(0), Decimal(0), Decimal(5), Decimal("30.25")),
    *(Decimal(10_000), Decimal("0.000001")),
)
