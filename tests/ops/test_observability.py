"""The log in its file, the figures over HTTP, and a loop that is stuck."""

import io
import json
import time
from pathlib import Path
from queue import Queue
from urllib.request import urlopen

import pytest

from trader.config.ops_schema import Ops
from trader.errors import UsageError
from trader.ops import metrics as figures
from trader.ops.logs import Sink, logger, rotated
from trader.ops.metrics import Metrics
from trader.ops.stall import StallDetector


def test_a_line_goes_to_the_stream_and_to_a_file_for_its_owner(tmp_path: Path) -> None:
    stream = io.StringIO()
    sink = Sink(stream, rotated(Ops(), tmp_path))

    logger(sink).bind(run="trial").msg("begun", ts=5, seq=1)
    sink.close()

    file = tmp_path / "logs" / "daemon.jsonl"
    assert (
        stream.getvalue() == file.read_text() == '{"ts":5,"event":"begun","run":"trial","seq":1}\n'
    )
    assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_grows_long_is_rotated(tmp_path: Path) -> None:
    ops = Ops(log=str(tmp_path / "own.jsonl"), log_bytes_max=100, logs_kept=2)
    sink = Sink(io.StringIO(), rotated(ops, tmp_path))
    for n in range(20):
        logger(sink).msg("tick", n=n)
    sink.close()

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["own.jsonl", "own.jsonl.1", "own.jsonl.2"]
    assert json.loads((tmp_path / "own.jsonl").read_text().splitlines()[-1])["n"] == 19


def test_what_cannot_be_written_is_lost_and_counted(tmp_path: Path) -> None:
    stream = io.StringIO()
    stream.close()
    file = rotated(Ops(log="/dev/full"), tmp_path)
    sink = Sink(stream, file)

    logger(sink).msg("begun")
    sink.close()

    assert sink.lost == 2


def test_prometheus_reads_every_figure() -> None:
    made = Metrics()
    made.took("commit", 0.003)
    made.stands("orders_in_doubt", 2)
    made.follow("log_lines_lost", lambda: 3)
    made.stands_at("feed_age_seconds", "A.v", 1.5)
    made.happened("order_filled")
    port = made.serve(0)

    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()

    assert 'traderd_commit_seconds_bucket{le="0.005"} 1.0' in text
    assert "traderd_orders_in_doubt 2.0" in text
    assert "traderd_log_lines_lost 3.0" in text
    assert 'traderd_feed_age_seconds{instrument="A.v"} 1.5' in text
    assert 'traderd_events_total{event="order_filled"} 1.0' in text
    for name in (*figures.GAUGES, *figures.BY_LABEL):
        assert f"# HELP traderd_{name} " in text
    with pytest.raises(UsageError, match="cannot be served"):
        Metrics().serve(port)
    made.stop()


def test_a_stuck_loop_is_told_of_once_with_the_place() -> None:
    told: Queue[tuple[float, str]] = Queue()
    detector = StallDetector(0.05, lambda silent, at: told.put((silent, at)))
    detector.start()
    try:
        silent, at = _stuck(told)
        assert silent >= 0.05
        assert "_stuck (test_observability.py" in at
        detector.beat()
        _stuck(told)
    finally:
        detector.stop()
    assert told.empty()


def _stuck(told: "Queue[tuple[float, str]]") -> tuple[float, str]:
    """Does nothing but look until somebody has noticed."""
    until = time.perf_counter() + 20
    while told.empty():
        assert time.perf_counter() < until
    return told.get()
