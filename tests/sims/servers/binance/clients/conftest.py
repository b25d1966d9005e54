"""A venue on the real clock for one module of tests, in a thread of its own.

Other people's clients block, start threads or bring an event loop; the venue minds none of it.
"""

from collections.abc import Iterator
from time import time_ns  # noqa: TID251 - their requests are stamped by the real clock

import pytest
from anyio.from_thread import start_blocking_portal

from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.engine import Engine
from sims.servers.binance.server import serve
from tests.sims.servers.binance.clients.served import Served


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    engine = Engine(now=time_ns, accounts=ACCOUNTS)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serve(engine)) as venue,
    ):
        yield Served(venue, engine, portal)


@pytest.fixture(autouse=True)
def cleared(served: Served) -> Iterator[None]:
    """Each test finds the market at 60000 and leaves no open order."""
    served.mark("60000.00")
    yield
    served.clear()
