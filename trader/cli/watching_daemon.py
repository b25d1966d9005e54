"""Follows a running daemon on the terminal, or as lines of JSON for a program."""

import msgspec

from trader.cli.output import console, write
from trader.errors import DaemonAbsent
from trader.ops.client import Client
from trader.ui.daemon import event_line, headline


def follow(client: Client, *, lines: bool) -> None:
    """Writes each event until the daemon stops or somebody has seen enough."""
    screen = console()
    if not lines:
        screen.print(headline(client.daemon))
    try:
        for told in client.watch():
            if lines:
                document = {"dropped": told.dropped, **told.event}
                write(msgspec.json.encode(document).decode() + "\n")
            else:
                screen.print(event_line(told), soft_wrap=True)
    except KeyboardInterrupt:
        return
    except DaemonAbsent:
        if not lines:
            screen.print("[dim]the daemon has stopped[/]")
