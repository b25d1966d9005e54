"""Who trades: keys, and balances that are free or locked by open orders."""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from sims.servers.binance.amounts import amount
from sims.servers.binance.signing import Verifier, ed25519_verifier, hmac_verifier


class AccountSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to open: an API key, and by asset the balance that the account starts with.

    The key's other half is the `secret` of an HMAC pair or the public key of an Ed25519 pair (its
    forms: `signing.ed25519_verifier`). A second spec of a name is one more key to its account, and
    has no balances of its own. What is no key, or a balance that is no decimal number, is a
    ValueError.
    """

    name: str
    key: str
    secret: str = ""
    ed25519_public: str = ""
    balances: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        for text in self.balances.values():
            amount(text)
        self.verifier()

    def verifier(self) -> Verifier:
        """Return what judges the signatures of this key."""
        if bool(self.secret) == bool(self.ed25519_public):
            raise ValueError(f"key of {self.name}: either a secret or an ed25519_public")
        if self.secret:
            return hmac_verifier(self.secret)
        return ed25519_verifier(self.ed25519_public)


class ApiKey(Struct, frozen=True, kw_only=True):
    """A key that opens an account; only with Ed25519 can a session log on."""

    key: str
    is_signature: Verifier
    may_log_on: bool


class Balance(Struct):
    """Units of 10^-8 of one asset: `free` can be spent, `locked` waits for open orders."""

    free: int = 0
    locked: int = 0


class Account:
    """One account's money; no balance is ever below zero."""

    def __init__(self, spec: AccountSpec, uid: int) -> None:
        self.name: Final = spec.name
        self.keys: Final[dict[str, ApiKey]] = {}
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


def open_accounts(specs: Iterable[AccountSpec]) -> dict[str, Account]:
    """Return the accounts by API key."""
    accounts: dict[str, Account] = {}
    opened: dict[str, Account] = {}
    for spec in specs:
        if spec.name not in accounts:
            accounts[spec.name] = Account(spec, uid=len(accounts) + 1)
        account = opened[spec.key] = accounts[spec.name]
        account.keys[spec.key] = ApiKey(
            key=spec.key, is_signature=spec.verifier(), may_log_on=bool(spec.ed25519_public)
        )
    return opened


ACCOUNTS: Final = (
    # The key pair that the venue's documentation prints as its example.
    AccountSpec(
        name="main",
        key="vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
        secret="NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",  # noqa: S106
        balances={"BTC": "1", "USDT": "100000"},
    ),
    # The public half of RFC 8032, section 7.1, test 1; the private half is printed there too.
    AccountSpec(
        name="main",
        key="rfc8032ed25519test1".ljust(64, "0"),
        ed25519_public="d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ),
)
