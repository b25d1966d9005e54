"""Three recorded days of a stock by the minute, split seven for one before the third.

The first bar of the third day opens at the price of before the split, as it was recorded: the
market of that minute reaches from one scale to the other, and the books add up all the same.
"""

from dataclasses import dataclass, field
from pathlib import Path

from sims.simulation import Simulation
from tests.recorded.auditing import audited
from tests.recorded.running import NAME, config_of, joined, simulation
from tests.semantics.reading import rows
from tests.semantics.watching import WORLD
from tests.shared_data import shared
from trader.logic.splits import split_ticks
from trader.model.control import SplitEffective
from trader.model.envelope import Envelope

SPLIT = "ex_date,action,numerator,denominator,amount\n2014-06-09,split,7,1,\n"
DAYS = ("20140605", "20140606", "20140609")


Size = tuple[int, int | None, int | None]
"""An order's lots, its limit and its stop."""


@dataclass
class Standing:
    """Lots of each strategy, and the working orders as we know them and as the venue does."""

    positions: dict[str, int]
    orders: dict[str, Size]
    at_the_venue: dict[str, Size]


def standing(whole: Simulation) -> Standing:
    portfolio, manager = whole.core.portfolio.state, whole.core.order_manager.state
    working = [id_ for desk in manager.desks.values() for id_ in desk.working]
    ours = {id_: manager.orders[id_] for id_ in working}
    theirs = whole.venue.books[NAME].orders
    return Standing(
        positions={name: held[NAME].lots for name, held in portfolio.positions.items() if held},
        orders={id_: (o.lots, o.limit_ticks, o.stop_ticks) for id_, o in ours.items()},
        at_the_venue={
            id_: (o.lots, o.limit_ticks or None, o.stop_ticks or None) for id_, o in theirs.items()
        },
    )


def carried(size: Size) -> Size:
    """Seven lots for each, at a seventh of the price."""
    lots, limit, stop = size
    return (
        7 * lots,
        None if limit is None else split_ticks(limit, 7, 1),
        None if stop is None else split_ticks(stop, 7, 1),
    )


@dataclass
class Across:
    """Looks at a run as the split is told, and again at whatever comes next from outside.

    The venue has carried its orders over when the split is told, and is further on afterwards.
    """

    whole: Simulation
    seen: list[Standing] = field(default_factory=list)

    def look(self, envelope: Envelope) -> None:
        if envelope.source != WORLD:
            return
        if isinstance(envelope.body, SplitEffective) or len(self.seen) == 1:
            self.seen.append(standing(self.whole))


def test_a_recorded_split_carries_positions_and_orders(tmp_path: Path) -> None:
    folder = shared("data/bars/usa/AAPL/1m")
    path = joined([folder / f"{day}.parquet" for day in DAYS], tmp_path)
    actions = tmp_path / "actions.csv"
    actions.write_text(SPLIT, encoding="utf-8")
    config = config_of(path, "bars", every=11, actions=actions)
    whole = simulation(config)
    across = Across(whole)
    whole.core.reactor.observer = across.look
    whole.run()
    before, after = across.seen

    assert sum(lots != 0 for lots in before.positions.values()) >= 2
    assert after.positions == {name: 7 * lots for name, lots in before.positions.items()}
    assert len(before.orders) >= 3
    assert after.orders == {id_: carried(size) for id_, size in before.orders.items()}
    assert before.at_the_venue == after.orders
    incomes = [row["income"] for row in rows(whole.core.tables.tables["adjustments"])]
    assert incomes == [0] * len(incomes) != []

    run = audited(config, lambda: simulation(config))
    assert run.digest == whole.core.tables.digest()
    assert run.rows == 686 + 783 + 834
