"""What may be lost before trading is stopped, and the state that trading is in.

A run is ACTIVE from before its first row on, and nobody lifts what a breaker has ordered: each of
them speaks once at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tests.oracle.ledger import Ledger

OnBreach = Literal["halt", "reduce", "flatten"]
REMEDIES: dict[OnBreach, str] = {"halt": "HALTED", "reduce": "REDUCING", "flatten": "FLATTENING"}


@dataclass(frozen=True)
class Breakers:
    """None is no breaker; `unprotected_max` is money x seconds."""

    drawdown_max: Fraction | None = None
    daily_loss_max: Fraction | None = None
    slippage_bps_max: Fraction | None = None
    slippage_window: int = 20
    unprotected_max: Fraction | None = None
    on_breach: OnBreach = "halt"

    def broken(self, ledger: Ledger) -> Iterator[str]:
        """The bounds that are broken, by what the account is worth now."""
        losses = (
            ("drawdown_max", self.drawdown_max, ledger.peak),
            ("daily_loss_max", self.daily_loss_max, ledger.session_equity),
        )
        for limit, share, whole in losses:
            if share is not None and whole - ledger.equity() > share * whole:
                yield limit


@dataclass(frozen=True)
class StateRow:
    """Trading is in another state from then on."""

    ts: int
    seq: int
    state: str
    code: str


class Trading:
    def __init__(self, breakers: Breakers) -> None:
        self.breakers = breakers
        self.state = "ACTIVE"
        self.rows: list[StateRow] = []
        self._spoken: set[str] = set()

    def move(self, state: str, code: str, ts: int, seq: int) -> None:
        self.state = state
        self.rows.append(StateRow(ts, seq, state, code))

    def ordered(self, limit: str) -> str | None:
        """The state that trading must go to, if this breaker speaks and makes it stricter."""
        if self.state == "HALTED" or limit in self._spoken:
            return None
        self._spoken.add(limit)
        state = REMEDIES[self.breakers.on_breach]
        return None if state == self.state else state
