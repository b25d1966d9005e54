"""The exceptions that leave the rim, and whose fault each one is.

    TraderdError
    ├── UsageError          the command line asks for something that is not there   exit 2
    ├── ConfigError         the configuration is wrong                              exit 2
    ├── DataError           a recorded file is wrong                                exit 3
    │   └── RangeError      its amounts leave 64 bits                               exit 3
    ├── VerificationError   two accounts of the same run differ                     exit 4
    ├── VenueFault          the venue or the way to it failed                       exit 6
    ├── DaemonAbsent        no daemon answers there                                 exit 6
    └── AccountHeld         another instance trades this account                    exit 7

Inside the core nothing is raised for what can be expected: a denial, a rejection or a gap is a
message. What is raised here ends the command with one line a person can act on. The two exit codes
below are no error's: the command did its work, but ended halted or before its time.
"""

from typing import ClassVar, Final

ENDED_HALTED: Final = 5
"""It ended halted, or with a strategy quarantined."""
INTERRUPTED: Final = 130
"""A signal ended it early."""


class TraderdError(Exception):
    """A mistake with an address: what is wrong, where it is, what to do."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return ", ".join(part for part in (self.message, self.where, self.hint) if part)


class UsageError(TraderdError):
    """The command line names something that does not exist or does not fit."""

    code = "usage"
    exit_code = 2


class ConfigError(TraderdError):
    """The configuration does not say what it must, or says what it may not."""

    code = "config"
    exit_code = 2


class DataError(TraderdError):
    """A recorded file breaks the promises of its kind."""

    code = "data"
    exit_code = 3


class RangeError(DataError):
    """Prices, sizes or money grow beyond 64 bits, in which everything is counted."""


class VerificationError(TraderdError):
    """A replay, a hash or a comparison disagrees."""

    code = "verification"
    exit_code = 4


class VenueFault(TraderdError):
    """The venue answered nonsense, or the way to it broke."""

    code = "venue"
    exit_code = 6


class DaemonAbsent(TraderdError):
    """No daemon answers where one was asked, or it stopped in the middle of an answer."""

    code = "not_running"
    exit_code = 6


class AccountHeld(TraderdError):
    """Another instance already trades this account."""

    code = "account_held"
    exit_code = 7
