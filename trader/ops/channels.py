"""The ways to tell somebody: the services that apprise knows, and a command of one's own.

To send may take as long as it takes, and may fail; both are for the caller to bear with.
"""

import logging
import subprocess
from collections.abc import Container, Mapping
from typing import Final, Protocol

import msgspec
from apprise import Apprise, AppriseAsset, NotifyType

from trader.config.ops_schema import Alert as AlertConfig
from trader.errors import ConfigError, TraderdError
from trader.ops.alerts import Alert
from trader.ops.secrets import place_of, read_secret

COMMAND_S_MAX: Final = 10


class NotTold(TraderdError):
    """A channel did not take an alert."""

    code = "alert"


class Channel(Protocol):
    """One way to tell somebody."""

    def send(self, alert: Alert, title: str) -> None:
        """Tells it; blocks, and raises NotTold if that failed."""


class Service:
    """A service that apprise reaches: webhook, e-mail, Slack and some hundred others."""

    def __init__(self, address: str, where: str) -> None:
        """Raises ConfigError, which does not show it, for an address that apprise cannot read."""
        # Its log would show the address, in which the password stands.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        self._service: Final = Apprise(asset=AppriseAsset(app_id="traderd", async_mode=False))
        if not self._service.add(address):
            raise ConfigError(
                "this is no address of a channel",
                where=where,
                hint="such as json://host/path, mailto://user:password@host, slack://...",
            )

    def send(self, alert: Alert, title: str) -> None:
        """Tells the service."""
        if not self._service.notify(body=alert.text, title=title, notify_type=NotifyType.WARNING):
            raise NotTold("the service did not take it")


class Command:
    """A program that gets the alert as a JSON document on its standard input."""

    def __init__(self, words: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self._words: Final = words
        self._environ: Final = environ

    def send(self, alert: Alert, title: str) -> None:
        """Runs the program and waits for its end."""
        document = {**msgspec.to_builtins(alert), "title": title}
        try:
            done = subprocess.run(  # noqa: S603 - the owner's own words, and no shell
                self._words,
                input=msgspec.json.encode(document),
                env=self._environ,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=COMMAND_S_MAX,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotTold(f"the command failed: {type(error).__name__}") from None
        if done.returncode:
            raise NotTold(f"the command ended with {done.returncode}")


def channel_of(
    config: AlertConfig, environ: Mapping[str, str], secrets: Container[str] = ()
) -> Channel:
    """The channel of a section; raises ConfigError for one that cannot be.

    A command does not get the variables that hold `secrets`.
    """
    if config.channel is None:
        shown = {name: text for name, text in environ.items() if name not in secrets}
        return Command(config.command, shown)
    address = read_secret(config.channel, environ, f"the words of alerts.{config.name}")
    return Service(address, place_of(config.channel))
