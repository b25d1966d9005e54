"""Messages as parts of a document."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.research import stories
from tests.research.stories import CROSS
from trader.config.loader import load
from trader.research.messages import message
from trader.research.telling import Telling, side

EXITS = "[{kind: atr_stop}, {kind: trailing}, {kind: take_profit}]"
ORDER = {
    "seq": 4,
    "n": 2,
    "ts": stories.START_NS,
    "cause": "4.1",
    "client_order_id": "main-cross-1-2",
    "strategy": "cross",
    "instrument": "X.y",
    "order_type": "STOP",
    "lots": -8,
    "limit_ticks": None,
    "stop_ticks": 9_900,
    "time_in_force": "GTC",
    "status": "ACCEPTED",
    "lots_filled": -2,
    "role": "PROTECTION",
    "parent": "main-cross-1-1",
    "lots_made": -10,
    "limit_ticks_made": None,
    "stop_ticks_made": 9_800,
}


@pytest.fixture
def telling(tmp_path: Path) -> Telling:
    (tmp_path / "traderd.yaml").write_text(stories.config(CROSS.replace("EXITS", EXITS)))
    return Telling(load(tmp_path / "traderd.yaml", exists=lambda _: True).config)


def test_sides_are_words() -> None:
    assert (side(3), side(-3)) == ("BUY", "SELL")


def test_an_order_is_told_as_it_was_made(telling: Telling) -> None:
    told = telling.message(message("order", ORDER))

    assert (told["kind"], told["name"], told["cause"]) == ("order", "4.2", "4.1")
    assert told["ts"] == "2024-01-02T00:00:00Z"
    assert (told["side"], told["lots"], told["stop"], told["limit"]) == ("SELL", -10, "98", None)
    assert (told["status"], told["lots_filled"]) == ("ACCEPTED", -2)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "trailing"),
        ({"stop_ticks": 9_800}, "stop"),
        ({"order_type": "LIMIT"}, "take_profit"),
        ({"role": "TARGET"}, None),
        ({"role": "EXPLICIT"}, None),
    ],
)
def test_which_exit_an_order_is_of(
    telling: Telling, changes: dict[str, object], kind: str | None
) -> None:
    """A stop that was moved is the trailing one's; of two that were not, nobody knows."""
    assert telling.exit_of({**ORDER, **changes}) == kind


def test_inputs_keep_their_numbers_and_prices_get_a_currency(telling: Telling) -> None:
    told = telling.inputs("cross", {"close": 10_101, "fast_ema": 10_100.123456789, "z": None})

    assert told == [
        {"name": "close", "value": 10_101, "price": "101.01"},
        {"name": "fast_ema", "value": 10_100.123456789, "price": "101.001235"},
        {"name": "z", "value": None, "price": None},
    ]


def test_money_is_plain_text(telling: Telling) -> None:
    row = {"equity": 10_000.5, "cash": 1e-05, "realized": 0.0, "unrealized": -1.25}
    fill = {
        **{key: ORDER[key] for key in ("client_order_id", "strategy", "instrument")},
        "trade_id": "7",
        "lots": -2,
        "ticks": 9_790,
        "fee": Decimal("0.10000000"),
        "liquidity": "TAKER",
    }

    assert telling.equity(row)["equity"] == "10000.5"
    assert telling.equity(row)["cash"] == "0.00001"
    assert (telling.fill(fill)["price"], telling.fill(fill)["fee"]) == ("97.9", "0.1")
