"""The simulated venue against the calculator's on quotes and prints."""

from fractions import Fraction
from typing import Final

import pytest

from sims.seeds import stream
from tests.oracle.market import Bar
from tests.oracle.orders import VenueRules
from tests.oracle.ticks import SECOND_NS, Print, Quote
from tests.semantics.markets import Chance
from tests.semantics.test_venue_agreement import disturb
from tests.semantics.venues import Both, both_on_ticks

ROWS: Final = 40


def rules(rng: Chance) -> VenueRules:
    return VenueRules(
        slippage_bps=Fraction(rng.choice((0, 20))),
        slippage_ticks=rng.choice((0, 1)),
        maker_bps=Fraction(-1),
        taker_bps=Fraction(5, 2),
    )


def quote(rng: Chance, price: int) -> Quote:
    bid = price - rng.randint(0, 2)
    ask = price + rng.randint(-1 if rng.random() < 0.1 else 0, 2)
    sizes = (None, 0, 1, 3, 8, 20)
    return Quote(
        None if rng.random() < 0.08 else max(1, bid),
        None if rng.random() < 0.08 else max(1, ask),
        rng.choice(sizes),
        rng.choice(sizes),
    )


def levels(rng: Chance, price: int) -> tuple[dict[int, int], dict[int, int]]:
    """Up to four levels a side around the price; one side at least has some."""
    sides = [
        {
            max(1, price + way * k): rng.choice((1, 2, 5, 9))
            for k in range(1, 5)
            if rng.random() < 0.7
        }
        for way in (-1, 1)
    ]
    return (sides[0], sides[1]) if any(sides) else ({max(1, price - 1): 3}, {})


def played(seed: int, kind: str, *, prints: bool) -> Both:
    """Rows come up to a minute and a half apart: what stands is stale now and then."""
    rng = stream(seed, f"ticks {kind}")
    by_volume = prints and seed % 2 == 1
    venues = both_on_ticks(rules(rng), kind, prints=prints, by_volume=by_volume)
    price, now = rng.randint(30, 200), 1_000 * SECOND_NS
    for _ in range(ROWS):
        price = max(3, price + rng.randint(-3, 3))
        near = Bar(now, now, price, price + 2, price - 2, price, 9)
        if kind == "quotes" and (not prints or rng.random() < 0.6):
            venues.quote(quote(rng, price), now)
        elif kind == "depth" and (not prints or rng.random() < 0.6):
            venues.book(*levels(rng, price), now)
        elif prints:
            row = Print(
                max(1, price + rng.randint(-2, 2)), rng.choice((1, 4, 10)), rng.choice((1, -1, 0))
            )
            venues.trade(row, now)
        disturb(rng, venues, near, now)
        now += rng.choice((0, 0, SECOND_NS, 20 * SECOND_NS, 61 * SECOND_NS))
        disturb(rng, venues, near, now)
        if rng.random() < 0.05:
            venues.turn()
        if rng.random() < 0.05:
            venues.close_session(now)
        if rng.random() < 0.03:
            venues.split(*rng.choice(((2, 1), (1, 2))), now)
    venues.agree()
    return venues


@pytest.mark.parametrize(
    ("kind", "prints"),
    [("quotes", False), ("quotes", True), ("trades", True), ("depth", False), ("depth", True)],
)
def test_both_venues_do_the_same_on_ticks(kind: str, prints: bool) -> None:
    fills = sum(len(played(seed, kind, prints=prints).fills) for seed in range(200))

    assert fills > 500
