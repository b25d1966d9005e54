"""How far a run has come, on stderr: a moving bar on a terminal, a line now and then elsewhere.

Where nobody watches, the first line still comes with the first news, so that whoever waits for a
run to be under way has something to wait for.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Final, Self, TextIO

from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

BAR_SECONDS: Final = 0.1
LINE_SECONDS: Final = 10.0

Clock = Callable[[], float]


class State(Struct, frozen=True, kw_only=True):
    """Rows done of all, where that is, the rows of a second, the account's worth."""

    rows: int
    rows_total: int
    at: str
    speed: float
    equity: float


class Bar:
    """A progress bar that vanishes when it is done."""

    interval: Final = BAR_SECONDS

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[at]}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("{task.fields[rest]}"),
            console=console,
            transient=True,
            auto_refresh=False,
            expand=True,
        )
        self._task = self._progress.add_task("", total=None, at="", rest="")
        self._progress.start()

    def show(self, state: State) -> None:
        """Moves the bar."""
        rest = f"{state.rows:,} rows · {state.speed:,.0f}/s · equity {state.equity:,.0f}"
        self._progress.update(
            self._task, total=state.rows_total, completed=state.rows, at=state.at, rest=rest
        )
        self._progress.refresh()

    def close(self) -> None:
        """Takes the bar away."""
        self._progress.stop()


class Lines:
    """A line of text for each state."""

    interval: Final = LINE_SECONDS

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, state: State) -> None:
        """Writes the line."""
        self._stream.write(
            f"running: {state.rows} of {state.rows_total} rows, {state.at},"
            f" {state.speed:.0f} rows a second, equity {state.equity:.2f}\n"
        )
        self._stream.flush()

    def close(self) -> None:
        """Leaves the lines where they are."""


class Ticker:
    """Shows as much of the news as is worth it, and knows how fast the rows come."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        console = Console(file=stream)
        self._display: Bar | Lines = Bar(console) if console.is_terminal else Lines(stream)
        self._clock = clock
        self._next = self._begun = clock()
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._display.close()

    def tick(self, rows: int, rows_total: int, at: str, equity: float) -> None:
        """Takes the news; fewer rows than before are the beginning of something else."""
        now = self._clock()
        if rows <= self._rows:
            self._begun = now
        self._rows = rows
        if now < self._next:
            return
        self._next = now + self._display.interval
        speed = rows / (now - self._begun) if now > self._begun else 0.0
        self._display.show(
            State(rows=rows, rows_total=rows_total, at=at, speed=speed, equity=equity)
        )
