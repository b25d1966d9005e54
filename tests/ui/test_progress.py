"""How far a run has come."""

import io
from collections.abc import Iterator

from rich.console import Console

from trader.ui.progress import Bar, State, Ticker


def clock(*times: float) -> Iterator[float]:
    return iter(times)


def test_where_nobody_watches_the_first_news_is_a_line_and_then_one_now_and_then() -> None:
    stream = io.StringIO()
    times = clock(0.0, 1.0, 2.0, 12.0, 13.0)
    with Ticker(stream, lambda: next(times)) as ticker:
        for rows in (0, 1_000, 24_000, 25_000):
            ticker.tick(rows, 50_000, "2013-03-01", 100_000.0)

    assert stream.getvalue() == (
        "running: 0 of 50000 rows, 2013-03-01, 0 rows a second, equity 100000.00\n"
        "running: 24000 of 50000 rows, 2013-03-01, 2182 rows a second, equity 100000.00\n"
    )


def test_fewer_rows_than_before_begin_something_else() -> None:
    stream = io.StringIO()
    times = clock(0.0, 0.0, 100.0, 110.0, 120.0)
    with Ticker(stream, lambda: next(times)) as ticker:
        for rows in (0, 900, 100, 300):
            ticker.tick(rows, 1_000, "later", 1.0)

    assert stream.getvalue().splitlines()[-1].startswith("running: 300 of 1000 rows, later, 30 ")


def test_on_a_terminal_a_bar_says_rows_date_speed_and_equity() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)
    bar = Bar(console)

    bar.show(State(rows=500, rows_total=1_000, at="2007-05-01", speed=70_000, equity=123_456.7))
    bar.close()

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    for part in ("2007-05-01", "50%", "500 rows", "70,000/s", "equity 123,457"):
        assert part in text
