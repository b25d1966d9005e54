"""How far a run has come, on stderr: a moving bar on a terminal, a line now and then elsewhere.

Where nobody watches, the first line still comes with the first news, so that whoever waits for a
run to be under way has something to wait for.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Final, Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

BAR_SECONDS: Final = 0.1
LINE_SECONDS: Final = 10.0

Clock = Callable[[], float]


class Display(Protocol):
    """Shows a state of things, and takes it away at the end."""

    def show(self, state: "State") -> None:
        """Shows it at once."""

    def close(self) -> None:
        """Leaves the screen as it should stay."""


class State:
    """Rows done of all, the simulated date, the account's worth, and the speed so far."""

    __slots__ = ("date", "equity", "rows", "rows_total", "speed")

    def __init__(self, rows: int, rows_total: int, date: str, equity: float, speed: float) -> None:
        self.rows = rows
        self.rows_total = rows_total
        self.date = date
        self.equity = equity
        self.speed = speed


class Bar:
    """A progress bar that vanishes when it is done."""

    interval: Final = BAR_SECONDS

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[date]}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("{task.fields[rest]}"),
            console=console,
            transient=True,
            auto_refresh=False,
            expand=True,
        )
        self._task = self._progress.add_task("", total=None, date="", rest="")
        self._progress.start()

    def show(self, state: State) -> None:
        """Moves the bar."""
        rest = f"{state.rows:,} rows · {state.speed:,.0f}/s · equity {state.equity:,.0f}"
        self._progress.update(
            self._task, total=state.rows_total, completed=state.rows, date=state.date, rest=rest
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
            f"running: {state.rows} of {state.rows_total} rows, {state.date},"
            f" {state.speed:.0f} rows a second, equity {state.equity:.2f}\n"
        )
        self._stream.flush()

    def close(self) -> None:
        """Nothing to take away."""


class Ticker:
    """Passes on as many states as the display can use, and knows how fast they come."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        console = Console(file=stream)
        self._display: Bar | Lines = Bar(console) if console.is_terminal else Lines(stream)
        self._clock = clock
        self._begun = clock()
        self._next = self._begun

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._display.close()

    def tick(self, rows: int, rows_total: int, date: str, equity: float) -> None:
        """Shows how far it is, if the last time is long enough ago."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + self._display.interval
        speed = rows / (now - self._begun) if now > self._begun else 0.0
        self._display.show(State(rows, rows_total, date, equity, speed))
