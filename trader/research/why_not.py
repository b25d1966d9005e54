"""Why a strategy did not trade: the run played again to a moment, and the strategy asked there.

Before anything is told, what was played is held against what was recorded, row by row up to the
moment: else it would be the answer of another run.
"""

from typing import Final

from actors.assembly import Core
from trader.config.notation import Unfit, instant, instant_text, whole_instant
from trader.config.schema import Config, StrategyConfig
from trader.config.spelling import nearest, shown
from trader.errors import UsageError
from trader.model.orders import OrderStatus
from trader.model.units import Lots, Nanoseconds
from trader.research.entries import entries
from trader.research.frames import Frames
from trader.research.messages import KINDS, Asked, message
from trader.research.playing import Play
from trader.research.standing import Standing, trading
from trader.research.stepping import declared_inputs
from trader.research.telling import Telling, Told
from trader.research.trade_frame import SIDES

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
    """Answers for one run, which `play` takes to a moment."""

    def __init__(self, run: Asked, play: Play) -> None:
        self._run = run
        self._play = play
        self._telling = Telling(run.config)

    def document(self, strategy: str, time: str) -> Told:
        """The whole answer; raises `UsageError` for a strategy or a time that the run has not."""
        config, run = self._run.config, self._run.folder.run
        own, ts = strategy_of(config, strategy), instant_of(time)
        played = self._play(own, ts)
        core = played.core
        standing = Standing(core, config, own)
        told = {
            "run": run["id"],
            "strategy": own.name,
            "instrument": own.instrument,
            "time": instant_text(ts),
            "currency": self._telling.currency,
            "rows": core.reactor.state.seq,
            "rows_compared": played.compared,
            "compared_with": played.compared_with,
            "saw": played.saw,
            **standing.told(ts),
            "trading": trading(core),
            "entries": entries(standing, config, ts),
            "last_decision": self._last(core, own.name, "decisions"),
            "last_order": self._last(core, own.name, "orders"),
        }
        return {**told, "held_back": _held_back(told)}

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
