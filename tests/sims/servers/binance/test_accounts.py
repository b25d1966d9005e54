"""Balances move between free and locked and never go below zero."""

import msgspec
import pytest

from sims.servers.binance.accounts import Account, AccountSpec
from tests.sims.servers.binance.desk import OTHER


def test_money_is_locked_unlocked_and_earned() -> None:
    account = Account(OTHER, uid=1)

    account.lock("BTC", 50)
    account.unlock("BTC", 20)
    account.earn("ETH", 7)

    assert (account.balance("BTC").free, account.balance("BTC").locked) == (199_999_970, 30)
    assert account.balance("ETH").free == 7
    assert account.balance("DOGE").free == 0


@pytest.mark.parametrize("units", [200_000_001, -1])
def test_nobody_owes(units: int) -> None:
    with pytest.raises(AssertionError):
        Account(OTHER, uid=1).lock("BTC", units)


def test_a_balance_must_be_a_number() -> None:
    text = b'{"name": "a", "key": "k", "secret": "s", "balances": {"BTC": "much"}}'

    with pytest.raises(msgspec.ValidationError, match="not a decimal number: 'much'"):
        msgspec.json.decode(text, type=AccountSpec)
