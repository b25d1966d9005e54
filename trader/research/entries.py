"""What would become of an entry that a strategy made now, on either side.

The size is the configured one, and risk's own rules are asked, in a copy of what risk knows: the
order that would lead from where the strategy stands to where the entry wants it.
"""

from decimal import Decimal
from typing import Any, Final

import msgspec

from actors.assembly import fraction
from actors.core.risk import Risk
from trader.config.limits import facts_of
from trader.config.scale import scale_of
from trader.config.schema import Config
from trader.kernels.sizing import weighted_lots
from trader.logic.rules.gate import Gate
from trader.logic.rules.view import Account
from trader.model.orders import OrderRole, OrderType, SubmitOrder, TimeInForce
from trader.model.units import NONE, Lots, Nanoseconds
from trader.research.heard import in_money, rule_of
from trader.research.standing import Standing
from trader.research.telling import Told, side

_ID: Final = "asked"
"""Of an order that is never sent; no account makes such an id."""


def entries(standing: Standing, config: Config, now: Nanoseconds) -> list[Told]:
    """A buy and a sale at the instant `now`."""
    size = _size(standing)
    return [_entry(standing, config, sign, size, now) for sign in (1, -1)]


def _entry(
    standing: Standing, config: Config, sign: int, size: Lots | None, now: Nanoseconds
) -> Told:
    """What holds it back: the strategy's actor (`withheld`), or a rule of risk (`denied`)."""
    told: Told = {"side": side(sign), "target_lots": None, "lots": None}
    target = None if size is None else sign * size
    withheld = _withheld(standing, target, now)
    denied = None
    if target:
        told["target_lots"] = target
        told["lots"], denied = _judged(standing, config, target, now)
    return {**told, "withheld": withheld, "denied": denied}


def _withheld(standing: Standing, target: Lots | None, now: Nanoseconds) -> str | None:
    """Why an answer for this target would not become one."""
    state, lots = standing.actor.state, target or 0
    reasons = {
        "quarantined": standing.quarantined is not None,
        "disabled": state.disabled,
        "not_yet": now < state.decides_from,
        "no_size": target is None,
        "size_zero": target == 0,
        "target_already": target == state.target,
        "blocked": lots * state.blocked > 0,
        "warming_up": not standing.exits_ready,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _judged(
    standing: Standing, config: Config, target: Lots, now: Nanoseconds
) -> tuple[Lots, Told | None]:
    """The lots that would be ordered, and the rule that says no to them."""
    scale = scale_of(config)
    account = _copy(standing)
    gate = Gate(account, facts_of(config, scale))
    name, instrument = standing.config.name, standing.config.instrument
    own = gate.counting.standing(name, instrument)
    own.target = target
    lots = target - own.lots - own.aimed
    if not lots:
        return 0, None
    mark = standing.core.portfolio.state.holdings[instrument].mark
    order = SubmitOrder(
        client_order_id=_ID,
        strategy=name,
        instrument=instrument,
        lots=lots,
        order_type=OrderType.MARKET,
        limit_ticks=None,
        stop_ticks=None,
        time_in_force=TimeInForce.GTC,
        role=OrderRole.TARGET,
        parent="",
        ref_ticks=0 if mark == NONE else mark // 2,
        ts_decided=now,
    )
    denial = gate.judge(order, now)
    if denial is None:
        return lots, None
    return lots, {
        "code": denial.code,
        "rule": rule_of(denial.code),
        "compared": in_money(denial.detail, scale, config.account.currency),
    }


def _copy(standing: Standing) -> Account:
    """What risk knows, to be changed at will; cash and worth as they are, for it need not ask."""
    [risk] = [each for each in standing.core.reactor.actors if isinstance(each, Risk)]
    account = msgspec.msgpack.decode(risk.dump(), type=Account)
    books = standing.core.portfolio.state
    account.equity, account.cash = books.equity, books.cash
    return account


def _size(standing: Standing) -> Lots | None:
    """The lots of a full side as configured; None where only the strategy knows them."""
    params: Any = standing.actor.strategy.params
    lots, weight = getattr(params, "lots", None), getattr(params, "weight", None)
    if lots is not None:
        return abs(int(lots))
    if weight is None:
        return None
    books = standing.core.portfolio.state
    holding = books.holdings[standing.config.instrument]
    if holding.mark == NONE:
        return None
    return weighted_lots(books.equity, holding.mark, holding.half, *fraction(Decimal(weight)))
