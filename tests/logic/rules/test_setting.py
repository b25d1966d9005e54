"""Limits that somebody changes while a run goes on."""

import pytest

from tests.logic.rules.ruling import ruled
from trader.errors import ConfigError
from trader.logic.rules.limits import Limits, LimitValue
from trader.logic.rules.setting import Setting
from trader.model.control import LimitChanged, LimitRejected, SetLimit

NAMES = {"lots_max": "lots_max", "orders_window": "orders_window_ns"}


def read(limit: str, text: str) -> LimitValue:
    """Whole numbers are all that is spelled here; `borrow` is one as well."""
    if not text.strip().isdigit():
        raise ConfigError(f"{limit} is no number", hint="a whole one")
    return LimitValue(NAMES.get(limit, limit), int(text), str(int(text)))


def asks(limit: str, value: str) -> SetLimit:
    return SetLimit(limit=limit, value=value, by="ada", reason="calm")


def changed(limit: str, old: str, new: str, version: int) -> LimitChanged:
    return LimitChanged(limit=limit, old=old, new=new, by="ada", reason="calm", version=version)


def test_a_limit_holds_anew_in_plain_words_and_under_a_new_version() -> None:
    account = ruled(lots_max=5).account
    account.spelled = {"lots_max": "5"}
    setting = Setting(account.limits, read)

    assert setting.take(account, asks("lots_max", " 07")) == changed("lots_max", "5", "7", 2)
    assert setting.take(account, asks("lots_max", "4")) == changed("lots_max", "7", "4", 3)
    assert (account.limits.lots_max, account.spelled, account.version) == (4, {"lots_max": "4"}, 3)


def test_a_limit_that_was_not_set_may_be_and_may_have_another_name_inside() -> None:
    account = ruled().account
    setting = Setting(account.limits, read)

    assert setting.take(account, asks("position_max", "9")) == changed(
        "position_max", "null", "9", 2
    )
    assert setting.take(account, asks("orders_window", "5")).version == 3  # type: ignore[union-attr]
    assert (account.limits.position_max, account.limits.orders_window_ns) == (9, 5)


def test_what_cannot_be_read_is_refused_in_the_readers_words() -> None:
    account = ruled(lots_max=5).account

    answer = Setting(account.limits, read).take(account, asks("lots_max", "many"))

    assert answer == LimitRejected(
        limit="lots_max", value="many", by="ada", text="lots_max is no number"
    )
    assert (account.limits, account.version, account.spelled) == (Limits(lots_max=5), 1, {})


@pytest.mark.parametrize(
    ("begun", "seen"),
    [
        (Limits(), set()),
        (Limits(jump_max=(1, 10)), {"jump_max"}),
        (Limits(slippage_bps_max=(1, 10)), {"slippage_bps_max"}),
        (Limits(unprotected_max=1), {"unprotected_max"}),
        # What the account is worth is told for all three of them, or for none.
        (Limits(sector_max=(1, 10)), {"concentration_max", "sector_max", "borrow"}),
        (Limits(concentration_max=(1, 10)), {"concentration_max", "sector_max", "borrow"}),
        (Limits(borrow=False), {"concentration_max", "sector_max", "borrow"}),
    ],
)
def test_what_nobody_looks_at_cannot_be_limited_later(begun: Limits, seen: set[str]) -> None:
    alone = ("jump_max", "slippage_bps_max", "unprotected_max")
    for name in (*alone, "concentration_max", "sector_max", "borrow"):
        account = ruled().account
        answer = Setting(begun, read).take(account, asks(name, "1"))

        if name in seen:
            assert answer == changed(name, "null", "1", 2)
        else:
            assert answer == LimitRejected(
                limit=name,
                value="1",
                by="ada",
                text="a run that began without it does not look at it",
            )
            assert account.limits == Limits()
