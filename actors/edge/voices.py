"""What strategies print, as events of the log: nothing comes between its lines.

While it is caught, standard output and standard error of Python are no files any more. Each line
that is written there becomes an event that names its strategy, where the stack tells which one it
is. What a program writes that a strategy starts, or a library past Python, goes its own way.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import RawIOBase, TextIOWrapper
from types import FrameType
from typing import TYPE_CHECKING, Final

from trader.config.schema import Config

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

EVENT: Final = "printed"
LINE_MAX: Final = 2_000
"""So many characters of a line are told at most."""
WAITING_MAX: Final = 1_000
"""Lines that are kept until there is a log."""
_ODD: Final = "backslashreplace"
"""How what is no text is written."""
_ACTOR: Final = "actors.core.strategy"

Hear = Callable[[str, str, str], None]
Say = Callable[..., object]


class Voices:
    """Catches what is printed in the daemon of one configuration."""

    def __init__(self, config: Config) -> None:
        self._files: Final = {each.file: each.name for each in config.strategies}
        self._home: Final = threading.get_ident()
        self._log: tuple[Say, Say] | None = None
        self._waiting: list[tuple[str, str, str]] = []
        self._is_quiet = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """While the block runs, whatever is printed is heard here."""
        out = _Lines("stdout", self._hear, self._speaker)
        err = _Lines("stderr", self._hear, self._speaker)
        with redirect_stdout(_stream(out)), redirect_stderr(_stream(err)):
            try:
                yield
            finally:
                out.end()
                err.end()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """While the block runs, what is printed was printed before, and is not told again."""
        self._is_quiet = True
        try:
            yield
        finally:
            self._is_quiet = False

    def tell(self, say: Say, shout: Say) -> None:
        """From now on there is a log; what has waited for one comes first.

        `shout` is for other threads than this one: whoever listens to the log lives here.
        """
        self._log = say, shout
        waiting, self._waiting = self._waiting, []
        for line in waiting:
            self._hear(*line)

    def _hear(self, strategy: str, stream: str, text: str) -> None:
        if self._is_quiet:
            return
        if self._log is None:
            if len(self._waiting) < WAITING_MAX:
                self._waiting.append((strategy, stream, text))
            return
        say, shout = self._log
        tell = say if threading.get_ident() == self._home else shout
        tell(EVENT, strategy=strategy, stream=stream, text=text)

    def _speaker(self, frame: FrameType | None) -> str:
        """The strategy that prints; empty where nobody can tell."""
        by_file = ""
        while frame is not None:
            if frame.f_globals.get("__name__") == _ACTOR and "self" in frame.f_locals:
                name: str = frame.f_locals["self"].name
                return name.partition(":")[2]
            by_file = by_file or self._files.get(frame.f_code.co_filename, "")
            frame = frame.f_back
        return by_file


def _stream(lines: "_Lines") -> TextIOWrapper:
    """A stream with all that Python's own have, so that who prints by them does so here too."""
    return TextIOWrapper(lines, encoding="utf-8", errors=_ODD, write_through=True)


class _Lines(RawIOBase):
    """What is written to a stream, heard line by line, each speaker's for itself."""

    def __init__(self, name: str, hear: Hear, speaker: Callable[[FrameType | None], str]) -> None:
        self.name: Final = name
        self._told: Final = hear
        self._speaker: Final = speaker
        self._open: Final[dict[str, str]] = {}

    def writable(self) -> bool:
        """Of course."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Takes bytes; what is no whole line yet waits for its end."""
        speaker = self._speaker(sys._getframe(1))  # noqa: SLF001 - the documented way to the stack
        whole = bytes(data)
        text = whole.decode(errors=_ODD)
        *lines, rest = (self._open.pop(speaker, "") + text).split("\n")
        if len(rest) > LINE_MAX:
            lines, rest = [*lines, rest], ""
        if rest:
            self._open[speaker] = rest
        for line in lines:
            self._tell(speaker, line)
        return len(whole)

    def end(self) -> None:
        """What has no end of a line is told as it is."""
        while self._open:
            self._tell(*self._open.popitem())

    def _tell(self, speaker: str, line: str) -> None:
        text = line.rstrip("\r")[:LINE_MAX]
        if text:
            self._told(speaker, self.name, text)
