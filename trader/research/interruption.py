"""SIGINT and SIGTERM, told apart by what a run is doing.

Before the first event there is nothing to keep, so a signal ends the run at once, as an
`Interrupted`. Once it runs, the first signal is a wish: the run looks at `wanted` between chunks,
stops at a row, and writes down how far it came. A second signal is not patient any more.
"""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Final, Self

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """A signal ended the run before there was anything to keep."""


class Interruption:
    """Listens while the block runs, which must be in the main thread."""

    def __init__(self) -> None:
        self.wanted = False
        self.patient = False
        self._former: dict[signal.Signals, object] = {}
        self._heard, self._told = os.pipe()

    def __enter__(self) -> Self:
        for each in SIGNALS:
            self._former[each] = signal.signal(each, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each, handler in self._former.items():
            signal.signal(each, handler)  # type: ignore[arg-type]
        os.close(self._heard)
        os.close(self._told)

    def be_patient(self) -> None:
        """From here on the first signal only sets `wanted`."""
        self.patient = True

    def wait(self, seconds: float) -> None:
        """Waits so long, or until a signal comes."""
        if not self.wanted:
            select.select([self._heard], [], [], seconds)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.wanted or not self.patient:
            raise Interrupted(signal.Signals(number).name)
        self.wanted = True
        os.write(self._told, b"!")
