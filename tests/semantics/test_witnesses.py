"""Runs that were once wrong, each as small as it gets: what must happen, and that both say so."""

from fractions import Fraction

from sims.venue import BarVenue
from tests.oracle.cases import Told, X, bars, flat, told, unit_instrument
from tests.oracle.desk import AtrStop, Strategy
from tests.oracle.market import DAY_NS, Bar, Source
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.strategies import Action, Actions, Cancel, EmaCross, Lots, Scripted, Send, Target
from tests.oracle.venue import Order, VenueRules
from tests.semantics.bridge import simulate
from tests.semantics.reading import differences
from tests.semantics.test_venue_agreement import INTERVAL, NAME, Both, both
from trader.model.orders import OrderReplaced, ReplaceOrder

WIDE = (100, 102, 98, 100, 1_000)
STOP = AtrStop(1, Fraction(1))  # after WIDE, four ticks from the close


def agreed(run: OracleRun) -> OracleResult:
    """What the core makes of the run, once the calculator has said the same."""
    ours = simulate(run)
    assert differences(ours, compute(run)) == []
    return ours


def scripted(market: tuple[Bar, ...], at_bar: Actions, stop: AtrStop | None = STOP) -> OracleResult:
    return agreed(
        OracleRun(
            Fraction(10_000),
            (unit_instrument(X),),
            (Source(X, market),),
            (Strategy("s", X, Scripted(at_bar), stop),),
        )
    )


def sale(tag: str, lots: int) -> Action:
    return Send(tag, "market", -lots)


def test_a_bar_is_a_price_before_anybody_decides_on_it() -> None:
    """The first bar, and the one after a weekend of four days, are as fresh as any other."""
    market = (*bars(flat(100), interval=DAY_NS), *bars(flat(100), flat(100), interval=DAY_NS))
    later = tuple(
        Bar(bar.ts_open + 5 * k * DAY_NS, bar.ts_close + 5 * k * DAY_NS, 100, 100, 100, 100, 9)
        for k, bar in enumerate(market)
    )
    result = agreed(
        OracleRun(
            Fraction(10_000),
            (unit_instrument(X),),
            (Source(X, later),),
            (Strategy("s", X, Scripted({0: (Target(3),), 1: (Target(5),)})),),
        )
    )

    assert [fill.lots for fill in result.fills] == [3, 2]


def test_two_sales_of_one_opening_both_lower_the_stop() -> None:
    """Ten with a stop; three and two are sold at once, and five are left for the stop to sell."""
    market = bars(flat(100), WIDE, flat(100), flat(100), (100, 100, 90, 99, 9))
    result = scripted(market, {1: (Target(10),), 2: (sale("a", 3), sale("b", 2))})

    assert told(result)[-1] == (4, 5, -5, 96)
    assert result.positions["s", X].lots == 0


def test_a_stop_is_not_lowered_below_what_is_left() -> None:
    """A turn and a stop meet one gap: twenty short are bought back to ten, whose stop stays."""
    fall, rise = flat(90), (91, 104, 91, 91, 9)
    market = bars(flat(100), WIDE, WIDE, fall, flat(91), rise)
    result = scripted(market, {1: (Target(10),), 2: (Target(-10),)})

    sold_out: list[Told] = [(3, 3, -10, 90), (3, 3, -20, 90), (4, 4, 10, 91), (5, 6, 10, 104)]
    assert told(result)[1:] == sold_out


def test_a_stop_that_sells_through_zero_ends_its_target_too() -> None:
    """Three of ten are sold at the opening at which the stop sells all ten."""
    own = Send("o", "stop", -3, stop_ticks=96)
    market = bars(flat(100), WIDE, flat(100), flat(90), flat(91))
    result = scripted(market, {1: (own, Target(10))})

    assert [(d.target, d.reason) for d in result.decisions] == [(10, "scripted"), (0, "atr_stop")]
    assert result.positions["s", X].lots == 0


def test_a_bar_that_only_orders_lets_go_of_an_ended_target() -> None:
    """The stop ends it inside bar 2; bar 3 has an order, but no target; bar 4 asks again."""
    ask, other = Target(10), Send("o", "limit", 1, limit_ticks=1)
    market = bars(flat(100), WIDE, (100, 101, 95, 99, 9), WIDE, WIDE, WIDE)
    result = scripted(market, {1: (ask,), 2: (ask,), 3: (other,), 4: (ask,)})

    assert [(d.seq, d.target) for d in result.decisions] == [(2, 10), (2, 0), (5, 10)]


def test_a_cross_that_a_filter_withheld_lets_go_of_an_ended_target() -> None:
    """Stopped out inside the bar that crosses down above the trend; the next one crosses up."""
    ten = flat(10)
    rows = (ten, ten, ten, ten, (10, 20, 10, 20, 9), (20, 20, 15, 15, 9), (15, 25, 15, 25, 9))
    run = OracleRun(
        Fraction(10_000),
        (unit_instrument(X),),
        (Source(X, bars(*rows)),),
        (Strategy("s", X, EmaCross(1, 2, Lots(5), trend=4), AtrStop(1, Fraction(1, 8))),),
    )

    assert [(d.seq, d.target, d.reason) for d in agreed(run).decisions] == [
        (5, 5, "cross_up"),
        (5, 0, "atr_stop"),
        (6, 0, "cross_against_trend"),
        (7, 5, "cross_up"),
    ]


def test_a_name_whose_order_was_denied_is_free_again() -> None:
    """Also after the midnight at which ended orders are forgotten."""
    wall, cross = Send("w", "limit", -1, limit_ticks=105), Send("c", "market", 1)
    market = bars(*[flat(100)] * 30)
    at_bar: Actions = {0: (wall, cross), 26: (Cancel("c"), Cancel("w")), 27: (cross,)}
    result = scripted(market, at_bar, stop=None)

    assert [order.status for order in result.orders] == ["CANCELED", "DENIED", "FILLED"]


# -- the venue alone ------------------------------------------------------------------------------


def order(number: int, kind: str, lots: int, ticks: int = 0, parent: int | None = None) -> Order:
    return Order(
        number=number,
        ts=0,
        seq=0,
        strategy="s",
        instrument=NAME,
        order_type=kind,
        lots=lots,
        limit_ticks=ticks if kind == "limit" else None,
        stop_ticks=ticks if kind == "stop" else None,
        parent=parent,
        size=abs(lots),
    )


def bar(number: int, prices: tuple[int, int, int, int], lots: int = 1_000) -> Bar:
    ts = number * INTERVAL
    return Bar(ts, ts + INTERVAL, *prices, lots)


def whole(venues: Both, each: Bar) -> None:
    venues.open(each)
    venues.close(each)


def sizes_of(venue: BarVenue) -> dict[str, int]:
    return {id_: each.lots for id_, each in venue.books[NAME].orders.items()}


def test_a_stop_that_was_triggered_stays_so() -> None:
    """It is lowered to where its parent has opened nothing, and started again by the next fill."""
    venues = both(VenueRules(participation=Fraction(1, 10)))
    parent, child = order(1, "market", -9), order(2, "stop", 6, 169, parent=1)
    venues.submit(parent, 0)
    venues.submit(child, 0)
    whole(venues, bar(0, (176, 176, 176, 176), lots=60))  # beyond the stop: triggered
    venues.lower(child, 5, INTERVAL)
    whole(venues, bar(1, (165, 165, 165, 165), lots=30))
    whole(venues, bar(2, (165, 165, 165, 165)))
    venues.hear()

    assert [(number, lots) for number, _, lots, *_ in venues.fills] == [(1, -6), (1, -3), (2, 1)]
    venues.agree()


def test_a_child_starts_by_the_market_and_not_by_its_parents_slippage() -> None:
    """The parent's stop at 100 fills at 105; the market, 100, is beyond the child's 103."""
    venues = both(VenueRules(slippage_ticks=5))
    venues.submit(order(1, "stop", 4, 100), 0)
    venues.submit(order(2, "stop", -4, 103, parent=1), 0)
    whole(venues, bar(0, (99, 101, 99, 101)))
    whole(venues, bar(1, (110, 110, 110, 110)))
    venues.hear()

    assert [(number, ticks) for number, _, _, ticks, *_ in venues.fills] == [(1, 105), (2, 105)]
    venues.agree()


def test_a_size_is_only_ever_lowered() -> None:
    """Asked for seven of what its parent's end has left at four."""
    venues = both(VenueRules(participation=Fraction(1, 10)))
    parent, child = order(1, "market", 10), order(2, "stop", -10, 50, parent=1)
    venues.submit(parent, 0)
    venues.submit(child, 0)
    whole(venues, bar(0, (100, 100, 100, 100), lots=40))
    venues.cancel(parent, INTERVAL)
    command = ReplaceOrder(client_order_id="2", instrument=NAME, request_id="r", lots=-7)
    venues.ours.replace(command, INTERVAL)

    assert sizes_of(venues.ours) == {"2": -4}
    last = venues.ours.reports[-1]
    assert isinstance(last, OrderReplaced)
    assert last.lots == -4


def test_a_late_cancel_takes_the_children_along_once() -> None:
    """Both were canceled inside the bar; the parent's end is the child's."""
    venues = both(VenueRules())
    parent, child = order(1, "limit", 5, 50), order(2, "stop", -5, 40, parent=1)
    venues.submit(parent, 0)
    venues.submit(child, 0)
    each = bar(0, (100, 100, 100, 100))
    venues.open(each)
    venues.cancel(parent, INTERVAL // 2)
    venues.cancel(child, INTERVAL // 2)
    venues.close(each)
    venues.hear()

    assert venues.statuses == {1: "CANCELED", 2: "CANCELED"}
    venues.agree()
