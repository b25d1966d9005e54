"""The daemon's log: one JSON document a line, on a stream and in a file that is rotated.

What cannot be written, because a reader has gone away or a disk is full, is lost and counted: a log
never stops what it speaks of.
"""

import logging
from collections.abc import MutableMapping
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec
import structlog

from trader.config.ops_schema import Ops

FOLDER: Final = "logs"
NAME: Final = "daemon.jsonl"
_FIRST: Final = ("ts", "event")


class Sink:
    """Where lines go; `lost` counts those that could not be written somewhere."""

    def __init__(self, stream: TextIO, file: RotatingFileHandler | None) -> None:
        self.lost = 0
        self._stream: Final = stream
        self._file: Final = file
        if file is not None:
            file.handleError = self._lose  # type: ignore[method-assign]

    def msg(self, line: str) -> None:
        """Writes one line to both."""
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self.lost += 1
        if self._file is not None:
            self._file.emit(logging.LogRecord("", logging.INFO, "", 0, line, None, None))

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def _lose(self, record: logging.LogRecord) -> None:
        del record
        self.lost += 1


def rotated(ops: Ops, state_dir: Path) -> RotatingFileHandler:
    """The file of a daemon's log, which its owner alone may read."""
    path = Path(ops.log) if ops.log is not None else state_dir / FOLDER / NAME
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return RotatingFileHandler(
        path, maxBytes=ops.log_bytes_max, backupCount=ops.logs_kept, encoding="utf-8"
    )


def logger(sink: Sink) -> structlog.BoundLogger:
    """A logger that writes documents to the sink; what is bound to it stands in each of them."""
    wrapped: structlog.BoundLogger = structlog.wrap_logger(
        sink, processors=[_line], wrapper_class=structlog.BoundLogger
    )
    return wrapped


def _line(logger: object, method: str, document: MutableMapping[str, Any]) -> str:
    """The document as text, its instant and its name first."""
    del logger, method
    first = {name: document.pop(name) for name in _FIRST if name in document}
    return msgspec.json.encode({**first, **document}).decode()
