"""HTTP calls to a venue: one client session, and one door to the library that has it.

A call ends with a reply or with nothing; nothing means that nobody knows what came of it. No call
is repeated here: whoever asked decides what a silence proves.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from yarl import URL

from trader.venues.execution_client import Call, Reply

TOTAL_S: Final = 10
BODY_BYTES_MAX: Final = 16 << 20


class Calls:
    """Makes calls to one address."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self._base: Final = base.rstrip("/")
        self._session: Final = session

    async def make(self, call: Call) -> Reply | None:
        """Sends the call as it is, to the byte, and returns what came back, if anything did."""
        query = f"?{call.query.decode('ascii')}" if call.query else ""
        url = URL(f"{self._base}{call.path}{query}", encoded=True)
        try:
            async with self._session.request(
                call.verb, url, headers=dict(call.headers), allow_redirects=False
            ) as answer:
                body = await answer.content.read(BODY_BYTES_MAX)
                if not answer.content.at_eof():
                    return None
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(status=answer.status, headers=headers, body=body)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None


@asynccontextmanager
async def calling(base: str) -> AsyncIterator[Calls]:
    """Calls to `base` as long as the block lasts."""
    timeout = aiohttp.ClientTimeout(total=TOTAL_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        # It would send a PUT or DELETE again by itself when a line breaks, and the second answer
        # could refuse what the first one had done. There is no public way to say so.
        session._retry_connection = False  # noqa: SLF001
        yield Calls(base, session)
