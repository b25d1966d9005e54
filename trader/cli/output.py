"""The one way to stdout, and the form of everything on it.

A reader that has had enough (`| head`) is no error: what is left goes nowhere, and the exit code
stays what the command came to.
"""

import os
import sys
from contextlib import AbstractContextManager, redirect_stdout
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from trader.errors import TraderdError


def write(text: str) -> None:
    """Writes the text to stdout."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def document(value: Any) -> None:  # noqa: ANN401 - whatever can be JSON
    """Writes one JSON document to stdout."""
    import msgspec

    write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def strangers_on_stderr() -> AbstractContextManager[object]:
    """While the block runs, what a strategy prints goes to stderr; stdout is for the result."""
    return redirect_stdout(sys.stderr)


def note(text: str) -> None:
    """Writes a line for people to stderr."""
    sys.stderr.write(" ".join(text.splitlines()) + "\n")
    sys.stderr.flush()


def failure(error: "TraderdError") -> dict[str, dict[str, str]]:
    """The JSON document of an error."""
    parts = {"code": error.code, "message": error.message, "where": error.where, "hint": error.hint}
    return {"error": parts}


def console() -> "Console":
    """A console as wide as stdout and with its colours; print what it captured with `write`."""
    from rich.console import Console

    return Console(highlight=False)
