"""A run taken to a moment, to be asked there: a core at rest, and what a strategy saw last.

What was played is held against what was recorded before anybody is told: else it would be the
answer of another run.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from actors.assembly import Core, make_strategy
from sims.numbering import NumberedRow
from sims.simulation import Simulation
from sims.streams import BARS, Source
from trader.config.finest import heard_interval
from trader.config.notation import instant, instant_text
from trader.config.schema import Config, StrategyConfig
from trader.errors import UsageError, VerificationError
from trader.model.envelope import Envelope
from trader.model.market import BarClosed, Quote, Trade
from trader.model.units import BEFORE_ALL, Nanoseconds
from trader.research.again import play_until
from trader.research.differences import first_difference
from trader.research.frames import Frames
from trader.research.input_rows import InputRows
from trader.research.pacing import Clock
from trader.research.reopening import Reopened
from trader.research.stepping import Watch, declared_inputs
from trader.research.telling import Told

_HEARD: Final = (BarClosed, Quote, Trade)
_METHODS: Final = {
    BARS: "on_bar",
    "quotes": "on_quote",
    "depth": "on_quote",
    "trades": "on_trade",
}


class Played(Struct, frozen=True, kw_only=True):
    """A core when all that is due at a moment was told to it.

    `compared` rows of the run's tables, or steps of its journal, were the same, whichever it was
    `compared_with`; `saw` is what the strategy saw last.
    """

    core: Core
    compared: int
    saw: Told | None
    compared_with: str = "tables"


Play: TypeAlias = Callable[[StrategyConfig, Nanoseconds], Played]


class Playing:
    """Plays a simulated run from its folder."""

    def __init__(self, reopened: Reopened, watch: Watch, clock: Clock) -> None:
        self._run: Final = reopened
        self._watch: Final = watch
        self._clock: Final = clock
        self._rows: Final = InputRows(reopened)

    def __call__(self, own: StrategyConfig, ts: Nanoseconds) -> Played:
        """Plays it to `ts`; raises `UsageError` for a moment that lies outside of it."""
        self._check_within(ts)
        last = self._rows.numbering.last(ts, _heard(self._run.config, own, self._run.sources))
        heard: list[Envelope] = []
        simulation = play_until(
            self._run,
            ts,
            watch=self._watch,
            clock=self._clock,
            hear=heard.append,
            hear_from=BEFORE_ALL if last is None else last.known,
        )
        compared = self._compare(simulation, ts)
        saw = self._saw(own, last, heard)
        return Played(core=simulation.core, compared=compared, saw=saw)

    def _check_within(self, ts: Nanoseconds) -> None:
        run = self._run.folder.run
        first = self._rows.row(1).known
        last = instant(run["reached"]["ts"])
        if not first <= ts <= last:
            raise UsageError(
                f"{instant_text(ts)} lies {'before' if ts < first else 'after'} the run",
                where="TIME",
                hint=f"its rows are known from {instant_text(first)} to {instant_text(last)}",
            )

    # -- whether it is the same run -------------------------------------------------------------

    def _compare(self, simulation: Simulation, ts: Nanoseconds) -> int:
        """Holds what was played against the tables; how many rows of them were the same."""
        core, config, folder = simulation.core, self._run.config, self._run.folder
        cash = core.scale.of(config.account.cash)
        played = Frames(core.tables, core.scale, cash, declared_inputs(config)).all()
        recorded = {name: folder.frame(name) for name in played}
        if not folder.run["complete"] and ts >= instant(folder.run["reached"]["ts"]):
            # The run was stopped within its last instant, of which all was played now.
            played = {name: each.head(len(recorded[name])) for name, each in played.items()}
        before = {name: recorded[name].head(len(each)) for name, each in played.items()}
        found = first_difference(before, played, simulation.core.reactor.state.seq)
        if found is not None:
            raise VerificationError(
                "played again, the run is another one",
                where=f"first in {found.table} at {found.seq}.{found.n}",
                hint="`traderd replay` shows both sides: look for changed code or changed files",
            )
        return sum(map(len, played.values()))

    # -- what it saw ----------------------------------------------------------------------------

    def _saw(
        self, own: StrategyConfig, last: NumberedRow | None, heard: Sequence[Envelope]
    ) -> Told | None:
        """The last row of what it listens to; `heard` is what the feed made of it, if anything."""
        if last is None:
            return None
        interval = heard_interval(self._run.config, own)
        passed = [each.body for each in heard if passed_on(each, own.instrument, interval)]
        told = self._rows.told(last.seq)
        return {**told, "heard": self._rows.content(passed[-1]) if passed else None}


def passed_on(envelope: Envelope, instrument: str, interval: Nanoseconds) -> bool:
    """Whether it is market data as the feed passes them on to a strategy of that instrument."""
    body = envelope.body
    return (
        envelope.source == "feed"
        and isinstance(body, _HEARD)
        and body.instrument == instrument
        and (not isinstance(body, BarClosed) or body.interval_ns == interval)
    )


def _heard(config: Config, own: StrategyConfig, sources: Sequence[Source]) -> list[Source]:
    """The sources that its strategy listens to; its exits listen to bars."""
    strategy = make_strategy(own)
    interval = heard_interval(config, own)
    kinds = {kind for kind, method in _METHODS.items() if strategy.hears(method)}
    kinds |= {BARS} if own.exits else set()
    return [
        each
        for each in sources
        if each.instrument == own.instrument
        and each.kind in kinds
        and (each.kind != BARS or each.interval_ns == interval)
    ]
