"""What Prometheus can read of a running daemon, on this machine alone.

One registry a daemon; names and meanings stand in this table, and in the docs that are drawn from
it. Durations are seconds and the other figures base units, as Prometheus asks for.
"""

from collections.abc import Callable, Mapping
from typing import Final
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from trader.errors import UsageError

HOST: Final = "127.0.0.1"
LATENCIES_S: Final = (
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
)
"""Bounds of the buckets."""

DURATIONS: Final[Mapping[str, str]] = {
    "tick_to_order": "from a market event's arrival to its order's bytes leaving",
    "order_to_ack": "from an order's leaving to the venue's first answer",
    "ack_to_fill": "from the venue's acceptance to the first fill",
    "commit": "a commit of the journal",
    "loop_lag": "how late the event loop wakes",
}
GAUGES: Final[Mapping[str, str]] = {
    "inbox_depth": "inputs that wait for the core",
    "inbox_dropped": "market data that were replaced by newer ones before the core saw them",
    "clock_skew_seconds": "our clock less the venue's",
    "orders_working": "orders that have not ended",
    "orders_in_doubt": "orders of which nobody knows what became of them",
    "position_differences": "positions in which the venue and we differ",
    "reconciliation_age_seconds": "age of the last comparison with the venue",
    "trading_state": "0 halted, 1 reducing, 2 active, 3 flattening",
    "equity": "worth of the account in its currency",
    "unprotected": "money that is held without a working stop",
    "log_lines_lost": "lines of the log that could not be written",
}
BY_LABEL: Final[Mapping[str, tuple[str, str]]] = {
    "feed_age_seconds": ("instrument", "age of the last price"),
    "rate_limit_headroom": ("limit", "what is left of a limit of the venue, as a share of it"),
}


class Metrics:
    """The figures of one daemon."""

    def __init__(self) -> None:
        self.registry: Final = CollectorRegistry()
        self._server: WSGIServer | None = None
        self._durations: Final = {
            name: Histogram(
                f"traderd_{name}_seconds", help_, registry=self.registry, buckets=LATENCIES_S
            )
            for name, help_ in DURATIONS.items()
        }
        self._gauges: Final = {
            name: Gauge(f"traderd_{name}", help_, registry=self.registry)
            for name, help_ in GAUGES.items()
        }
        self._by_label: Final = {
            name: Gauge(f"traderd_{name}", help_, [label], registry=self.registry)
            for name, (label, help_) in BY_LABEL.items()
        }
        self._events: Final = Counter(
            "traderd_events", "events of the log, by name", ["event"], registry=self.registry
        )

    def took(self, name: str, seconds: float) -> None:
        """One more duration of a kind."""
        self._durations[name].observe(seconds)

    def stands(self, name: str, value: float) -> None:
        """What a figure is now."""
        self._gauges[name].set(value)

    def follow(self, name: str, figure: Callable[[], float]) -> None:
        """Lets a figure be asked for whenever somebody reads it."""
        self._gauges[name].set_function(figure)

    def stands_at(self, name: str, label: str, value: float) -> None:
        """The same, of a figure that there is for each of several things."""
        self._by_label[name].labels(label).set(value)

    def happened(self, event: str) -> None:
        """One more event of a name."""
        self._events.labels(event).inc()

    def serve(self, port: int) -> int:
        """Lets Prometheus read at this port, or at a free one for 0; returns which.

        Raises UsageError if it is taken.
        """
        try:
            self._server, _ = start_http_server(port, addr=HOST, registry=self.registry)
        except OSError as error:
            raise UsageError(
                f"the metrics cannot be served: {error.strerror}",
                where=f"{HOST}:{port}",
                hint="name another ops.metrics_port",
            ) from error
        return int(self._server.server_port)

    def stop(self) -> None:
        """Nobody reads any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
