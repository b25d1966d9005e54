"""The rim: every error becomes one line, or one JSON document, and an exit code.

A mistake of the user's never shows a traceback; a mistake of ours says so and how to see it.
"""

import io
import sys
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Final

import click
from click.exceptions import Exit

from trader.cli.options import PROGRAM, Options
from trader.cli.output import document, failure, note, stdout_for_the_document
from trader.cli.program import traderd
from trader.errors import INTERRUPTED, TraderdError, UsageError

JSON: Final = "--json"


class Interrupted(TraderdError):
    """Somebody ended the command before it had anything to keep."""

    code = "interrupted"
    exit_code = INTERRUPTED


class InternalError(TraderdError):
    """The program is wrong."""

    code = "internal"
    exit_code = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a curve on a terminal without its characters
    with stdout_for_the_document() if JSON in words else nullcontext():
        return _run(words)


def _run(words: list[str]) -> int:
    try:
        given = Options(words=tuple(words))
        code = traderd.main(words, prog_name=PROGRAM, standalone_mode=False, obj=given)
    except TraderdError as error:
        return _fail(error, words)
    except click.UsageError as error:
        return _fail(_usage(error), words)
    except (click.Abort, KeyboardInterrupt):
        return _fail(Interrupted("interrupted, nothing was written"), words)
    return int(code or 0)


def internal_error(error: BaseException, words: Sequence[str]) -> None:
    """Tells of a mistake of ours."""
    text = f"this is a mistake in traderd: {type(error).__name__}: {error}"
    _fail(InternalError(text, hint="TRADERD_DEBUG=1 shows the traceback"), words)


def _fail(error: TraderdError, words: Sequence[str]) -> int:
    if JSON in words:
        with suppress(Exit):  # stdout is full as well, and that was said
            document(failure(error))
    else:
        note(f"error: {error}")
    return error.exit_code


def _usage(error: click.UsageError) -> UsageError:
    path = error.ctx.command_path if error.ctx else PROGRAM
    # This one's message is the whole help.
    is_bare = isinstance(error, click.exceptions.NoArgsIsHelpError)
    message = "a verb is missing" if is_bare else error.format_message().rstrip(".")
    return UsageError(message, where=path, hint=f"`{path} --help` shows what there is")
