"""Why a strategy did not trade: the run played again to a moment, and the strategy asked there.

Before anything is told, what was played is held against what was recorded, row by row up to the
moment: else it would be the answer of another run.
"""

from collections.abc import Sequence
from typing import Final

from actors.assembly import Core, make_strategy
from sims.numbering import NumberedRow
from sims.simulation import Simulation
from sims.streams import BARS, Source
from trader.config.finest import heard_interval
from trader.config.notation import Unfit, instant, instant_text, whole_instant
from trader.config.schema import Config, StrategyConfig
from trader.config.spelling import nearest, shown
from trader.errors import UsageError, VerificationError
from trader.model.envelope import Envelope
from trader.model.market import BarClosed, Quote, Trade
from trader.model.orders import OrderStatus
from trader.model.units import BEFORE_ALL, Lots, Nanoseconds
from trader.research.again import play_until
from trader.research.differences import first_difference
from trader.research.entries import entries
from trader.research.frames import Frames
from trader.research.input_rows import InputRows
from trader.research.messages import KINDS, message
from trader.research.pacing import Clock
from trader.research.reopening import Reopened
from trader.research.standing import Standing, trading
from trader.research.stepping import Watch, declared_inputs
from trader.research.telling import Telling, Told
from trader.research.trade_frame import SIDES

_HEARD: Final = (BarClosed, Quote, Trade)
_METHODS: Final = {
    BARS: "on_bar",
    "quotes": "on_quote",
    "depth": "on_quote",
    "trades": "on_trade",
}
_WITHHELD: Final = {
    "quarantined": "it raised and is quarantined",
    "disabled": "a rule of risk disabled it until a person lets it trade again",
    "not_yet": "it does not decide yet",
    "blocked": "an exit ended its last entry on this side, and its rule has asked for it since",
    "warming_up": "its exits are warming up",
    "size_zero": "its size comes to 0 lots",
}


def strategy_of(config: Config, name: str) -> StrategyConfig:
    """The strategy of this name; `UsageError` with the nearest one if there is none."""
    for each in config.strategies:
        if each.name == name:
            return each
    raise UsageError(
        f"the run has no strategy {shown(name)}",
        where="STRATEGY",
        hint=nearest(name, [each.name for each in config.strategies]),
    )


def instant_of(text: str) -> Nanoseconds:
    """An instant as a person gives it: ISO 8601, or nanoseconds since 1970."""
    try:
        return whole_instant(int(text)) if text.lstrip("-").isdigit() else instant(text)
    except Unfit as unfit:
        raise UsageError(unfit.message, where="TIME", hint=unfit.hint) from None


class WhyNot:
    """Answers for one run."""

    def __init__(self, reopened: Reopened, watch: Watch, clock: Clock) -> None:
        self._run = reopened
        self._watch = watch
        self._clock = clock
        self._rows = InputRows(reopened)
        self._telling = Telling(reopened.config)

    def document(self, strategy: str, time: str) -> Told:
        """The whole answer; raises `UsageError` for a strategy or a time that the run has not."""
        config, run = self._run.config, self._run.folder.run
        own, ts = strategy_of(config, strategy), instant_of(time)
        self._check_within(ts)
        last = self._rows.numbering.last(ts, _heard(config, own, self._run.sources))
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
        standing = Standing(simulation.core, config, own)
        told = {
            "run": run["id"],
            "strategy": own.name,
            "instrument": own.instrument,
            "time": instant_text(ts),
            "currency": self._telling.currency,
            "rows": simulation.core.reactor.state.seq,
            "rows_compared": compared,
            "saw": self._saw(own, last, heard),
            **standing.told(ts),
            "trading": trading(simulation.core),
            "entries": entries(standing, config, ts),
            "last_decision": self._last(simulation.core, own.name, "decisions"),
            "last_order": self._last(simulation.core, own.name, "orders"),
        }
        return {**told, "held_back": _held_back(told)}

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
        passed = [
            each.body
            for each in heard
            if each.source == "feed"
            and isinstance(each.body, _HEARD)
            and each.body.instrument == own.instrument
            and (not isinstance(each.body, BarClosed) or each.body.interval_ns == interval)
        ]
        told = self._rows.told(last.seq)
        return {**told, "heard": self._rows.content(passed[-1]) if passed else None}

    def _last(self, core: Core, strategy: str, table: str) -> Told | None:
        """The last of its decisions, or of its orders; of a denied order its denial."""
        frames = Frames(core.tables, core.scale, 0, declared_inputs(self._run.config))
        rows = getattr(frames, table)().filter(strategy=strategy).tail(1).to_dicts()
        if not rows:
            return None
        told = self._telling.message(message(KINDS[table], rows[0]))
        if told.get("status") == OrderStatus.DENIED.name:
            id_ = told["client_order_id"]
            [denial] = frames.denials().filter(client_order_id=id_).to_dicts()
            return self._telling.message(message("denial", denial))
        return told


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


def apart(told: Told) -> list[str]:
    """Why it holds something else than its target, and by which of the two its rule goes."""
    wanted, held = told["target_lots"], told["position_lots"]
    last = told["last_order"]
    why = f"its target of {wanted} lots stands, but it holds {held}"
    if last is not None and last["kind"] == "denial":
        id_, code = last["client_order_id"], last["code"]
        why = f"its target of {wanted} lots stands, but risk denied {id_}: {code}"
    elif told["working"]:
        why += f"; working: {', '.join(each['client_order_id'] for each in told['working'])}"
    elif last is not None:
        why += f": {last['client_order_id']} is {last['status']}"
    if _side(wanted) == _side(held):
        return [why]
    believes = f"its rule goes by its target and takes itself for {_side(wanted)}"
    return [why, f"{believes}; it is {_side(held)}: it holds {held} lots"]


def _side(lots: Lots) -> str:
    return "flat" if not lots else SIDES[1 if lots > 0 else -1].lower()


def _held_back(told: Told) -> list[str]:
    """In a sentence each, what kept it from another position at that moment."""
    found = []
    if told["trading"]["state"] != "ACTIVE":
        found.append(f"trading is {told['trading']['state']}: {told['trading']['reason']}")
    if told["target_lots"] != told["position_lots"]:
        found += apart(told)
    found += [
        f"its rule: {each['name']} is {each['value']}, it needs {each['needs']}"
        for each in told["conditions"]
        if not each["holds"]
    ]
    for entry in told["entries"]:
        if entry["withheld"] in _WITHHELD:
            found.append(f"a {entry['side'].lower()}: {_WITHHELD[entry['withheld']]}")
        if entry["denied"] is not None:
            denied = entry["denied"]
            what = f"a {entry['side'].lower()} of {abs(entry['lots'])} lots"
            found.append(f"risk would deny {what}: {denied['code']}, {denied['compared']}")
    return found
