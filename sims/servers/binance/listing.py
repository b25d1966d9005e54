"""Symbols that a file adds to those that the venue trades anyway."""

from pathlib import Path

import msgspec
from msgspec import Struct

from sims.servers.binance.amounts import amount
from sims.servers.binance.markets import SymbolRules
from trader.errors import UsageError


class Listed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A symbol with its assets, its grid, and the price at which it opens."""

    symbol: str
    base: str
    quote: str
    tick: str
    step: str
    price: str

    @property
    def rules(self) -> SymbolRules:
        """Its rules; what is not said is as for the others."""
        return SymbolRules(
            symbol=self.symbol,
            base=self.base,
            quote=self.quote,
            tick=amount(self.tick),
            step=amount(self.step),
            price_opening=amount(self.price),
        )


def read_symbols(path: Path, known: tuple[SymbolRules, ...]) -> tuple[SymbolRules, ...]:
    """Return the symbols that are known and those of a JSON list of `Listed`."""
    try:
        listed = msgspec.json.decode(path.read_bytes(), type=tuple[Listed, ...])
        symbols = (*known, *(each.rules for each in listed))
    except OSError as error:
        raise UsageError(f"cannot read the symbols: {error.strerror}", where=str(path)) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise UsageError(f"bad symbols: {error}", where=str(path)) from error
    if len({each.symbol for each in symbols}) < len(symbols):
        raise UsageError("a symbol is there twice", where=str(path))
    return symbols
