"""What the daemon says that it is not sure of, and since when."""

from collections.abc import Sequence
from typing import Any

from actors.assembly import Core
from actors.runtime.step_record import StepObserver
from actors.runtime.supervisor import EdgeStanding
from actors.unsure import Doubts, Unsure
from tests.core.making import A, awake, bar
from tests.test_acting import ORDER, trading, whole
from trader.model.account import AccountReported, PositionReport
from trader.model.control import RunStarted
from trader.model.envelope import Message
from trader.model.orders import OrderAccepted, OrderInDoubt
from trader.model.units import MINUTE_NS, SECOND_NS
from trader.venues.execution_client import Figures

FIGURES = Figures(
    clock_skew_ns=0,
    headroom={"weight": 0.25, "orders_10s": 1.0},
    used={"weight": (4_500, 6_000)},
)
EDGES = (
    EdgeStanding(name="gateway", state="pausing", failures=2, error="gone", again_in_s=1.23456),
    EdgeStanding(name="market_data", state="waiting"),
)


def said(core: Core, now: int, doubts: Doubts | None = None) -> dict[str, Any]:
    def edges() -> Sequence[EdgeStanding]:
        return EDGES

    unsure = Unsure(core, doubts or Doubts(core), figures=lambda _: FIGURES, edges=edges)
    return unsure.document(now)


def test_edges_tell_how_they_stand_and_when_they_are_tried_again() -> None:
    assert said(trading(), 3 * MINUTE_NS)["edges"] == [
        {
            "edge": "gateway",
            "state": "pausing",
            "failures": 2,
            "error": "gone",
            "again_in_s": 1.235,
        },
        {
            "edge": "market_data",
            "state": "waiting",
            "failures": 0,
            "error": "",
            "again_in_s": None,
        },
    ]


def test_limits_tell_what_is_left_of_them() -> None:
    assert said(trading(), 3 * MINUTE_NS)["limits"] == [
        {"limit": "weight", "headroom": 0.25, "used": 4_500, "max": 6_000},
        {"limit": "orders_10s", "headroom": 1.0, "used": None, "max": None},
    ]


def test_before_the_first_comparison_there_is_no_age() -> None:
    core = Core(whole(), patient=True)

    assert said(core, MINUTE_NS)["reconciliation"] == {
        "compared_age_s": None,
        "agreed_age_s": None,
        "is_asking": False,
        "differences": [],
    }
    core.reactor.row(RunStarted(run="trial", epoch=1), MINUTE_NS)
    assert said(core, MINUTE_NS)["reconciliation"]["is_asking"]


def test_the_last_comparison_tells_its_age_and_what_it_found() -> None:
    core = trading()
    answers: list[Message] = [
        PositionReport(instrument=A, lots=5, ts_event=0),
        AccountReported(request_id="a", count=0, ts_event=0),
    ]
    for message in answers:
        core.reactor.row(message, 3 * MINUTE_NS)

    reconciliation = said(core, 3 * MINUTE_NS + 2_500_000_000)["reconciliation"]

    assert reconciliation["compared_age_s"] == 2.5
    assert reconciliation["agreed_age_s"] == 122.5
    assert reconciliation["differences"] == [
        {"kind": "order", "key": "main-one-1-2", "ours": "working", "theirs": "unknown"}
    ]


def doubting() -> tuple[Core, Doubts]:
    """An order is in doubt from minute two on, which its step tells."""
    core, _ = awake(whole(), patient=True)
    observer = StepObserver()
    core.reactor.observer = observer
    doubts = Doubts(core)
    for message in (bar(100), OrderInDoubt(client_order_id=ORDER)):
        core.reactor.row(message, 2 * MINUTE_NS)
        doubts.settle(observer.finish())
    return core, doubts


def test_an_order_in_doubt_tells_its_age_until_it_is_explained() -> None:
    core, doubts = doubting()
    [doubt] = said(core, 2 * MINUTE_NS + 7 * SECOND_NS, doubts)["doubts"]

    assert doubt == {
        "client_order_id": ORDER,
        "strategy": "one",
        "instrument": A,
        "lots": 5,
        "age_s": 7.0,
    }
    core.reactor.row(OrderAccepted(client_order_id=ORDER), 3 * MINUTE_NS)
    assert said(core, 3 * MINUTE_NS, doubts)["doubts"] == []
    assert doubts.look(3 * MINUTE_NS) == {}


def test_a_doubt_of_an_earlier_life_is_as_old_as_this_one() -> None:
    core, _ = doubting()
    doubts = Doubts(core)

    assert doubts.look(5 * MINUTE_NS) == {ORDER: 5 * MINUTE_NS}
    assert doubts.look(6 * MINUTE_NS) == {ORDER: 5 * MINUTE_NS}
