"""Limits that an operator changes while a run goes on.

A limit passes the reader of the configuration, so it is refused for the same reasons. It can be
made wider or narrower, or set where it was not, but not taken away. What a run that began without
a limit does not look at cannot be limited later: it has to be started anew.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from msgspec.structs import replace

from trader.errors import ConfigError
from trader.logic.rules.limits import Limits, LimitValue
from trader.logic.rules.view import Account
from trader.model.control import LimitChanged, LimitRejected, SetLimit

Read: TypeAlias = Callable[[str, str], LimitValue]
"""From a limit's name and text to its value; raises ConfigError for what is none."""

_ALONE: Final = ("jump_max", "slippage_bps_max", "unprotected_max")
"""Each of these has somebody look at what nobody looks at otherwise."""
_BY_WORTH: Final = ("concentration_max", "sector_max", "borrow")
"""Any of these has risk hear before every order what the account is worth."""


class Setting:
    """Changes the limits of one account."""

    def __init__(self, limits: Limits, read: Read) -> None:
        """`limits` are those that the run begins with."""
        self._read = read
        blind = [name for name in _ALONE if getattr(limits, name) is None]
        if limits.concentration_max is None and limits.sector_max is None and limits.borrow:
            blind += _BY_WORTH
        self._blind: Final = tuple(blind)

    def take(self, account: Account, command: SetLimit) -> LimitChanged | LimitRejected:
        """Sets the limit, or says why not."""
        name = command.limit
        try:
            value = self._read(name, command.value)
        except ConfigError as error:
            return _rejected(command, error.message)
        if name in self._blind:
            return _rejected(command, "a run that began without it does not look at it")
        old = account.spelled.get(name, "null")
        account.limits = replace(account.limits, **{value.name: value.value})
        account.spelled[name] = value.text
        account.version += 1
        return LimitChanged(
            limit=name,
            old=old,
            new=value.text,
            by=command.by,
            reason=command.reason,
            version=account.version,
        )


def _rejected(command: SetLimit, text: str) -> LimitRejected:
    return LimitRejected(limit=command.limit, value=command.value, by=command.by, text=text)
