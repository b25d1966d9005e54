"""A venue with a market as a process: it says on its first line where it is, as JSON.

`python market.py [ROWS_PER_S]`
"""

import sys
from decimal import Decimal
from time import time_ns  # noqa: TID251 - a venue runs on the real clock

import msgspec

from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.feeds.opening import Plan
from sims.servers.binance.scenarios.reading import Script
from sims.servers.main import World, run_forever
from sims.servers.ready import Ready


def announce(ready: Ready) -> None:
    sys.stdout.write(msgspec.json.encode(ready).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    [rows_per_s] = sys.argv[1:] or ["20"]
    plan = Plan(seed=7, files={}, pace=1.0, rows_per_s=Decimal(rows_per_s))
    world = World(now=time_ns, plan=plan, script=Script(), state=None)
    run_forever(0, None, ACCOUNTS, world=world, announce=announce)
