"""REST on real sockets: signed by either kind of key, interfered with, and cut off."""

import base64
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import anyio
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.engine import Engine
from sims.servers.binance.gate import Interference, Verdict, once
from sims.servers.binance.limits import WARNINGS_MAX, WEIGHT, Limits
from sims.servers.binance.server import Venue, serve
from sims.servers.binance.signing import sign
from tests.sims.servers.binance.desk import MAIN, START_MS, Clock, Document, limit

pytestmark = pytest.mark.anyio

# RFC 8032, section 7.1, test 1.
PRIVATE = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
HMAC, ED25519 = ACCOUNTS
PLACE = "order.place"


@pytest.fixture
async def venue(clock: Clock) -> AsyncIterator[Venue]:
    with anyio.fail_after(20):
        async with serve(Engine(now=clock, accounts=ACCOUNTS)) as venue:
            yield venue


@pytest.fixture
async def http(venue: Venue) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"X-MBX-APIKEY": MAIN.key}
    async with aiohttp.ClientSession(f"{venue.http}/api/v3/", headers=headers) as session:
        yield session


def query(params: Document, ms: int = START_MS) -> str:
    text = urlencode(params | {"timestamp": ms})
    return f"{text}&signature={sign(HMAC.secret, text)}"


async def ask(
    http: aiohttp.ClientSession, verb: str, path: str, params: Document
) -> tuple[int, Any]:
    async with http.request(verb, f"{path}?{query(params)}") as response:
        return response.status, await response.json()


async def test_an_order_is_placed_found_and_canceled(http: aiohttp.ClientSession) -> None:
    named = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}

    placed = await ask(http, "POST", "order", limit(newClientOrderId="mine"))
    found = await ask(http, "GET", "order", named)
    opened = await ask(http, "GET", "openOrders", {"symbol": "BTCUSDT"})
    canceled = await ask(http, "DELETE", "order", named)

    assert (placed[0], placed[1]["status"]) == (200, "NEW")
    assert (found[0], found[1]["clientOrderId"]) == (200, "mine")
    assert [each["orderId"] for each in opened[1]] == [1]
    assert (canceled[0], canceled[1]["status"]) == (200, "CANCELED")


async def test_a_form_is_signed_as_a_query_is(http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    named = {"symbol": "BTCUSDT", "orderId": "1"}
    async with http.post("order", data=query(limit()), headers=headers) as response:
        assert response.status == 200
        assert response.headers["X-MBX-ORDER-COUNT-10S"] == "1"
        assert response.headers["X-MBX-USED-WEIGHT-1M"] == "0"
    async with http.delete("order", data=query(named), headers=headers) as response:
        assert (await response.json())["status"] == "CANCELED"


async def test_an_ed25519_key_opens_the_same_account(http: aiohttp.ClientSession) -> None:
    text = urlencode({"omitZeroBalances": "true", "timestamp": START_MS})
    signature = Ed25519PrivateKey.from_private_bytes(PRIVATE).sign(text.encode())
    signed = f"{text}&signature={quote(base64.b64encode(signature), safe='')}"
    headers = {"X-MBX-APIKEY": ED25519.key}

    async with http.get(f"account?{signed}", headers=headers) as response:
        assert (await response.json())["uid"] == 1


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("account?timestamp=1", {"X-MBX-APIKEY": ""}, (401, -2014)),
        ("account?timestamp=1&signature=x", {"X-MBX-APIKEY": "z" * 64}, (401, -2015)),
        ("account?" + query({}, START_MS - 5_001), {}, (400, -1021)),
        ("account?" + query({}) + "&x=1", {}, (400, -1022)),
        ("account?timestamp=1", {}, (400, -1102)),
        ("time?x=1", {}, (400, -1104)),
        ("openOrders?symbol=A&symbol=A", {}, (400, -1101)),
    ],
)
async def test_a_refusal_has_a_status_and_a_code(
    http: aiohttp.ClientSession, path: str, headers: Document, expected: tuple[int, int]
) -> None:
    async with http.get(path, headers=headers) as response:
        assert response.content_type == "application/json"
        assert (response.status, (await response.json())["code"]) == expected


async def test_other_paths_are_a_page(http: aiohttp.ClientSession) -> None:
    async with http.get("nothing") as response:
        assert (response.status, response.content_type) == (404, "text/html")


async def test_a_listen_key_is_no_longer_given(http: aiohttp.ClientSession) -> None:
    async with http.post("userDataStream") as response:
        assert (response.status, (await response.json())["code"]) == (410, -1016)


@pytest.mark.parametrize("hook", ["before_execute", "before_answer"])
async def test_an_answer_may_be_lost(venue: Venue, http: aiohttp.ClientSession, hook: str) -> None:
    venue.interference = struck(hook, Verdict.LOSE)
    brief = aiohttp.ClientTimeout(total=0.05)
    with pytest.raises(TimeoutError):
        await http.post(f"order?{query(limit(newClientOrderId='mine'))}", timeout=brief)

    found = await ask(http, "GET", "order", {"symbol": "BTCUSDT", "origClientOrderId": "mine"})

    assert (found[0], found[1]["status"]) == (200, "NEW")
    assert [(each.method, each.answered) for each in venue.received] == [
        (PLACE, False),
        ("order.status", True),
    ]


@pytest.mark.parametrize(("hook", "found"), [("before_execute", 400), ("before_answer", 200)])
async def test_the_line_may_break(
    venue: Venue, http: aiohttp.ClientSession, hook: str, found: int
) -> None:
    venue.interference = struck(hook, Verdict.CLOSE)
    with pytest.raises(aiohttp.ClientError):
        await http.post(f"order?{query(limit(newClientOrderId='mine'))}")

    named = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}
    assert (await ask(http, "GET", "order", named))[0] == found


async def test_an_outcome_may_be_unknown(venue: Venue, http: aiohttp.ClientSession) -> None:
    venue.interference = struck("before_answer", Verdict.UNKNOWN)

    status, body = await ask(http, "POST", "order", limit())

    assert (status, body["code"]) == (504, -1007)


def struck(hook: str, verdict: Verdict) -> Interference:
    strike = once(PLACE, verdict)
    if hook == "before_execute":
        return Interference(before_execute=strike)
    return Interference(before_answer=strike)


async def test_whoever_asks_too_much_is_told_when_to_come_back(clock: Clock) -> None:
    engine = Engine(now=clock, accounts=ACCOUNTS)
    limits = Limits(engine, weight=structs.replace(WEIGHT, limit=1))
    async with serve(engine, limits=limits) as venue, aiohttp.ClientSession(venue.http) as http:
        statuses = []
        for _ in range(WARNINGS_MAX + 2):
            async with http.get("/api/v3/ping") as response:
                statuses.append((response.status, response.headers.get("Retry-After")))

    in_this_minute = str(60 - START_MS // 1_000 % 60)
    assert statuses[0] == (200, None)
    assert set(statuses[1:-1]) == {(429, in_this_minute)}
    assert statuses[-1] == (418, "120")
