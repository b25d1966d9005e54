"""Generated runs on quotes, prints and books: several instruments and kinds in one account.

Prices that a script names are taken from the market around it.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from sims.seeds import stream
from tests.oracle.gate import Limits
from tests.oracle.market import (
    DAY_NS,
    Bar,
    Dividend,
    Halt,
    Happening,
    Happenings,
    Instrument,
    Sessions,
    Source,
    Split,
)
from tests.oracle.orders import VenueRules
from tests.oracle.strategies import Action, Replace, Scripted, Send, Strategy
from tests.oracle.tape.rows import Tape, TapeRun
from tests.oracle.ticks import SECOND_NS
from tests.semantics.breaking import with_breakers
from tests.semantics.cases import GRIDS, exits, script, signal
from tests.semantics.markets import (
    CALENDARS,
    FIRST_DAYS,
    MINUTE_NS,
    SHAPES,
    START,
    Chance,
    market,
    sessions_of,
    within,
)
from tests.semantics.tick_markets import Hours, Kind, near_bars, tapes

MARKETS: Final[tuple[tuple[Kind, ...], ...]] = (
    ("quotes",),
    ("quotes", "trades"),
    ("trades",),
    ("depth",),
    ("depth", "trades"),
    (),
)
"""The kinds of ticks an instrument may have; without any it trades on bars."""
SIGNALS: Final = ("ema_cross", "bollinger", "hold", "rsi", "vwap")
LATENCIES: Final = (1, 5 * SECOND_NS, MINUTE_NS, 5 * MINUTE_NS)
RATIOS: Final = ((2, 1), (1, 2), (3, 2), (7, 1), (1, 10), (2, 3))
DRAWS: Final = 5_000


def rules(rng: Chance) -> VenueRules:
    return VenueRules(
        slippage_bps=Fraction(rng.choice((0, 20))),
        slippage_ticks=rng.choice((0, 0, 1)),
        participation=rng.choice((None, Fraction("0.3"))),
        maker_bps=Fraction(rng.choice(("0", "-0.5"))),
        taker_bps=Fraction(rng.choice(("0", "2.5"))),
        per_lot=Fraction(rng.choice(("0", "0.005"))),
    )


def tick_case(seed: int) -> TapeRun:
    """The run of a seed."""
    rng = stream(seed, "tick semantics")
    instruments: list[Instrument] = []
    sources: list[Source] = []
    recorded: list[Tape] = []
    strategies: list[Strategy] = []
    happenings: list[Happenings] = []
    times = Times(rng)
    for number in range(rng.choice((1, 2, 2, 3))):
        name = f"{'XYZ'[number]}.sim"
        kinds = MARKETS[rng.randint(0, 4 if number == 0 else 5)]
        calendar, hours = times.of_one(rng)
        instruments.append(Instrument(name, *rng.choice(GRIDS), calendar))
        own = tapes(rng, name, kinds, hours) if kinds else []
        recorded += own
        has_bars = not kinds or rng.random() < 0.5
        if has_bars:
            shape = rng.choice(SHAPES) if calendar is None else SHAPES[0]
            bars = market(rng, MINUTE_NS, hours.begins, rng.randint(20, 45), shape)
            sources.append(Source(name, bars))
            heard = signal(rng, rng.choice(SIGNALS))
            strategies.append(Strategy(f"s{len(strategies)}", name, heard, exits(rng)))
        if own:
            near = near_bars(own)
            for _ in range(rng.choice((1, 1, 2))):
                kind = rng.choice(("targets", "orders", "brackets", "both"))
                plan = _varied(rng, script(rng, near, kind))
                ends = exits(rng) if has_bars else ()
                label = f"s{len(strategies)}"
                strategies.append(Strategy(label, name, plan, ends, hears_ticks=True))
            happened = _happened(rng, near, has_bars=has_bars)
            if happened:
                happenings.append(Happenings(name, happened))
    run = TapeRun(
        cash=Fraction(rng.choice((10_000, 500_000))),
        instruments=tuple(instruments),
        sources=tuple(sources),
        strategies=tuple(strategies),
        rules=rules(rng),
        equity_interval_ns=rng.choice((10 * MINUTE_NS, 60 * MINUTE_NS, None)),
        happenings=tuple(happenings),
        calendars=times.calendars,
        tapes=tuple(recorded),
        by_volume=rng.random() < 0.75,
        venue_stale_ns=rng.choice((60, 60, 10)) * SECOND_NS,
        seed=seed,
    )
    if rng.random() < 0.25:
        run = replace(run, limits=_limits(rng, run))
    run = _with_latency(rng, run) if rng.random() < 0.4 else run
    return with_breakers(seed, run)


class Times:
    """The hours of a run's markets, which begin near one instant; some have a calendar."""

    def __init__(self, rng: Chance) -> None:
        self.calendars: dict[str, Sessions] = {}
        self._shared: str | None = rng.choice(CALENDARS) if rng.random() < 0.4 else None
        midnight = START // DAY_NS * DAY_NS + DAY_NS
        self._begins = rng.choice((START, midnight - 10 * MINUTE_NS, midnight - 2 * MINUTE_NS))
        if self._shared is not None:
            first = rng.choice(FIRST_DAYS) * DAY_NS
            opens, closes = next(each for each in sessions_of(self._shared) if each[0] >= first)
            self._begins = rng.choice((opens, closes - 20 * MINUTE_NS, closes - 5 * MINUTE_NS))

    def of_one(self, rng: Chance) -> tuple[str | None, Hours]:
        """The calendar of an instrument, and when its market is recorded."""
        if self._shared is None or rng.random() < 0.2:
            midnight = self._begins // DAY_NS * DAY_NS
            return None, Hours(self._begins, (midnight + DAY_NS, midnight + 2 * DAY_NS))
        sessions = within(sessions_of(self._shared), self._begins, self._begins)
        self.calendars[self._shared] = sessions
        turns = tuple(ts for each in sessions for ts in each)
        return self._shared, Hours(self._begins, turns)


def _varied(rng: Chance, plan: Scripted) -> Scripted:
    """Some changes ask for a size that orders were sent with, some children have children."""
    sends = [act for acts in plan.at_bar.values() for act in acts if isinstance(act, Send)]

    def varied(act: Action) -> Action:
        if isinstance(act, Replace) and sends and rng.random() < 0.4:
            return replace(act, lots=abs(rng.choice(sends).lots))
        if isinstance(act, Send) and act.parent and act.tag > "b" and rng.random() < 0.6:
            return replace(act, parent="b", lots=-act.lots)
        return act

    return Scripted({at: tuple(map(varied, acts)) for at, acts in plan.at_bar.items()})


def _happened(rng: Chance, near: tuple[Bar, ...], *, has_bars: bool) -> tuple[Happening, ...]:
    """Perhaps a suspension, and now and then splits and dividends; these between bars of a minute.

    The first row is always a price.
    """
    rows: list[Happening] = []
    if rng.random() < 0.2:
        begin = rng.choice(near).ts_open + rng.choice((0, SECOND_NS))
        end = begin + rng.choice((1, 90)) * SECOND_NS
        rows += [Halt(begin), Halt(end, is_over=True)]
    if rng.random() < 0.25:
        for _ in range(rng.choice((1, 2, 3))):
            ts = rng.choice(near[1:]).ts_open + rng.choice((0, 0, -SECOND_NS, SECOND_NS))
            ts = ts // MINUTE_NS * MINUTE_NS if has_bars else ts
            if ts > near[0].ts_open:
                amount = Fraction(rng.choice(("0.25", "1", "0.00000001", "3.5")))
                rows.append(
                    Split(ts, *rng.choice(RATIOS)) if rng.random() < 0.5 else Dividend(ts, amount)
                )
    return tuple(sorted(rows, key=lambda row: row.ts))


def _limits(rng: Chance, run: TapeRun) -> Limits:
    names = [each.name for each in run.instruments]
    return Limits(
        stale_ns=rng.choice(({}, dict.fromkeys(names, 150 * SECOND_NS))),
        denies_closed=rng.random() < 0.5,
        lots_max=rng.choice((None, 10)),
        position_max=rng.choice((None, 10, 25)),
        orders_max=rng.choice((None, 3)),
        orders_window_ns=5 * MINUTE_NS,
    )


def _with_latency(rng: Chance, run: TapeRun) -> TapeRun:
    """Both ways take time, and each message a little more or less."""
    jitter = rng.choice((0, SECOND_NS, 40 * SECOND_NS))
    chance = stream(run.seed, "latency")
    draws = tuple(chance.randint(0, jitter) for _ in range(DRAWS))
    return replace(run, latency_ns=rng.choice(LATENCIES), jitter_ns=jitter, jitter=draws)
