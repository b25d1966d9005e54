"""A run in the step gear, followed from outside: shown while it runs, paced, stopped at a row."""

import struct
from collections.abc import Callable, Iterator, Mapping
from traceback import walk_tb
from typing import Final, TypeAlias, get_type_hints

from msgspec import Struct

from actors.assembly import make_strategy
from actors.core.feed import Feed
from actors.core.strategy import StrategyActor
from sims.build import build
from sims.simulation import ENDLESS, Simulation
from sims.streams import Source
from trader.config.notation import instant_text
from trader.config.schema import Config
from trader.config.spelling import shown
from trader.errors import RangeError
from trader.logic.ignoring import Ignored
from trader.model.orders import CancelKey, OrderRequested, ReplaceKey
from trader.model.units import Nanoseconds
from trader.research.frames import Inputs
from trader.research.interruption import Interruption
from trader.research.outcome import Outcome
from trader.research.pacing import Clock, Pacer
from trader.strategies.faults import told


class Moment(Struct, frozen=True, kw_only=True):
    """How far a run has come: rows done of all, the simulated instant, the account's worth.

    `stage` names what is run, where it is not the run itself.
    """

    rows: int
    rows_total: int
    now: Nanoseconds
    equity: float
    stage: str = ""


Watch: TypeAlias = Callable[[Moment], None]


class Follower:
    """Looks at a run between its chunks, and between its instants where it is paced."""

    def __init__(self, watch: Watch, interruption: Interruption, pacer: Pacer | None) -> None:
        self.watch: Final = watch
        self._interruption: Final = interruption
        self._pacer: Final = pacer

    def broken_off(self) -> None:
        """A strategy did not come back from its row: the run ends as an interrupted one does."""
        self._interruption.wanted = True

    def follow(self, simulation: Simulation) -> None:
        """Runs it to its end, or to the row after the one at which somebody interrupted."""
        self._show(simulation)
        if self._pacer is not None:
            simulation.pacer = lambda now: self._pace(simulation, now)
        try:
            simulation.run(self._show)
        except struct.error as error:
            # The tables hold 64 bits and say so; nothing has wrapped.
            raise RangeError(
                "an amount leaves the range of int64",
                where=f"row {simulation.core.reactor.state.seq} of the run",
                hint="fewer lots, or coarser ticks and lots",
            ) from error

    def _show(self, simulation: Simulation) -> None:
        self.watch(moment_of(simulation))
        self._heed(simulation)

    def _heed(self, simulation: Simulation) -> None:
        # A whole row more, rather than here and now: a replay can stop at a row, at nothing else.
        if self._interruption.wanted and simulation.until == ENDLESS:
            simulation.until = simulation.rows + 1

    def _pace(self, simulation: Simulation, now: Nanoseconds) -> None:
        assert self._pacer is not None
        if not self._interruption.wanted:
            self._pacer(now)
            self.watch(moment_of(simulation))
        self._heed(simulation)


def moment_of(simulation: Simulation, stage: str = "") -> Moment:
    """How far it has come."""
    core = simulation.core
    return Moment(
        rows=core.reactor.state.seq,
        rows_total=simulation.rows_total,
        now=simulation.now,
        equity=core.portfolio.state.equity / 10**core.scale.places,
        stage=stage,
    )


def run_step(config: Config, sources: list[Source], follower: Follower, clock: Clock) -> Outcome:
    """Runs the sources through the graph."""
    begun = clock()
    simulation = build(config, sources, clock)
    built = clock()
    broken_off = ""
    try:
        follower.follow(simulation)
    except KeyboardInterrupt as error:
        # What it left half done is the state of no row: those before it are run once more.
        row = simulation.core.reactor.state.seq
        if row < 2 or not _is_of_a_strategy(error):  # noqa: PLR2004 - a row before it
            raise
        broken_off = f"row {row}: {told(error)}"
        simulation = build(config, sources, clock)
        simulation.until = row - 1
        follower.broken_off()
        follower.follow(simulation)
    seconds = clock() - built - simulation.load_seconds
    return outcome_of(
        simulation,
        load_seconds=built - begun + simulation.load_seconds,
        run_seconds=seconds,
        broken_off=broken_off,
    )


def _is_of_a_strategy(error: BaseException) -> bool:
    """Whether it was raised while a strategy was asked."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    return any(frame.f_globals.get("__name__") == StrategyActor.__module__ for frame in frames)


def outcome_of(
    simulation: Simulation,
    *,
    load_seconds: float = 0.0,
    run_seconds: float = 0.0,
    broken_off: str = "",
) -> Outcome:
    """What a simulation left behind."""
    core = simulation.core
    [feed] = [each for each in core.reactor.actors if isinstance(each, Feed)]
    return Outcome(
        tables=core.tables,
        scale=core.scale,
        rows=simulation.rows,
        rows_total=simulation.rows_total,
        now=simulation.now,
        digest=core.tables.digest(),
        state_hash=core.state_hash(),
        trading_state=core.trading_state().name,
        marks={name: held.mark for name, held in core.portfolio.state.holdings.items()},
        ambiguous_bars=simulation.venue.ambiguous_bars,
        in_flight=simulation.in_flight,
        load_seconds=load_seconds,
        run_seconds=run_seconds,
        broken_off=broken_off,
        notes=[
            *(_ignored(*each) for each in core.order_manager.ignored.items()),
            *(note for source in simulation.sources for note in _unknown_book(source, feed)),
        ],
        faults={
            name.partition(":")[2]: f"{fault.error} (row {fault.seq}, {instant_text(fault.ts)})"
            for name, fault in core.reactor.state.quarantined.items()
        },
    )


_IGNORED: Final[Mapping[type, str]] = {
    OrderRequested: "orders were not taken, for another one of their key works",
    ReplaceKey: "changes named a key under which no order works",
    CancelKey: "cancels named a key under which no order works",
}


def _ignored(kind: tuple[str, type], ignored: Ignored) -> str:
    strategy, asked = kind
    first = f"first {shown(ignored.key)} at {instant_text(ignored.ts)}"
    return f"strategy {strategy}: {ignored.times} {_IGNORED[asked]}, {first}"


def _unknown_book(source: Source, feed: Feed) -> Iterator[str]:
    """When there was no market for want of a snapshot."""
    if source.kind != "depth":
        return
    book = feed.state.symbols[source.instrument].book
    if book.gaps:
        often = "once" if book.gaps == 1 else f"{book.gaps} times"
        until = "to the next snapshot" if book.synced else "to a snapshot, and none came at last"
        yield (
            f"the book of {source.instrument} lost updates {often}:"
            f" there was no market from there {until}"
        )
    elif not book.synced:
        yield f"the depth of {source.instrument} has no snapshot: there was no market"


def declared_inputs(config: Config) -> Inputs:
    """What each strategy writes down with a decision, and which of it are floats."""
    found = {}
    for each in config.strategies:
        strategy = make_strategy(each)
        types = get_type_hints(type(strategy.state))
        found[each.name] = [(name, types[name] is float) for name in strategy.inputs]
    return found
