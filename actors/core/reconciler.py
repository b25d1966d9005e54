"""The reconciler: holds the venue's view beside ours, and speaks before anybody trades.

At every start it asks the venue for the whole account, and live again every so often. It says
`Reconciled` once the venue has answered, no order is in doubt, the working orders are the same on
both sides, and every position is what it was when we first looked plus what we have traded since.
All else is a difference. While orders are under way the two views are never of quite the same
instant, so live a difference counts when a second look finds it unchanged. Our own view is asked
for when it is needed, so an order's life costs nothing here.

Orders and trades of somebody else on the account are named once each. They halt; or they are let
be, and what the venue says that such a trade moved is the owner's, and nothing beyond that; or they
are adopted, and count like our own from then on, in a ledger apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from actors.runtime.actor import NOTHING, Handler, Stateful
from trader.logic.external import ledger_of
from trader.model.account import (
    AccountReported,
    DifferenceAccepted,
    DifferenceFound,
    DoubtsResolved,
    ForeignAdopted,
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
from trader.model.units import SECOND_NS, Lots, Nanoseconds, Ticks

LOOK_AGAIN_NS: Final = SECOND_NS
LOOKS_MAX: Final = 5
"""So often a difference may change before it counts as it stands."""
FOREIGN_MAX: Final = 10_000
"""How many foreign orders and trades are remembered; an older one that is told again is new."""
_IGNORE: Final = "ignore"
_ADOPT: Final = "adopt"
_LETS_BE: Final = frozenset({_IGNORE, _ADOPT})
_ORDER, _POSITION, _UNKNOWN, _WORKING = "order", "position", "unknown", "working"


class Adopted(Struct, frozen=True, array_like=True):
    """An order of somebody else that works: the lots it may still fill, and the round it was told.

    `left` is signed; the venue's answer to a later round has to tell of it again.
    """

    instrument: str
    left: Lots
    limit_ticks: Ticks | None
    told_in: int


class ReconcilerState(Struct):
    """The venue's view as it comes in, and what we held there before we ever traded.

    `done` once both have agreed in this life, `asking` while the venue is asked, `waits` for an
    order in doubt. `suspects` are the differences of the last look, of which there were `looks`.
    A person has `accepted` foreign orders, and `accepts` what the next look finds. `foreign` are
    the orders and trades of others that have been told of, `adopted` those orders that work. The
    venue was last compared at `compared_at`, and agreed with us at `agreed_at`; `found` is what
    differed at the last look.
    """

    opening: dict[str, Lots] = {}
    orders: dict[str, bool] = {}
    positions: dict[str, Lots] = {}
    accepted: dict[str, bool] = {}
    foreign: dict[str, bool] = {}
    adopted: dict[str, Adopted] = {}
    suspects: list[DifferenceFound] = []
    epoch: int = 0
    rounds: int = 0
    looks: int = 0
    compared_at: Nanoseconds = 0
    agreed_at: Nanoseconds = 0
    found: list[DifferenceFound] = []
    asking: bool = False
    waits: bool = False
    done: bool = False
    accepts: bool = False


class Reconciler(Stateful[ReconcilerState]):
    """Compares, and lets trading begin only on agreement."""

    name = "reconciler"

    def __init__(self, every_ns: Nanoseconds | None = None, foreign: str = "halt") -> None:
        """Looks again after `every_ns`; None is one look at each start, which counts at once.

        `foreign`: what follows when somebody else trades on the account, `halt`, `ignore` or
        `adopt`.
        """
        self.state = ReconcilerState()
        self._policy = foreign
        self._every = every_ns

    @property
    def handlers(self) -> Mapping[type, Handler]:
        """The start, the venue's reports, our own view, and when to look again."""
        return {
            RunStarted: self._on_start,
            OrderReport: self._on_order,
            PositionReport: self._on_position,
            ForeignReported: self._on_foreign,
            AccountReported: self._on_account,
            DoubtsResolved: self._on_resolved,
            OwnReported: self._on_own,
            Reconcile: self._on_command,
            TimerFired: self._on_timer,
        }

    def known_trades(self) -> Iterator[tuple[str, str]]:
        """The trades of somebody else that were told of in instruments of ours: of what, and ids.

        What came after them is still to be told.
        """
        for key in self.state.foreign:
            instrument, mark, trade = key.rpartition("#")
            if mark and instrument in self.state.opening:
                yield instrument, trade

    def _on_start(self, started: RunStarted, now: Nanoseconds) -> Sequence[Message]:
        del now
        state = self.state
        self.state = ReconcilerState(
            opening=state.opening,
            accepted=state.accepted,
            foreign=state.foreign,
            compared_at=state.compared_at,
            agreed_at=state.agreed_at,
            found=state.found,
            adopted={id_: replace(each, told_in=0) for id_, each in state.adopted.items()},
            epoch=started.epoch,
        )
        return self._ask()

    def _on_command(self, command: Reconcile, now: Nanoseconds) -> Sequence[Message]:
        """A person wants another look, and may take what it finds as it is."""
        del now
        self.state.accepts = command.accept
        self.state.suspects = []
        return self._ask()

    def _on_timer(self, timer: TimerFired, now: Nanoseconds) -> Sequence[Message]:
        del now
        if timer.owner != self.name or self.state.asking:
            return NOTHING
        return self._ask()

    def _ask(self) -> Sequence[Message]:
        state = self.state
        state.asking, state.waits = True, False
        state.rounds += 1
        state.orders, state.positions = {}, {}
        return (QueryAccount(request_id=f"account-{state.epoch}-{state.rounds}"),)

    def _on_order(self, report: OrderReport, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.orders[report.client_order_id] = True
        return NOTHING

    def _on_position(self, report: PositionReport, now: Nanoseconds) -> Sequence[Message]:
        del now
        self.state.positions[report.instrument] = report.lots
        return NOTHING

    def _on_foreign(self, report: ForeignReported, now: Nanoseconds) -> Sequence[Message]:
        """Names what is new; halts, or takes what it moved for the owner's, or counts it."""
        del now
        state, id_, trade = self.state, report.client_order_id, report.trade_id
        key = f"{report.instrument}#{trade}" if trade else id_
        is_new = key not in state.foreign
        out = [self._named(key, report)] if is_new else []
        if self._policy == _ADOPT:
            return [*out, *self._adopt(report, is_new=is_new)]
        if not is_new:
            return NOTHING
        if self._policy != _IGNORE:
            theirs = f"{report.size} {report.instrument} at {report.price}"
            kind = "foreign_trade" if trade else "foreign_order"
            return [*out, DifferenceFound(kind=kind, key=id_, ours="nothing", theirs=theirs)]
        if report.instrument in state.opening:
            state.opening[report.instrument] += report.lots
        return out

    def _named(self, key: str, report: ForeignReported) -> Message:
        state = self.state
        state.foreign[key] = True
        if len(state.foreign) > FOREIGN_MAX:
            del state.foreign[next(iter(state.foreign))]
        return ForeignFound(
            client_order_id=report.client_order_id,
            instrument=report.instrument,
            trade_id=report.trade_id,
            size=report.size,
            price=report.price,
            policy=self._policy,
        )

    def _adopt(self, report: ForeignReported, *, is_new: bool) -> Sequence[Message]:
        """Counts a trade once, and an order for what it may still fill."""
        working, id_, left = self.state.adopted, report.client_order_id, report.lots_left
        before = working[id_].left if id_ in working else 0
        if left:
            limit = report.limit_ticks
            working[id_] = Adopted(report.instrument, left, limit, self.state.rounds)
        elif left is not None:
            working.pop(id_, None)
        is_trade = bool(is_new and report.trade_id and report.ticks)
        if not is_trade and left in {None, before}:
            return NOTHING
        return (
            ForeignAdopted(
                client_order_id=id_,
                strategy=ledger_of(report.instrument),
                instrument=report.instrument,
                trade_id=report.trade_id if is_trade else "",
                last_lots=report.lots if is_trade else 0,
                last_ticks=report.ticks if is_trade else 0,
                fee=report.fee if is_trade else 0,
                lots_left=left,
                limit_ticks=report.limit_ticks,
            ),
        )

    def _on_account(self, reported: AccountReported, now: Nanoseconds) -> Sequence[Message]:
        del reported, now
        self.state.asking = False
        return (*self._gone(), QueryOwn())

    def _gone(self) -> list[Message]:
        """Adopted orders that the venue has not told of again have ended unheard."""
        state = self.state
        gone = {id_: each for id_, each in state.adopted.items() if each.told_in < state.rounds}
        for id_ in gone:
            del state.adopted[id_]
        return [
            ForeignAdopted(
                client_order_id=id_,
                strategy=ledger_of(each.instrument),
                instrument=each.instrument,
                trade_id="",
                last_lots=0,
                last_ticks=0,
                fee=0,
                lots_left=0,
                limit_ticks=None,
            )
            for id_, each in gone.items()
        ]

    def _on_resolved(self, resolved: DoubtsResolved, now: Nanoseconds) -> Sequence[Message]:
        """What the venue said while we were in doubt may be older than the answer: ask anew."""
        del resolved, now
        return self._ask() if self.state.waits else NOTHING

    def _on_own(self, own: OwnReported, now: Nanoseconds) -> Sequence[Message]:
        state = self.state
        if own.in_doubt:
            state.waits = True
            return self._again(now, self._every)
        for instrument, lots in state.positions.items():
            # What was there before our first trade is the owner's, not a difference.
            state.opening.setdefault(instrument, lots - own.traded.get(instrument, 0))
        differences = [*self._order_differences(own), *self._position_differences(own)]
        state.compared_at, state.found = now, differences
        if differences and state.accepts:
            return [*self._accept(differences), *self._agree(own, now)]
        if differences:
            return self._doubt(differences, now)
        return self._agree(own, now)

    def _agree(self, own: OwnReported, now: Nanoseconds) -> Sequence[Message]:
        state = self.state
        state.done, state.accepts, state.suspects, state.looks = True, False, [], 0
        state.agreed_at, state.found = now, []
        agreed = Reconciled(orders=len(own.working), positions=len(state.positions))
        return (agreed, *self._again(now, self._every))

    def _doubt(self, found: list[DifferenceFound], now: Nanoseconds) -> Sequence[Message]:
        """A difference that a second look finds again is one; until then it may be the road."""
        state = self.state
        state.looks += 1
        is_certain = self._every is None or found == state.suspects or state.looks > LOOKS_MAX
        state.suspects = found
        if not is_certain:
            return self._again(now, LOOK_AGAIN_NS)
        state.done, state.looks = False, 0
        return (*found, *self._again(now, self._every))

    def _again(self, now: Nanoseconds, after: Nanoseconds | None) -> Sequence[Message]:
        if self._every is None or after is None:
            return NOTHING
        return (StartTimer(owner=self.name, name="look", due=now + after),)

    def _accept(self, differences: Sequence[DifferenceFound]) -> list[Message]:
        """A person takes the venue's word: its foreign orders are let be, its lots the owner's."""
        state = self.state
        for each in differences:
            if each.kind == _POSITION:
                state.opening[each.key] += int(each.theirs) - int(each.ours)
            elif each.theirs == _WORKING:
                state.accepted[each.key] = True
        return [
            DifferenceAccepted(kind=each.kind, key=each.key, ours=each.ours, theirs=each.theirs)
            for each in differences
        ]

    def _order_differences(self, own: OwnReported) -> list[DifferenceFound]:
        state = self.state
        let_be = {**state.accepted, **(state.foreign if self._policy in _LETS_BE else {})}
        theirs = {id_: True for id_ in state.orders if id_ not in let_be}
        return [
            DifferenceFound(
                kind=_ORDER,
                key=id_,
                ours=_WORKING if id_ in own.working else _UNKNOWN,
                theirs=_WORKING if id_ in theirs else _UNKNOWN,
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
                        kind=_POSITION, key=instrument, ours=str(ours), theirs=str(theirs)
                    )
                )
        return found
