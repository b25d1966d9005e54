"""Who trades: keys, and balances that are free or locked by open orders."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from sims.servers.binance.amounts import amount


class AccountSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to open: its API key pair and, by asset, the balance it starts with.

    A balance that is no decimal number is a ValueError.
    """

    name: str
    key: str
    secret: str
    balances: Mapping[str, str]

    def __post_init__(self) -> None:
        for text in self.balances.values():
            amount(text)


class Balance(Struct):
    """Units of 10^-8 of one asset: `free` can be spent, `locked` waits for open orders."""

    free: int = 0
    locked: int = 0


class Account:
    """One account's money; no balance is ever below zero."""

    def __init__(self, spec: AccountSpec, uid: int) -> None:
        self.name: Final = spec.name
        self.key: Final = spec.key
        self.secret: Final = spec.secret
        self.uid: Final = uid
        self.changed_ns = 0
        self.balances: Final = {
            asset: Balance(free=amount(text)) for asset, text in sorted(spec.balances.items())
        }

    def balance(self, asset: str) -> Balance:
        """Return the balance of `asset`, zero if there never was any."""
        return self.balances.setdefault(asset, Balance())

    def lock(self, asset: str, units: int) -> None:
        """Set `units` aside for an open order."""
        self._move(asset, free=-units, locked=units)

    def unlock(self, asset: str, units: int) -> None:
        """Give back `units` that an open order no longer needs."""
        self._move(asset, free=units, locked=-units)

    def earn(self, asset: str, units: int) -> None:
        """Add `units` to what is free; below zero they are spent."""
        self._move(asset, free=units, locked=0)

    def _move(self, asset: str, *, free: int, locked: int) -> None:
        balance = self.balance(asset)
        balance.free += free
        balance.locked += locked
        assert balance.free >= 0, (self.name, asset, balance)
        assert balance.locked >= 0, (self.name, asset, balance)


ACCOUNTS: Final = (
    # The key pair that the venue's documentation prints as its example.
    AccountSpec(
        name="main",
        key="vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
        secret="NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",  # noqa: S106
        balances={"BTC": "1", "USDT": "100000"},
    ),
)
