"""Risk for tests: two instruments at 100 ticks, and what happens to orders there."""

from typing import Any, Final

from actors.core.risk import Risk
from tests.core import making
from tests.core.making import A, B, bar, given
from trader.errors import ConfigError
from trader.logic.rules.limits import Facts, Limits, LimitValue
from trader.model.control import SetLimit, TradingState, TradingStateChanged
from trader.model.envelope import Message
from trader.model.orders import OrderApproved, OrderDenied, OrderRole, OrderType, SubmitOrder
from trader.model.units import MINUTE_NS

NOW: Final = 2 * MINUTE_NS
ACTIVE: Final = TradingState.ACTIVE
FACTS: Final = (Facts(name=A, half=1), Facts(name=B, half=2))


def read(limit: str, text: str) -> LimitValue:
    """Whole numbers and fractions like 1/10 are all that an operator spells here."""
    parts = text.split("/")
    if not all(part.isdigit() for part in parts):
        raise ConfigError(f"{limit} is no number")
    numbers = [int(part) for part in parts]
    return LimitValue(limit, numbers[0] if len(parts) == 1 else tuple(numbers), text)


def moves(state: TradingState, previous: TradingState = ACTIVE) -> TradingStateChanged:
    return TradingStateChanged(state=state, previous=previous, code="c", by="b")


def cold(*facts: Facts, guarded: tuple[str, ...] = ("one",), **limits: Any) -> Risk:
    """Halted, and without a price. The positions of `one` are meant to have a stop."""
    return Risk(facts or FACTS, Limits(**limits), read=read, guarded=guarded)


def risk(*facts: Facts, **limits: Any) -> Risk:
    """Active, with all instruments at 100 ticks."""
    made = cold(*facts, **limits)
    given(made, moves(ACTIVE, TradingState.HALTED), now=NOW)
    given(made, *(bar(100, instrument=name) for name in made.state.exposures), now=NOW)
    return made


def own(lots: int, id_: str = "o", **fields: Any) -> SubmitOrder:
    """A market order that strategy `one` asked for itself."""
    return making.submit(lots, client_order_id=id_, **{"role": OrderRole.EXPLICIT, **fields})


def limit(lots: int, ticks: int, id_: str = "o", **fields: Any) -> SubmitOrder:
    return own(lots, id_, order_type=OrderType.LIMIT, limit_ticks=ticks, **fields)


def stop(lots: int, ticks: int, id_: str = "s", **fields: Any) -> SubmitOrder:
    """A protective one."""
    fields = {"role": OrderRole.PROTECTION, **fields}
    return own(lots, id_, order_type=OrderType.STOP, stop_ticks=ticks, **fields)


def filled(lots: int, id_: str = "before", ticks: int = 100, **fields: Any) -> Message:
    """A fill, of an order that nobody here knows of unless it is said."""
    return making.filled(lots, ticks, client_order_id=id_, **fields)


def verdict(gate: Risk, order: SubmitOrder, now: int = NOW) -> str:
    """The code of the order's denial, or nothing."""
    answer = given(gate, order, now=now)[0]
    assert isinstance(answer, OrderApproved | OrderDenied)
    return answer.code if isinstance(answer, OrderDenied) else ""


def about(kind: Any, id_: str = "o", **fields: Any) -> Any:
    """Something happened to an order of strategy `one` in A."""
    return kind(client_order_id=id_, strategy="one", instrument=A, **fields)


def sets(name: str, value: str) -> SetLimit:
    """Somebody sets a limit."""
    return SetLimit(limit=name, value=value, by="ada", reason="calm")
