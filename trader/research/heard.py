"""What the tables of a run do not hold, heard from the run itself when it is played again.

A denial knows what its rule compared, a breaker how far its measure went, the venue why it ended
an order. All of it is said once, in the step in which it happened.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from trader.config.scale import scale_of
from trader.config.schema import Config
from trader.errors import VerificationError
from trader.logic.rules.policy import POLICY
from trader.model.control import LimitBreached
from trader.model.envelope import Envelope, Name
from trader.model.money import MoneyScale
from trader.model.orders import (
    OrderCanceled,
    OrderDenied,
    OrderExpired,
    OrderRejected,
)
from trader.model.units import BEFORE_ALL
from trader.research.again import play_until
from trader.research.input_rows import InputRows
from trader.research.messages import Message, text
from trader.research.pacing import Clock
from trader.research.reopening import Reopened
from trader.research.stepping import Watch
from trader.research.telling import Told

_QUANTA: Final = re.compile(r"(-?[0-9]+) quanta(, allowed | of |, at least )(-?[0-9]+)$")
_BPS: Final = "slippage_bps_max"
_BY_SECONDS: Final = "unprotected_max"


class Hearing:
    """Plays a run again, up to one of its messages."""

    def __init__(self, reopened: Reopened, watch: Watch, clock: Clock) -> None:
        self._run = reopened
        self._watch = watch
        self._clock = clock
        self._rows = InputRows(reopened)

    def __call__(self, message: Message) -> Sequence[Envelope]:
        """All that was said since the message's row was read; the message itself is among it.

        Raises `VerificationError` if it is not.
        """
        seq = message.name[0]
        heard: list[Envelope] = []

        def hear(envelope: Envelope) -> None:
            if envelope.seq == seq:
                heard.append(envelope)

        play_until(
            self._run,
            message.ts,
            watch=self._watch,
            clock=self._clock,
            hear=hear,
            hear_from=self._rows.row(seq).known if seq else BEFORE_ALL,
        )
        if not any((each.seq, each.n) == message.name for each in heard):
            raise VerificationError(
                f"played again, the run says nothing by the name {text(message.name)}",
                where=str(self._run.folder.path),
                hint="`traderd replay` shows where it differs; --tables asks the tables alone",
            )
        return heard


def rule_of(code: str) -> str:
    """What a rule of risk promises."""
    texts = {maker.__name__: maker.__doc__ or "" for maker in POLICY}
    return texts.get(code, "").partition("\n")[0]


def compared_of(heard: Iterable[Envelope], name: Name, config: Config) -> str | None:
    """What the rule held against what, money in account currency."""
    for each in heard:
        if (each.seq, each.n) == name and isinstance(each.body, OrderDenied):
            return in_money(each.body.detail, scale_of(config), config.account.currency)
    return None


def in_money(detail: str, scale: MoneyScale, currency: str) -> str:
    """A rule's own words with amounts in place of quanta.

    >>> in_money("worst case 1500 quanta, allowed 1000", MoneyScale(places=2, half={}), "USD")
    'worst case 15 USD, allowed 10 USD'
    """

    def amounts(match: re.Match[str]) -> str:
        first, second = (f"{scale.text(int(match[group]))} {currency}" for group in (1, 3))
        return f"{first}{match[2]}{second}"

    return _QUANTA.sub(amounts, detail)


def breach_of(heard: Iterable[Envelope], state: Message, config: Config) -> Told | None:
    """The breaker behind a change of the trading state, and how far its measure went."""
    for each in heard:
        breach = each.body
        if isinstance(breach, LimitBreached) and breach.limit == state.row["reason"]:
            return _breach(breach, config)
    return None


def _breach(breach: LimitBreached, config: Config) -> Told:
    currency = config.account.currency
    if breach.limit == _BPS:
        value, bound, unit = str(breach.value), str(breach.bound), "bps"
    else:
        value, bound = map(scale_of(config).text, (breach.value, breach.bound))
        unit = f"{currency} x seconds" if breach.limit == _BY_SECONDS else currency
    return {"limit": breach.limit, "value": value, "bound": bound, "unit": unit}


def reason_of(heard: Iterable[Envelope], client_order_id: str) -> str | None:
    """With what word the venue ended an order."""
    for each in heard:
        body = each.body
        if getattr(body, "client_order_id", None) != client_order_id:
            continue
        match body:
            case OrderCanceled() | OrderExpired():
                return body.reason or None
            case OrderRejected():
                return body.code
            case _:
                pass
    return None
