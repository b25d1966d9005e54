"""Orders and trades of somebody else that are adopted; and what is remembered of comparisons."""

from typing import Any

from msgspec.structs import replace

from actors.core.reconciler import LOOK_AGAIN_NS, Reconciler
from tests.core.making import A, given, reborn
from tests.core.test_reconciler import (
    FIRED,
    NOW,
    STARTED,
    agreed,
    all_said,
    differs,
    foreign,
    holds,
    look,
    look_at,
    named,
    order,
    own,
    watching,
)
from trader.model.account import ForeignAdopted, ForeignReported, QueryOwn
from trader.model.units import MINUTE_NS


def traded(lots: int = 3, trade: str = "7", ticks: int = 150, **fields: Any) -> ForeignReported:
    return replace(foreign("web_1", trade, lots), ticks=ticks, fee=2, **fields)


def works(left: int, id_: str = "web_1") -> ForeignReported:
    return replace(foreign(id_), lots_left=left, limit_ticks=140)


def adopts(left: int | None, lots: int = 0, id_: str = "web_1") -> ForeignAdopted:
    return ForeignAdopted(
        client_order_id=id_,
        strategy="ext_A",
        instrument=A,
        trade_id="7" if lots else "",
        last_lots=lots,
        last_ticks=150 if lots else 0,
        fee=2 if lots else 0,
        lots_left=left,
        limit_ticks=140 if left else None,
    )


def adopting() -> Reconciler:
    made = Reconciler(MINUTE_NS, foreign="adopt")
    given(made, STARTED, holds(7), all_said(), own(), now=NOW)
    return made


def test_a_trade_of_somebody_else_is_adopted_once_and_halts_nothing() -> None:
    made = adopting()

    assert given(made, traded(), traded()) == [named("web_1", "7", "adopt"), adopts(None, 3)]
    # It is among what the account has traded from then on, and not the owner's.
    assert look(made, holds(10), ours=own(A=3))[:1] == agreed(0, 1)


def test_one_that_cannot_be_counted_is_named_and_left_to_the_comparison() -> None:
    made = adopting()

    assert given(made, traded(ticks=0)) == [named("web_1", "7", "adopt")]
    assert given(made, foreign("web_2", "8", 3, "ETHUSDT")) != []
    assert look(made, holds(10), ours=own()) == [look_at(LOOK_AGAIN_NS)]


def test_an_order_of_somebody_else_is_followed_while_it_works() -> None:
    made = adopting()

    assert given(made, works(5)) == [named("web_1", "", "adopt"), adopts(5)]
    assert given(made, works(5)) == []
    partly = traded(lots_left=2, limit_ticks=140)
    assert given(made, partly) == [named("web_1", "7", "adopt"), adopts(2, 3)]
    assert given(made, replace(works(0), limit_ticks=None)) == [adopts(0)]
    assert given(made, works(0)) == []
    assert made.state.adopted == {}


def test_one_that_the_venue_does_not_tell_of_again_has_ended() -> None:
    """Also one that was known in a life before this one."""
    first = adopting()
    given(first, works(5), works(4, "web_2"), now=NOW)
    made = reborn(first, Reconciler(MINUTE_NS, foreign="adopt"))

    given(made, STARTED, works(4, "web_2"), order("web_2"), holds(7))
    assert given(made, all_said(), now=NOW) == [adopts(0), QueryOwn()]
    assert given(made, own(), now=NOW)[:1] == agreed(0, 1)
    assert list(made.state.adopted) == ["web_2"]


def test_what_has_been_told_of_is_known_to_whoever_asks_for_what_came_after() -> None:
    made = adopting()
    given(made, traded(), works(5), foreign("web_3", "9", 1, "ETHUSDT"))

    assert list(made.known_trades()) == [(A, "7")]


# -- when it was compared ------------------------------------------------------------------------


def test_it_remembers_when_it_compared_and_what_it_found() -> None:
    made = watching()
    assert (made.state.compared_at, made.state.agreed_at, made.state.found) == (NOW, NOW, [])

    given(made, FIRED, holds(5), all_said(), now=NOW + 1)
    given(made, own(), now=NOW + 2)

    assert (made.state.compared_at, made.state.agreed_at) == (NOW + 2, NOW)
    assert made.state.found == [differs("position", A, "0", "5")]
    given(made, STARTED)
    assert (made.state.compared_at, made.state.found) == (
        NOW + 2,
        [differs("position", A, "0", "5")],
    )
