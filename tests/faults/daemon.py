"""The daemon as a process, with less patience than usual: `python daemon.py CONFIG`."""

import os
import sys
from pathlib import Path

from actors.live import Daemon, run_daemon
from actors.runtime.supervisor import Restarts
from trader.config.loader import load
from trader.errors import TraderdError
from trader.venues.binance.inquiry import Patience


class HastyDaemon(Daemon):
    """Waits less, and returns however often it is thrown out."""

    restarts = Restarts(intensity=100_000, pause_s_min=0.05, pause_s_max=0.5)
    patience = Patience(
        answer_within_ns=1_000_000_000,
        ask_again_ns=200_000_000,
        absent_after_ns=2_000_000_000,
        valid_ms=1_500,
    )
    snapshot_inputs = 1_000


if __name__ == "__main__":
    try:
        code = run_daemon(load(Path(sys.argv[1]), environ=os.environ), kind=HastyDaemon)
    except TraderdError as error:
        sys.stderr.write(f"error: {error}\n")
        code = error.exit_code
    sys.exit(code)
