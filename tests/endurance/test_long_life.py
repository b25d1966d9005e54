"""A daemon that lives on and on does not grow: not the core, not what it tells, not its venue."""

from collections import Counter
from itertools import pairwise

from actors.assembly import Core
from actors.edge.journal import Record
from actors.replay import STEP, Replayer
from actors.runtime.step_record import encode_step
from tests.endurance.living import Life, living_config, weigh
from tests.venues.binance.counter import Counter as VenueCounter
from tests.venues.binance.wire import EPOCH, order
from trader.venues.binance.history import NUMBERS_MAX

DAY = 1_440
SAMPLES = 3


def grown(samples: list[Counter[str]]) -> dict[str, list[int]]:
    """The containers that held more each time than the time before, and a tenth more in all."""
    sizes = {way: [sample[way] for sample in samples] for way in samples[-1]}
    return {
        way: each
        for way, each in sizes.items()
        if each[-1] > 1.1 * each[0] and all(less < more for less, more in pairwise(each))
    }


def test_days_of_trading_leave_nothing_behind() -> None:
    """At the end of each day the same is kept; every kind of order came and went meanwhile."""
    life = Life()
    samples = []
    life.live(4 * DAY)
    for _ in range(SAMPLES):
        life.live(DAY)
        samples.append(weigh(life.parts()))

    assert grown(samples) == {}
    assert life.events["order_filled"] > 1_000
    assert life.events["order_replaced"] > 400
    assert samples[-1]["core.recorder.approvals"] < 20
    assert samples[-1]["core.risk.state.seen"] < 20


def test_what_such_a_life_has_said_is_said_again() -> None:
    """A replay with tables, as a question is answered, and one without take the same steps."""
    life = Life()
    steps = [*life.first, *(step for _ in range(DAY // 4) for step in life.live(1))]
    assert len(steps) > DAY

    for tables in (True, False):
        replayer = Replayer(Core(living_config(), patient=True, live=True, tables=tables))
        for index, step in enumerate(steps):
            assert replayer.feed(Record(index, STEP, encode_step(step))) is None
        assert replayer.core.state_hash() == life.core.state_hash()


def test_orders_that_have_ended_are_forgotten_on_the_way_to_the_venue() -> None:
    """Beyond the numbers of orders that are remembered, nothing grows any more."""
    venue, samples = VenueCounter(), []
    for count in range(1, NUMBERS_MAX + 3_001):
        limit = 5_900_000 if count % 2 else None
        venue.perform(order(count, limit=limit))
        name = f"main-x-{EPOCH}-{count}"
        venue.fill(name, "0.01") if count % 3 else venue.end(name, "EXPIRED")
        del venue.orders[name]
        venue.asked.clear()
        venue.wait(500)
        if count > NUMBERS_MAX and count % 1_000 == 0:
            samples.append(weigh({"dialogue": venue.dialogue}))

    assert len(samples) == SAMPLES
    assert grown(samples) == {}
