"""What a person reads of a running daemon."""

import io

from rich.console import Console

from trader.ops.protocol import Answer, Welcome
from trader.ui.daemon import print_answer

WELCOME = Welcome(version=1, run="one", account="main", mode="paper", pid=7)


def test_an_orders_id_stays_whole_however_narrow_the_console() -> None:
    order = {
        "client_order_id": "main-trend-follow-12-3456",
        "instrument": "BTCUSDT.binance",
        "side": "sell",
        "size": "0.00104",
        "filled": "0",
        "order_type": "STOP",
        "limit": None,
        "stop": "59973.7",
        "role": "PROTECTION",
        "status": "ACCEPTED",
    }
    text = io.StringIO()

    print_answer(
        Console(file=text, width=40), "orders", WELCOME, Answer(ts=1, document={"orders": [order]})
    )

    row = next(line for line in text.getvalue().splitlines() if "main-" in line)
    assert row.split() == ["-" if each is None else each for each in order.values()]
