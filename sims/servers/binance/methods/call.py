"""What a method sees of the request that calls it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from sims.servers.binance.accounts import Account
from sims.servers.binance.engine import Engine
from sims.servers.binance.limits import Limits
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import BAD_SYMBOL, Refusal, RefusedError
from sims.servers.binance.reports import NS_PER_MS
from sims.servers.binance.session import Logon, Session

Rows = Sequence[Mapping[str, object]] | Sequence[Sequence[object]]
Outcome = Mapping[str, object] | Rows | Refusal


class Call(Struct, kw_only=True):
    """One request on its way through a method; `signer` is there only if it was signed.

    `unit` is how many nanoseconds the times of the answer count in.
    """

    engine: Engine
    limits: Limits
    session: Session
    params: Params
    now: int
    signer: Logon | None = None
    unit: int = NS_PER_MS

    @property
    def account(self) -> Account:
        """The account that signed the request."""
        assert self.signer is not None
        return self.signer.account

    def symbol(self) -> str:
        """Read the symbol, which must be there and exist."""
        return self.known_symbol(self.params.required("symbol"))

    def symbol_or_none(self) -> str | None:
        """Read the symbol, which must exist if it is there."""
        symbol = self.params.text("symbol")
        return None if symbol is None else self.known_symbol(symbol)

    def known_symbol(self, symbol: str) -> str:
        """Return `symbol` if this venue trades it."""
        if symbol not in self.engine.markets:
            raise RefusedError(BAD_SYMBOL)
        return symbol
