"""Channels tell real servers and programs, and say so when they cannot."""

import json
import sys
from pathlib import Path

import pytest

from tests.ops.sinks import mail_server, webhook
from trader.config.ops_schema import Alert as AlertConfig
from trader.config.parts import Keys
from trader.errors import ConfigError
from trader.ops.alerts import Alert
from trader.ops.channels import Channel, Command, NotTold, Service, channel_of

ALERT = Alert(kind="halt", about="halted", text="trading is halted: drawdown_max, risk", ts=7)
TITLE = "traderd trial: halt"


def service(address: str) -> Channel:
    config = AlertConfig(name="phone", channel=Keys(env="PHONE"))
    return channel_of(config, {"PHONE": address})


def test_a_webhook_gets_title_and_text() -> None:
    with webhook() as hook:
        service(hook.address).send(ALERT, TITLE)

        document = hook.got.get(timeout=10)

    assert (document["title"], document["message"]) == (TITLE, ALERT.text)


def test_a_mail_is_sent() -> None:
    with mail_server() as (box, port):
        address = f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org&mode=insecure"
        service(address).send(ALERT, TITLE)

        mail = box.got.get(timeout=10)

    assert TITLE in mail
    assert "drawdown_max" in mail


def test_slack_is_spoken() -> None:
    """Its servers cannot be reached by a test; that the address is one, apprise says."""
    made = service("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#trading")

    assert isinstance(made, Service)


def test_a_service_that_refuses_is_told_of() -> None:
    with webhook() as hook:
        hook.status = 500
        with pytest.raises(NotTold):
            service(hook.address).send(ALERT, TITLE)


def test_an_address_that_is_none_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigError, match="no address of a channel") as refused:
        service("hush://secret")

    assert "secret" not in str(refused.value)
    assert refused.value.where == "environment PHONE"


def test_an_address_that_is_missing_is_told() -> None:
    with pytest.raises(ConfigError, match=r"alerts\.phone are missing"):
        channel_of(AlertConfig(name="phone", channel=Keys(env="PHONE")), {})


def test_a_command_gets_the_alert_as_a_document(tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = f"import sys; open({str(out)!r}, 'w').write(sys.stdin.read())"
    channel_of(AlertConfig(name="own", command=(sys.executable, "-c", program)), {}).send(
        ALERT, TITLE
    )

    assert json.loads(out.read_text()) == {
        "kind": "halt",
        "about": "halted",
        "text": ALERT.text,
        "ts": 7,
        "title": TITLE,
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [((sys.executable, "-c", "raise SystemExit(3)"), "ended with 3"), (("/no/such",), "failed")],
)
def test_a_command_that_fails_is_told_of(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(NotTold, match=said):
        Command(words, {}).send(ALERT, TITLE)
