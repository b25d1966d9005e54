"""Notices from outside that the event loop is stuck, and says where.

A thread looks whether the loop has given a sign of life of late. If not, it tells once in which
line of which function the main thread stands, and again when it has come back.
"""

import sys
import threading
import traceback
from collections.abc import Callable
from time import monotonic  # noqa: TID251 - it measures the loop that everybody else's time is of
from typing import Final

Told = Callable[[float, str], None]
_FRAMES_MAX: Final = 6


class StallDetector:
    """Watches the thread that makes it; `stalled` is called from another one."""

    def __init__(self, after_s: float, stalled: Told) -> None:
        """`stalled` gets for how long nothing happened, and the stack, innermost call first."""
        self._after_s: Final = after_s
        self._stalled: Final = stalled
        self._watched: Final = threading.get_ident()
        self._beaten = monotonic()
        self._told = False
        self._stop: Final = threading.Event()
        self._thread: Final = threading.Thread(target=self._watch, name="stall", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self.beat()
        self._thread.start()

    def stop(self) -> None:
        """Watches no more."""
        self._stop.set()
        self._thread.join()

    def beat(self) -> None:
        """A sign of life."""
        self._beaten = monotonic()
        self._told = False

    def _watch(self) -> None:
        while not self._stop.wait(self._after_s / 4):
            silent = monotonic() - self._beaten
            if silent >= self._after_s and not self._told:
                self._told = True
                self._stalled(silent, stack_of(self._watched))


def stack_of(thread: int) -> str:
    """Where a thread stands: functions with their files and lines, the innermost first."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the documented way to another stack
    if frame is None:
        return "a thread that has ended"
    frames = traceback.extract_stack(frame)[-_FRAMES_MAX:]
    return " < ".join(
        f"{each.name} ({each.filename.rpartition('/')[2]}:{each.lineno})"
        for each in reversed(frames)
    )
