"""The venue's view beside ours: when they agree, when not, and when it is too early to say."""

import pytest

from actors.core.reconciler import FOREIGN_MAX, LOOK_AGAIN_NS, LOOKS_MAX, Reconciler
from tests.core.making import A, B, given, reborn
from trader.model.account import (
    AccountReported,
    DifferenceAccepted,
    DifferenceFound,
    DoubtsResolved,
    ForeignFound,
    ForeignReported,
    OrderReport,
    OwnReported,
    PositionReport,
    QueryAccount,
    QueryOwn,
    Reconciled,
)
from trader.model.control import Reconcile, RunStarted, StartTimer, TimerFired
from trader.model.envelope import Message
from trader.model.orders import OrderStatus
from trader.model.units import MINUTE_NS, SECOND_NS

STARTED = RunStarted(run="trial", epoch=3)
RESOLVED = DoubtsResolved()


def order(id_: str) -> OrderReport:
    return OrderReport(
        client_order_id=id_,
        instrument=A,
        status=OrderStatus.ACCEPTED,
        lots=5,
        lots_filled=0,
        ts_event=0,
    )


def holds(lots: int, instrument: str = A) -> PositionReport:
    return PositionReport(instrument=instrument, lots=lots, ts_event=0)


def all_said(request: str = "account-3-1") -> AccountReported:
    return AccountReported(request_id=request, count=0, ts_event=0)


def own(*working: str, in_doubt: int = 0, **traded: int) -> OwnReported:
    lots = {f"{symbol}.v": amount for symbol, amount in traded.items()}
    return OwnReported(working=working, in_doubt=in_doubt, traded=lots)


def agreed(orders: int, positions: int) -> list[Message]:
    return [Reconciled(orders=orders, positions=positions)]


def differs(kind: str, key: str, ours: str, theirs: str) -> DifferenceFound:
    return DifferenceFound(kind=kind, key=key, ours=ours, theirs=theirs)


def test_a_start_asks_the_venue_and_then_ourselves() -> None:
    reconciler = Reconciler()

    assert given(reconciler, STARTED) == [QueryAccount(request_id="account-3-1")]
    assert given(reconciler, order("x"), holds(0)) == []
    assert given(reconciler, all_said()) == [QueryOwn()]


@pytest.mark.parametrize(
    ("reports", "ours", "verdict"),
    [
        ([], own(), agreed(0, 0)),
        ([holds(0), holds(0, B)], own(A=0, B=0), agreed(0, 2)),
        # What was there before we ever traded is the owner's.
        ([holds(7)], own(), agreed(0, 1)),
        ([holds(7)], own(A=3), agreed(0, 1)),
        ([order("x"), order("y")], own("y", "x"), agreed(2, 0)),
        ([order("x")], own(), [differs("order", "x", "unknown", "working")]),
        ([], own("x"), [differs("order", "x", "working", "unknown")]),
        (
            [order("x"), order("z")],
            own("x", "y"),
            [
                differs("order", "y", "working", "unknown"),
                differs("order", "z", "unknown", "working"),
            ],
        ),
    ],
)
def test_the_first_look_compares_orders_and_takes_positions_as_given(
    reports: list[Message], ours: OwnReported, verdict: list[Message]
) -> None:
    reconciler = Reconciler()
    given(reconciler, STARTED, *reports, all_said())

    assert given(reconciler, ours) == verdict


@pytest.mark.parametrize(
    ("reports", "ours", "verdict"),
    [
        ([holds(12)], own(A=5), agreed(0, 1)),
        ([holds(7)], own(A=5), [differs("position", A, "12", "7")]),
        ([holds(12)], own(), [differs("position", A, "7", "12")]),
        ([holds(7), holds(1, B)], own(), agreed(0, 2)),  # an instrument that is new to us
        ([], own(A=5), agreed(0, 0)),  # the venue does not speak of it
    ],
)
def test_later_positions_are_what_was_there_plus_what_we_traded(
    reports: list[Message], ours: OwnReported, verdict: list[Message]
) -> None:
    """Through a restart of the process, too: the state carries what was there."""
    first = Reconciler()
    given(first, STARTED, holds(7), all_said(), own())
    reconciler = reborn(first, Reconciler())
    given(reconciler, STARTED, *reports, all_said())

    assert given(reconciler, ours) == verdict


def test_nothing_is_concluded_while_an_order_is_in_doubt() -> None:
    """What the venue said meanwhile may be older than the answer, so it is asked anew."""
    reconciler = Reconciler()
    given(reconciler, STARTED, order("x"), holds(0), all_said())

    assert given(reconciler, own("x", in_doubt=1)) == []
    assert given(reconciler, RESOLVED) == [QueryAccount(request_id="account-3-2")]
    assert given(reconciler, RESOLVED) == []  # it is asked already
    assert given(reconciler, holds(5), all_said()) == [QueryOwn()]
    assert given(reconciler, own(A=5)) == agreed(0, 1)


@pytest.mark.parametrize(
    "before", [[STARTED], [STARTED, all_said(), own()]], ids=["not answered yet", "done"]
)
def test_a_doubt_that_ends_at_another_time_asks_nothing(before: list[Message]) -> None:
    reconciler = Reconciler()
    given(reconciler, *before)

    assert given(reconciler, RESOLVED) == []


def test_a_start_forgets_the_reports_of_the_life_before() -> None:
    reconciler = Reconciler()
    given(reconciler, STARTED, order("x"), holds(7), all_said(), own("x"))

    given(reconciler, STARTED, holds(7), all_said())

    assert given(reconciler, own()) == agreed(0, 1)


def test_it_goes_on_from_its_dumped_state() -> None:
    reconciler = Reconciler()
    given(reconciler, STARTED, order("x"), holds(3))

    again = reborn(reconciler, Reconciler())

    rest: list[Message] = [all_said(), own("y", A=1)]
    assert given(again, *rest) == given(reconciler, *rest)
    assert again.dump() == reconciler.dump()


# -- live: again and again ----------------------------------------------------------------------

NOW = 1_000 * SECOND_NS
FIRED = TimerFired(owner="reconciler", name="look", due=NOW)


def look_at(after_ns: int) -> StartTimer:
    return StartTimer(owner="reconciler", name="look", due=NOW + after_ns)


def watching(*before: Message) -> Reconciler:
    """One that looks every minute, and has agreed once."""
    made = Reconciler(MINUTE_NS)
    given(made, STARTED, holds(0), all_said(), own(), *before, now=NOW)
    return made


def look(made: Reconciler, *reports: Message, ours: OwnReported) -> list[Message]:
    """What comes of one look."""
    asked = given(made, FIRED, *reports, all_said(), now=NOW)
    assert [type(each) for each in asked] == [QueryAccount, QueryOwn]
    return given(made, ours, now=NOW)


def test_live_it_looks_again_after_every_agreement() -> None:
    made = Reconciler(MINUTE_NS)

    given(made, STARTED, all_said(), now=NOW)
    assert given(made, own(), now=NOW) == [*agreed(0, 0), look_at(MINUTE_NS)]
    assert given(made, FIRED, now=NOW) == [QueryAccount(request_id="account-3-2")]
    assert given(made, FIRED, now=NOW) == []  # it is asked already
    other = TimerFired(owner="scheduler", name="session", due=NOW)
    assert given(made, other, now=NOW) == []


def test_live_a_difference_counts_when_a_second_look_finds_it_unchanged() -> None:
    made = watching()

    assert look(made, holds(5), ours=own()) == [look_at(LOOK_AGAIN_NS)]
    assert look(made, holds(5), ours=own()) == [
        differs("position", A, "0", "5"),
        look_at(MINUTE_NS),
    ]


def test_live_one_that_was_only_on_its_way_is_none() -> None:
    made = watching()
    look(made, holds(5), ours=own())

    assert look(made, holds(5), ours=own(A=5)) == [*agreed(0, 1), look_at(MINUTE_NS)]
    assert look(made, holds(6), ours=own(A=5)) == [look_at(LOOK_AGAIN_NS)]


def test_live_one_that_changes_at_every_look_counts_at_last() -> None:
    made = watching()
    for lots in range(1, LOOKS_MAX + 1):
        assert look(made, holds(lots), ours=own()) == [look_at(LOOK_AGAIN_NS)]

    assert look(made, holds(99), ours=own())[0] == differs("position", A, "0", "99")


def test_live_a_doubt_is_waited_for_and_looked_at_again_in_any_case() -> None:
    made = watching()

    assert look(made, ours=own("x", in_doubt=1)) == [look_at(MINUTE_NS)]
    assert given(made, RESOLVED, now=NOW) == [QueryAccount(request_id="account-3-3")]


def test_a_person_may_take_the_venue_s_word() -> None:
    """A trade and an order by hand: neither is a difference from then on."""
    made = watching()
    for _ in range(2):
        look(made, holds(5), order("hand"), ours=own())

    assert given(made, Reconcile(accept=True), holds(5), order("hand"), all_said(), now=NOW)[-1:]
    assert given(made, own(), now=NOW) == [
        DifferenceAccepted(kind="order", key="hand", ours="unknown", theirs="working"),
        DifferenceAccepted(kind="position", key=A, ours="0", theirs="5"),
        *agreed(0, 1),
        look_at(MINUTE_NS),
    ]
    assert look(made, holds(7), order("hand"), ours=own(A=2))[0] == agreed(0, 1)[0]
    # Through the next life too; and a new difference is one again.
    given(made, STARTED, holds(5), order("hand"), all_said(), now=NOW)
    assert given(made, own(), now=NOW)[0] == agreed(0, 1)[0]
    assert look(made, holds(6), ours=own()) == [look_at(LOOK_AGAIN_NS)]


def test_a_person_who_only_wants_another_look_gets_one() -> None:
    made = watching()
    look(made, holds(5), ours=own())

    given(made, Reconcile(), holds(5), all_said(), now=NOW)
    assert given(made, own(), now=NOW) == [look_at(LOOK_AGAIN_NS)]


def foreign(id_: str, trade: str = "", lots: int = 0, instrument: str = A) -> ForeignReported:
    return ForeignReported(
        client_order_id=id_,
        instrument=instrument,
        trade_id=trade,
        size="3",
        price="1.5",
        lots=lots,
        ts_event=0,
    )


def named(id_: str, trade: str, policy: str) -> ForeignFound:
    return ForeignFound(
        client_order_id=id_, instrument=A, trade_id=trade, size="3", price="1.5", policy=policy
    )


@pytest.mark.parametrize(("trade", "kind"), [("", "foreign_order"), ("7", "foreign_trade")])
def test_what_somebody_else_does_is_named_once_and_halts(trade: str, kind: str) -> None:
    reconciler = Reconciler()
    report = foreign("web_1", trade, 3)

    assert given(reconciler, report) == [
        named("web_1", trade, "halt"),
        differs(kind, "web_1", "nothing", f"3 {A} at 1.5"),
    ]
    assert given(reconciler, report) == []


def test_foreign_orders_that_are_ignored_are_no_difference() -> None:
    reconciler = Reconciler(foreign="ignore")

    told = given(reconciler, STARTED, foreign("web_1"), order("web_1"), all_said())

    assert named("web_1", "", "ignore") in told
    assert given(reconciler, own()) == agreed(0, 0)


@pytest.mark.parametrize(
    ("held", "verdict"),
    [
        (10, agreed(0, 1)),
        (11, [differs("position", A, "10", "11")]),  # nobody traded that one unit
    ],
)
def test_of_foreign_trades_that_are_ignored_the_owner_has_what_they_moved(
    held: int, verdict: list[Message]
) -> None:
    """Each once, by whatever road and in whatever life it is told; elsewhere it moves nothing."""
    first = Reconciler(foreign="ignore")
    given(first, STARTED, holds(7), all_said(), own())
    trade = foreign("web_1", "7", 3)
    assert given(first, trade, trade) == [named("web_1", "7", "ignore")]
    given(first, foreign("web_2", "7", 3, "C.v"))
    reconciler = reborn(first, Reconciler(foreign="ignore"))

    assert given(reconciler, trade) == []
    given(reconciler, STARTED, holds(held), all_said())

    assert given(reconciler, own()) == verdict


def test_so_many_foreign_things_are_remembered_and_no_more() -> None:
    reconciler = Reconciler(foreign="ignore")
    given(reconciler, *(foreign(f"web_{count}") for count in range(FOREIGN_MAX + 1)))

    assert len(reconciler.state.foreign) == FOREIGN_MAX
    assert given(reconciler, foreign("web_0")) == [named("web_0", "", "ignore")]


def test_what_we_think_works_and_the_venue_does_not_know_is_accepted_without_a_trace() -> None:
    """The order manager asks about it; nothing of the venue's has to be let be."""
    made = watching()
    given(made, Reconcile(accept=True), all_said(), now=NOW)

    assert given(made, own("x"), now=NOW)[:1] == [
        DifferenceAccepted(kind="order", key="x", ours="working", theirs="unknown")
    ]
    assert made.state.accepted == {}
