"""Messages and configurations for the core, so that a test names only what it is about."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from actors.assembly import Core
from actors.runtime.actor import Actor
from trader.config.schema import (
    Account,
    Config,
    DataSource,
    ExitConfig,
    InstrumentConfig,
    RiskConfig,
    Run,
    StrategyConfig,
)
from trader.model.account import AccountReported, ForeignAdopted
from trader.model.control import RunStarted
from trader.model.envelope import Envelope, Message
from trader.model.market import BarClosed
from trader.model.orders import (
    OrderFilled,
    OrderRole,
    OrderType,
    SubmitOrder,
    TargetPosition,
    TimeInForce,
)
from trader.model.units import MINUTE_NS

Kind = TypeVar("Kind", bound=Actor)

A: Final = "A.v"
B: Final = "B.v"
SCRIPTED: Final = str(Path(__file__).with_name("scripted.py"))


def given(actor: Actor, *messages: Message, now: int = 0) -> list[Message]:
    """Everything that the actor answers to these messages, delivered one after the other."""
    return [
        answer for message in messages for answer in actor.handlers[type(message)](message, now)
    ]


def reborn(actor: Kind, other: Kind) -> Kind:
    """The other actor, once it has taken the state of the first; both dump the same bytes."""
    other.load(actor.dump())
    assert other.dump() == actor.dump()
    return other


def bar(
    close: int, *, row: int = 1, instrument: str = A, high: int = 0, low: int = 0, lots: int = 1000
) -> BarClosed:
    """The minute bar `row`, which closes there; without a range of its own it is flat."""
    opened = row * MINUTE_NS
    return BarClosed(
        instrument,
        MINUTE_NS,
        close,
        high or close,
        low or close,
        close,
        lots,
        opened,
        opened + MINUTE_NS,
    )


def target(lots: int, **fields: Any) -> TargetPosition:
    """Strategy `one` wants to stand at so many lots of A, decided at 100 ticks."""
    usual = {"strategy": "one", "instrument": A, "ref_ticks": 100, "reason": "because"}
    return TargetPosition(lots=lots, **{**usual, **fields})


def submit(lots: int, **fields: Any) -> SubmitOrder:
    """A market order of strategy `one` in A, made from a target."""
    usual: dict[str, Any] = {
        "client_order_id": "main-one-1-1",
        "strategy": "one",
        "instrument": A,
        "order_type": OrderType.MARKET,
        "limit_ticks": None,
        "stop_ticks": None,
        "time_in_force": TimeInForce.GTC,
        "role": OrderRole.TARGET,
        "parent": "",
        "ref_ticks": 100,
        "ts_decided": 0,
    }
    return SubmitOrder(lots=lots, **{**usual, **fields})


def filled(lots: int, ticks: int = 100, **fields: Any) -> OrderFilled:
    """A fill as the order manager passes it on."""
    usual = {
        "client_order_id": "main-one-1-1",
        "strategy": "one",
        "instrument": A,
        "trade_id": "t",
    }
    return OrderFilled(last_lots=lots, last_ticks=ticks, **{**usual, **fields})


def adopted(
    lots: int = 0,
    ticks: int = 100,
    *,
    left: int | None = None,
    limit: int | None = None,
    fee: int = 0,
    id_: str = "web_1",
) -> ForeignAdopted:
    """Somebody else traded so many lots of A, or has an order that may still fill what is left."""
    return ForeignAdopted(
        client_order_id=id_,
        strategy="ext_A",
        instrument=A,
        trade_id="t" if lots else "",
        last_lots=lots,
        last_ticks=ticks if lots else 0,
        fee=fee,
        lots_left=left,
        limit_ticks=limit,
    )


def strategy(name: str = "one", *, instrument: str = A, **params: Any) -> StrategyConfig:
    """A strategy that reads its actions off a script; `stop_n` gives it a stop of so many bars."""
    stop_n = params.pop("stop_n", None)
    exits = () if stop_n is None else (ExitConfig(kind="atr_stop", n=stop_n, k=Decimal(2)),)
    return StrategyConfig(
        name=name, file=SCRIPTED, instrument=instrument, params=params, exits=exits
    )


def bundled(name: str, kind: str, *, instrument: str = A, **params: Any) -> StrategyConfig:
    """A strategy of the library."""
    return StrategyConfig(name=name, type=kind, instrument=instrument, params=params)


def config(
    strategies: Sequence[StrategyConfig] = (),
    *,
    risk: RiskConfig | None = None,
    cash: int = 10_000,
    decide_from: int | None = None,
    **whole: Any,
) -> Config:
    """Minute bars of A and B, whose ticks are cents and whose lots are whole."""
    return Config(
        run=Run(name="trial", from_=decide_from),
        account=Account(currency="USD", cash=Decimal(cash)),
        instruments=tuple(_instrument(symbol) for symbol in "AB"),
        data=tuple(
            DataSource(kind="bars", instrument=name, interval="1m", path="memory")
            for name in (A, B)
        ),
        strategies=tuple(strategies),
        risk=risk or RiskConfig(),
        **whole,
    )


def _instrument(symbol: str) -> InstrumentConfig:
    return InstrumentConfig(
        symbol=symbol, venue="v", tick=Decimal("0.01"), lot=Decimal(1), currency="USD"
    )


def awake(whole: Config, *, patient: bool = False) -> tuple[Core, list[Envelope]]:
    """A core that has reconciled, and everything that will be said in it."""
    core = Core(whole, patient=patient)
    core.reactor.note(RunStarted(run="trial", epoch=1), MINUTE_NS)
    core.reactor.note(AccountReported(request_id="a", count=0, ts_event=0), MINUTE_NS)
    said: list[Envelope] = []
    core.reactor.observer = said.append
    return core, said
