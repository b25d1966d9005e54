"""What only the run itself says: words of rules, breakers and the venue."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.research import stories
from tests.research.stories import CROSS
from trader.config.loader import load
from trader.config.schema import Config
from trader.logic.rules.policy import CODES
from trader.model.control import LimitBreached
from trader.model.envelope import Envelope, Message
from trader.model.money import MoneyScale
from trader.model.orders import OrderCanceled, OrderDenied, OrderExpired, OrderRejected
from trader.research import messages
from trader.research.heard import breach_of, compared_of, in_money, reason_of, rule_of

SCALE = MoneyScale(places=2, half={})


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "traderd.yaml").write_text(stories.config(CROSS.replace("EXITS", "[]")))
    return load(tmp_path / "traderd.yaml", exists=lambda _: True).config


def heard(*bodies: Message) -> Sequence[Envelope]:
    return [
        Envelope(seq=3, n=n, ts=0, cause=(3, 0), source="risk", body=body)
        for n, body in enumerate(bodies, 1)
    ]


def halted(reason: str) -> messages.Message:
    row = {"seq": 3, "n": 2, "ts": 0, "cause": "3.0", "reason": reason}
    return messages.message("state", row)


@pytest.mark.parametrize("code", CODES)
def test_every_rule_says_in_a_sentence_what_it_promises(code: str) -> None:
    assert rule_of(code).endswith(".")


def test_no_rule_has_no_sentence() -> None:
    assert rule_of("fell_from_the_sky") == ""


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("150 quanta, allowed 100", "1.5 USD, allowed 1 USD"),
        ("worst case 150 quanta of 1000", "worst case 1.5 USD of 10 USD"),
        ("worst case of tech2 150 quanta of 100", "worst case of tech2 1.5 USD of 1 USD"),
        ("50 quanta, at least 100", "0.5 USD, at least 1 USD"),
        ("5 lots, allowed 3", "5 lots, allowed 3"),
        ("worst case -3 lots", "worst case -3 lots"),
    ],
)
def test_quanta_become_money_and_nothing_else_does(detail: str, told: str) -> None:
    assert in_money(detail, SCALE, "USD") == told


def test_a_denial_is_found_by_its_name(config: Config) -> None:
    denials = [
        OrderDenied(client_order_id="a", lots=1, code="c", detail=f"{count} quanta, allowed 100")
        for count in (500, 700)
    ]

    assert compared_of(heard(*denials), (3, 2), config) == "0.7 USD, allowed 0.1 USD"
    assert compared_of(heard(*denials), (3, 9), config) is None


@pytest.mark.parametrize(
    ("limit", "value", "unit"),
    [
        ("drawdown_max", "1.234", "USD"),
        ("slippage_bps_max", "1234", "bps"),
        ("unprotected_max", "1.234", "USD x seconds"),
    ],
)
def test_a_breakers_measure_has_its_own_unit(
    config: Config, limit: str, value: str, unit: str
) -> None:
    other = LimitBreached(limit="other", value=1, bound=1)
    breach = LimitBreached(limit=limit, value=1234, bound=1000)

    told = breach_of(heard(other, breach), halted(limit), config)

    assert told is not None
    assert (told["limit"], told["value"], told["unit"]) == (limit, value, unit)


def test_a_state_that_no_breaker_moved_has_no_breach(config: Config) -> None:
    assert breach_of(heard(), halted("reconciled"), config) is None


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (OrderCanceled(client_order_id="a", reason="group"), "group"),
        (OrderExpired(client_order_id="a", reason="session_closed"), "session_closed"),
        (OrderRejected(client_order_id="a", code="post_only"), "post_only"),
        (OrderCanceled(client_order_id="a"), None),
        (OrderCanceled(client_order_id="b", reason="group"), None),
    ],
)
def test_the_venues_word_is_that_of_the_order(body: Message, word: str | None) -> None:
    assert reason_of(heard(body), "a") == word
