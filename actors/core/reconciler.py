"""The reconciler: holds the venue's view beside ours, and speaks before anybody trades.

At every start it asks the venue for the whole account. It says `Reconciled` once the venue has
answered, no order is in doubt, the working orders are the same on both sides, and every position
is what it was when we first looked plus what we have traded since. All else is a difference. Our
own view is asked for when it is needed, so an order's life costs nothing here.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.model.account import (
    AccountReported,
    DifferenceFound,
    DoubtsResolved,
    OrderReport,
    OwnReported,
    PositionReport,
    QueryAccount,
    QueryOwn,
    Reconciled,
)
from trader.model.control import RunStarted
from trader.model.envelope import Message
from trader.model.units import Lots, Nanoseconds


class ReconcilerState(Struct):
    """The venue's view as it comes in, and what we held there before we ever traded."""

    opening: dict[str, Lots] = {}
    orders: dict[str, bool] = {}
    positions: dict[str, Lots] = {}
    answered: bool = False
    done: bool = False


class Reconciler(Stateful[ReconcilerState]):
    """Compares, and lets trading begin only on agreement."""

    name = "reconciler"

    def __init__(self) -> None:
        self.state = ReconcilerState()

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """The start, the venue's reports, and our own view."""
        return {
            RunStarted: self._on_start,
            OrderReport: self._on_order,
            PositionReport: self._on_position,
            AccountReported: self._on_account,
            DoubtsResolved: self._on_resolved,
            OwnReported: self._on_own,
        }

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state = ReconcilerState(opening=self.state.opening)
        return (QueryAccount(request_id=f"account-{started.epoch}"),)

    def _on_order(self, report: OrderReport, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.orders[report.client_order_id] = True
        return NOTHING

    def _on_position(self, report: PositionReport, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.positions[report.instrument] = report.lots
        return NOTHING

    def _on_account(self, reported: AccountReported, now: Nanoseconds) -> Sequence[Message]:
        del reported, now
        self.state.answered = True
        return (QueryOwn(),)

    def _on_resolved(self, resolved: DoubtsResolved, now: Nanoseconds) -> Sequence[Message]:
        """What the venue said while we were in doubt may be older than the answer: ask anew."""
        del resolved, now
        if self.state.done or not self.state.answered:
            return NOTHING
        self.state.answered = False
        self.state.orders, self.state.positions = {}, {}
        return (QueryAccount(request_id="account-again"),)

    def _on_own(self, own: OwnReported, now: Nanoseconds) -> Sequence[Message]:
        del now
        state = self.state
        if own.in_doubt:
            return NOTHING
        state.done = True
        for instrument, lots in state.positions.items():
            # What was there before our first trade is the owner's, not a difference.
            state.opening.setdefault(instrument, lots - own.traded.get(instrument, 0))
        differences = [*self._order_differences(own), *self._position_differences(own)]
        if differences:
            return differences
        return (Reconciled(orders=len(own.working), positions=len(state.positions)),)

    def _order_differences(self, own: OwnReported) -> list[DifferenceFound]:
        theirs = self.state.orders
        return [
            DifferenceFound(
                kind="order",
                key=id_,
                ours="working" if id_ in own.working else "unknown",
                theirs="working" if id_ in theirs else "unknown",
            )
            for id_ in dict.fromkeys((*own.working, *theirs))
            if (id_ in own.working) != (id_ in theirs)
        ]

    def _position_differences(self, own: OwnReported) -> list[DifferenceFound]:
        found = []
        for instrument, theirs in self.state.positions.items():
            ours = self.state.opening[instrument] + own.traded.get(instrument, 0)
            if ours != theirs:
                found.append(
                    DifferenceFound(
                        kind="position", key=instrument, ours=str(ours), theirs=str(theirs)
                    )
                )
        return found
