"""Servers of the test's own that take alerts: a webhook and a mail server, on real sockets."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller


class Webhook:
    """Takes documents by POST; answers `status`, once `open` is set."""

    def __init__(self) -> None:
        self.got: Queue[dict[str, Any]] = Queue()
        self.status = 200
        self.open = Event()
        self.open.set()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.open.wait()
                hook.got.put(json.loads(body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """As a channel's address."""
        return f"json://127.0.0.1:{self.server.server_port}/hook"


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A webhook at work."""
    hook = Webhook()
    thread = Thread(target=hook.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.open.set()
        hook.server.shutdown()
        hook.server.server_close()


class Mailbox:
    """Keeps the mail that arrives."""

    def __init__(self) -> None:
        self.got: Queue[str] = Queue()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """The library calls this for each mail."""
        del server, session
        self.got.put(envelope.content.decode())
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """A mail server at work, and its port."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()
