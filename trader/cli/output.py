"""The one way to stdout, and the form of everything on it.

A reader that has had enough (`| head`) is no error: what is left goes nowhere, and the exit code
stays what the command came to.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from click.exceptions import Exit

from trader.errors import TraderdError, UsageError

if TYPE_CHECKING:
    from rich.console import Console


def write(text: str) -> None:
    """Writes the text to stdout, if there is one; what stdout does not take ends the command."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            note(f"error: stdout cannot be written: {error.strerror}")
            raise Exit(UsageError.exit_code) from error


def document(value: Any) -> None:  # noqa: ANN401 - whatever can be JSON
    """Writes one JSON document to stdout."""
    import msgspec

    write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def strangers_on_stderr() -> AbstractContextManager[object]:
    """While the block runs, what a strategy prints goes to stderr; stdout is for the result."""
    return redirect_stdout(sys.stderr)


@contextmanager
def stdout_for_the_document() -> Iterator[None]:
    """While the block runs, stdout is ours alone: what others write to its descriptor is on stderr.

    For `--json`, where a strategy may print past `sys.stdout`, or start a program that does.
    """
    shared = sys.stdout
    try:
        descriptor, aside = shared.fileno(), sys.stderr.fileno()
    except (AttributeError, OSError):  # closed, or no file of the system's: nobody writes past it
        yield
        return
    shared.flush()
    with os.fdopen(os.dup(descriptor), "w", encoding=shared.encoding, errors="replace") as own:
        os.dup2(aside, descriptor)
        sys.stdout = own
        try:
            yield
        finally:
            sys.stdout = shared
            own.flush()
            os.dup2(own.fileno(), descriptor)


def note(text: str) -> None:
    """Writes a line for people to stderr."""
    sys.stderr.write(" ".join(text.splitlines()) + "\n")
    sys.stderr.flush()


def failure(error: TraderdError) -> dict[str, dict[str, str]]:
    """The JSON document of an error."""
    parts = {"code": error.code, "message": error.message, "where": error.where, "hint": error.hint}
    return {"error": parts}


def console() -> "Console":
    """A console as wide as stdout and with its colours; print what it captured with `write`."""
    from rich.console import Console

    return Console(highlight=False)
